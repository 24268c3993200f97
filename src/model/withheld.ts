import { stackFramesOf } from './stack-frames.ts';

const ORIGINALS = new WeakMap<Error, unknown>();
/** What names and codes are made of; what else stands in their place may be a sentence about somebody. */
const WORD = /^[\w.$]{1,100}$/;
const REQUEST_ID = /^[\w+/=-]{1,128}$/;

/**
 * Stands in for an error whose text may quote anybody (a service echoes the value that it refuses, a parser the line that it
 * stumbles over), as the `cause` of ours: hosts log causes. It has the name, the code, the status, AWS's request id and the
 * frames of the stack. `withheldError` gives the whole.
 */
export function withhold(error: unknown): Error {
  const { name, code, $metadata } = fieldsOf(error);
  const { requestId, httpStatusCode } = fieldsOf($metadata);
  const stand = new Error('Its text is withheld, because it may quote personal data');
  stand.name = singleWord(name) ?? 'Error';
  stand.stack = [`${stand.name}: ${stand.message}`, ...stackFramesOf(error)].join('\n');
  ORIGINALS.set(stand, error);
  return Object.assign(stand, {
    ...(singleWord(code) !== undefined && { code: singleWord(code) }),
    ...(typeof httpStatusCode === 'number' && { status: httpStatusCode }),
    ...(typeof requestId === 'string' && REQUEST_ID.test(requestId) && { requestId }),
  });
}

/** The error that a `cause` of ours stands in for, with its whole text: for debugging, never for a log. Any other value as it is. */
export function withheldError(cause: unknown): unknown {
  return cause instanceof Error && ORIGINALS.has(cause) ? ORIGINALS.get(cause) : cause;
}

/** A name or code, which a proxy may have written; `undefined` where it is not a single word. */
export function singleWord(text: unknown): string | undefined {
  return typeof text === 'string' && WORD.test(text) ? text : undefined;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
