import { isBackupError } from '../../model/errors.ts';
import type { Runtime } from '../../runtime/runtime.ts';

export interface OnceOptions {
  readonly runtime: Runtime;
  readonly signal?: AbortSignal | undefined;
}

const ATTEMPTS = 6;
const FIRST_DELAY_MS = 500;

/**
 * Makes what Cognito would make a second time if it were asked again: after an answer that never came, it looks first whether the
 * thing is there.
 */
export async function makeOnce<Made>(
  make: () => Promise<Made>,
  find: () => Promise<Made | undefined>,
  { runtime, signal }: OnceOptions,
): Promise<Made> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await make();
    } catch (error) {
      if (!isBackupError(error, 'unavailable', 'unreadable-answer') || attempt >= ATTEMPTS) throw error;
      await runtime.sleep(FIRST_DELAY_MS * 2 ** (attempt - 1), signal);
      const made = await find();
      if (made !== undefined) return made;
    }
  }
}
