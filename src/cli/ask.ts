import type { CommandContext } from './command.ts';
import type { ConfirmationStep } from './confirmation.ts';
import { escapeText } from './escape.ts';

/**
 * Asks on stderr, for a word and Enter: a single key may have been pressed before the question was there. `false` for anything but
 * that word, and for Ctrl-C, which also stops the run.
 */
export async function ask(
  context: CommandContext,
  step: Exclude<ConfirmationStep, 'proceed'>,
  pool: { readonly id: string; readonly name: string },
): Promise<boolean> {
  const { terminal, progress, signal, stop } = context;
  const { text, isCancel } = await import('@clack/prompts');
  const streams = { input: terminal.input, output: terminal.questions, signal };
  const { wanted, message } = QUESTIONS[step](pool);
  progress.pause();
  try {
    const answer = await text({ message, ...streams });
    if (isCancel(answer)) {
      if (!signal.aborted) stop.now('SIGINT');
      return false;
    }
    return typeof answer === 'string' && answer.trim() === wanted;
  } finally {
    progress.resume();
  }
}

type Question = (pool: { readonly id: string; readonly name: string }) => {
  readonly wanted: string;
  readonly message: string;
};

const QUESTIONS: { readonly [step in Exclude<ConfirmationStep, 'proceed'>]: Question } = {
  'ask-yes': ({ name }) => ({ wanted: 'yes', message: `Type yes to carry this out on ${escapeText(name)}` }),
  'ask-pool-id': ({ id }) => ({ wanted: id, message: `Type the id of the pool to carry this out (${id})` }),
};
