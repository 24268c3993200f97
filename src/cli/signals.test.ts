import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isBackupError } from '../model/errors.ts';
import { listenForStop } from './signals.ts';

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];

  exit(code?: number | string | null): never {
    this.exits.push(Number(code));
    return undefined as never;
  }
}

function listen() {
  const process = new FakeProcess();
  let told = 0;
  const stop = listenForStop({ process: process as unknown as NodeJS.Process, onStop: () => (told += 1) });
  return { process, stop, told: () => told };
}

describe('listenForStop', () => {
  it('asks the run to stop on the first signal, and lets it save what it has', () => {
    const { process, stop, told } = listen();
    process.emit('SIGINT');
    expect(stop.signal.aborted).toBe(true);
    expect(isBackupError(stop.signal.reason, 'interrupted')).toBe(true);
    expect([stop.received(), told(), process.exits]).toEqual(['SIGINT', 1, []]);
  });

  it('ends the process at once on the second', () => {
    const { process, told } = listen();
    process.emit('SIGINT');
    process.emit('SIGTERM');
    expect([told(), process.exits]).toEqual([1, [143]]);
  });

  it('listens no longer once it is released', () => {
    const { process, stop } = listen();
    stop.release();
    expect([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]).toEqual([0, 0]);
  });
});
