import { expect } from 'vitest';
import { isBackupError, type ErrorCode } from '../../src/model/errors.ts';

/** Stands in every value that is somebody's data; no message may repeat it. */
export const CANARY = 'Kanarienvogel';

const PROTOTYPES = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Map.prototype];
const BEFORE = PROTOTYPES.map(ownNames);

/**
 * The value that a reader makes of an input, or `undefined` where it refuses in the project's own words: one of `codes`,
 * and nothing of the input in message or hint. Anything else that is thrown passes on and fails the test.
 */
export async function judge<Value>(
  read: () => Value | Promise<Value>,
  codes: readonly ErrorCode[],
): Promise<{ readonly value: Value } | undefined> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!isBackupError(error, ...codes)) throw error;
    expect(error.message.length).toBeGreaterThan(10);
    expect(error.message.length).toBeLessThan(1_000);
    expect(`${error.message} ${error.hint}`).not.toContain(CANARY.slice(0, 7));
    return undefined;
  } finally {
    expectNoPollution();
  }
}

/** Fails where a reader has put something on a prototype that all objects share. */
export function expectNoPollution(): void {
  expect(PROTOTYPES.map(ownNames)).toEqual(BEFORE);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
}

function ownNames(prototype: object): readonly (string | symbol)[] {
  return Reflect.ownKeys(prototype);
}

export async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}
