import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Turnstile } from './turnstile.ts';

const passing = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};

describe('Turnstile', () => {
  it('lets one in at a time, in the order they came', async () => {
    const turnstile = new Turnstile();
    const inside: string[] = [];
    const enter = async (name: string): Promise<() => void> => {
      const leave = await turnstile.enter();
      inside.push(name);
      return leave;
    };
    const leaveFirst = await enter('a');
    const second = enter('b');
    const third = enter('c');
    await passing();
    expect(inside).toEqual(['a']);
    leaveFirst();
    const leaveSecond = await second;
    await passing();
    expect(inside).toEqual(['a', 'b']);
    leaveSecond();
    (await third)();
    (await enter('d'))();
    expect(inside).toEqual(['a', 'b', 'c', 'd']);
  });

  it('refuses who comes interrupted, also where nobody is inside', async () => {
    const turnstile = new Turnstile();
    await expect(turnstile.enter(AbortSignal.abort())).rejects.toMatchObject({ code: 'interrupted' });
    (await turnstile.enter())();
  });

  it('lets go who is interrupted while waiting, and passes them over', async () => {
    const turnstile = new Turnstile();
    const abort = new AbortController();
    const leave = await turnstile.enter();
    const impatient = turnstile.enter(abort.signal);
    const patient = turnstile.enter();
    abort.abort();
    await expect(impatient).rejects.toMatchObject({ code: 'interrupted' });
    leave();
    (await patient)();
  });

  it('leaves no listener on a signal, which lives as long as the run', async () => {
    const turnstile = new Turnstile();
    const abort = new AbortController();
    const listeners = (): number => getEventListeners(abort.signal, 'abort').length;
    const leave = await turnstile.enter(abort.signal);
    const entering = turnstile.enter(abort.signal);
    expect(listeners()).toBe(1);
    leave();
    const leaveAgain = await entering;
    expect(listeners()).toBe(0);
    const waiting = turnstile.enter(abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
    expect(listeners()).toBe(0);
    leaveAgain();
  });
});
