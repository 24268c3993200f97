/** As V8 writes a frame: where it was, in a file or in Node. */
const FRAME = /^ {4}at .*(?::\d+:\d+|<anonymous>|\(native\)|index \d+)\)?$/;

/** The name that an error had when it was made, with the code that Node puts behind it. */
const HEAD = /^[\w.$]*(?: \[\w+\])?(?:: )?/;

/**
 * The frames at the end of an error's stack, without its beginning, which repeats the message: that may quote anybody. None
 * where the message was changed since, because then nobody can tell where it ends.
 */
export function stackFramesOf(error: unknown): string[] {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return [];
  const { stack, name, message } = error;
  const beginning = [HEAD.exec(stack)?.[0], `${name}: `].find((head) => stack.startsWith(`${head}${message}`));
  if (beginning === undefined) return [];
  const lines = stack.slice(beginning.length + message.length).split('\n');
  const last = lines.findLastIndex((line) => !FRAME.test(line));
  return lines.slice(last + 1);
}
