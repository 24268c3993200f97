import type { CommandContext } from './command.ts';
import type { ConfirmationStep } from './confirmation.ts';
import { escapeText } from './escape.ts';

/** Asks on stderr. `false` for no, for anything but the pool's id, and for Ctrl-C, which also stops the run. */
export async function ask(
  context: CommandContext,
  step: Exclude<ConfirmationStep, 'proceed'>,
  pool: { readonly id: string; readonly name: string },
): Promise<boolean> {
  const { terminal, progress, signal, stop } = context;
  const { confirm, text, isCancel } = await import('@clack/prompts');
  const streams = { input: terminal.input, output: terminal.questions, signal };
  progress.pause();
  try {
    const answer =
      step === 'ask-yes'
        ? await confirm({ message: `Carry this out on ${escapeText(pool.name)}?`, initialValue: false, ...streams })
        : await text({ message: `Type the id of the pool to carry this out (${pool.id})`, ...streams });
    if (isCancel(answer)) {
      if (!signal.aborted) stop.now('SIGINT');
      return false;
    }
    return answer === true || (typeof answer === 'string' && answer.trim() === pool.id);
  } finally {
    progress.resume();
  }
}
