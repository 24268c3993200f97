import { BackupError } from '../model/errors.ts';
import { exitCodeOfSignal } from './exit-codes.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** Ctrl-C and SIGTERM: the first asks the run to stop where nothing is lost, the second ends the process. */
export interface Stop {
  readonly signal: AbortSignal;
  /** What asked the run to stop, if anything has. */
  readonly received: () => StopSignal | undefined;
  /** As if the signal had come: where a question on the screen takes the key for itself. */
  readonly now: (signal: StopSignal) => void;
  readonly release: () => void;
}

export interface StopOptions {
  readonly process: Pick<NodeJS.Process, 'on' | 'off' | 'exit'>;
  /** Called on the first signal. */
  readonly onStop: () => void;
}

export function listenForStop(options: StopOptions): Stop {
  const controller = new AbortController();
  let received: StopSignal | undefined;
  const now = (signal: StopSignal): void => {
    if (received !== undefined) return options.process.exit(exitCodeOfSignal(signal));
    received = signal;
    options.onStop();
    controller.abort(
      new BackupError('interrupted', `Interrupted by ${signal === 'SIGINT' ? 'Ctrl-C' : signal}`, {
        hint: 'Nothing is lost: run the same command again, and it does what is left',
      }),
    );
  };
  const onInterrupt = (): void => now('SIGINT');
  const onTerminate = (): void => now('SIGTERM');
  options.process.on('SIGINT', onInterrupt);
  options.process.on('SIGTERM', onTerminate);
  return {
    signal: controller.signal,
    received: () => received,
    now,
    release: () => {
      options.process.off('SIGINT', onInterrupt);
      options.process.off('SIGTERM', onTerminate);
    },
  };
}
