/** As V8 writes a frame: where it was, in a file or in Node. */
const FRAME = /^ {4}at .*(?::\d+:\d+|<anonymous>|\(native\)|index \d+)\)?$/;

/** The frames at the end of an error's stack, without its beginning, which repeats the message: that may quote anybody. */
export function stackFramesOf(error: unknown): string[] {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return [];
  const { stack, message } = error;
  const at = stack.indexOf(message);
  const lines = stack.slice(at < 0 ? 0 : at + message.length).split('\n');
  const last = lines.findLastIndex((line) => !FRAME.test(line));
  return lines.slice(last + 1);
}
