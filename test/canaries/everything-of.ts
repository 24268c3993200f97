import { inspect } from 'node:util';
import type { Channel } from './net.ts';

/** Everything that a host may print of a thrown error: its own fields, its stack, its causes, and the whole as loggers show it. */
export function everythingOf(error: unknown, name = 'error'): Channel[] {
  const channels: Channel[] = [
    { name: `${name} as text`, text: String(error) },
    { name: `${name} inspected`, text: inspect(error, { depth: null, showHidden: true, maxStringLength: null }) },
    { name: `${name} as JSON`, text: JSON.stringify(fieldsOf(error)) ?? '' },
  ];
  if (!(error instanceof Error)) return channels;
  channels.push(
    { name: `stack of ${name}`, text: error.stack ?? '' },
    { name: `message of ${name}`, text: error.message },
  );
  if (error.cause !== undefined) channels.push(...everythingOf(error.cause, `cause of ${name}`));
  if (error instanceof AggregateError) {
    for (const [index, one] of error.errors.entries()) channels.push(...everythingOf(one, `${name}, no. ${index}`));
  }
  return channels;
}

/** Own fields, those that enumeration passes over included. */
function fieldsOf(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  return Object.fromEntries(
    Object.getOwnPropertyNames(error).map((name) => [name, safely((error as Record<string, unknown>)[name])]),
  );
}

/** Circles of an SDK's error are what `inspect` shows. */
function safely(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null');
  } catch {
    return inspect(value, { depth: null });
  }
}

/** What a piece of work throws. Fails where it throws nothing. */
export async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('It was to throw');
}
