import { expect } from 'vitest';
import type { SimulatedUser } from '../../src/simulator/pool-config.ts';

/** Shorter values, such as a locale, are parts of ordinary words. */
const SHORTEST = 9;

/** A hostile user is named like the reason for which a CSV file cannot carry somebody. */
const PUBLIC_WORDS = new Set(['row-too-long']);

/** Fails when a text holds a username, `sub` or attribute value of anybody, plain or as JSON writes it. */
export function expectPrivate(text: string, users: readonly SimulatedUser[]): void {
  const values = users.flatMap(({ username, sub, attributes }) => [
    username,
    sub,
    ...attributes.map(([, value]) => value),
  ]);
  const marked = values.filter((value) => value.length >= SHORTEST && !PUBLIC_WORDS.has(value));
  expect(marked.length).toBeGreaterThan(users.length);
  const leaked = marked.filter((value) => text.includes(value) || text.includes(JSON.stringify(value).slice(1, -1)));
  expect(leaked).toEqual([]);
}
