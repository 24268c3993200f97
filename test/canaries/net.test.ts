import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { everythingOf } from './everything-of.ts';
import { DIGITS, marked, markedEmail, markedPhone, markedSub, WORD } from './marks.ts';
import { expectNobody, Net } from './net.ts';

const net = new Net();
const value = 'Horse-Battery-9';
net.add(value);

const bytes = (text: string): Buffer => Buffer.from(text);
const sub = markedSub(3);

describe('the net', () => {
  it.each<[string, string]>([
    ['as it is', `user ${marked('a')}`],
    ['in lower case', markedEmail('a').toLowerCase()],
    ['in upper case', markedEmail('a').toUpperCase()],
    ['as JSON', JSON.stringify({ a: marked('a') })],
    ['as JSON in JSON', JSON.stringify(JSON.stringify({ a: marked('a') }))],
    ['percent-encoded', encodeURIComponent(marked('a'))],
    ['percent-encoded whole', bytes(WORD).toString('hex').replace(/../g, '%$&').toUpperCase()],
    ['as escaped JSON', [...WORD].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('')],
    ['in hex', bytes(marked('a')).toString('hex').toUpperCase()],
    ['as a buffer shows itself', inspect(bytes(WORD))],
    ['as a list of bytes', JSON.stringify(bytes(WORD))],
    ['in UTF-16', bytes(`x ${WORD}`).toString() && Buffer.from(`x ${WORD}`, 'utf16le').toString('latin1')],
    ['a phone number', markedPhone(1)],
    ['a number', `{"custom:age":${DIGITS}}`],
    ['a sub', sub],
    ['a sub without dashes', sub.replaceAll('-', '')],
    ['a value that was added', `the password is ${value}`],
    ['its digest', createHash('sha256').update(value).digest('hex')],
    ['its digest in base64', createHash('sha256').update(value).digest('base64')],
  ])('catches a value %s', (_, text) => {
    expect(net.caught({ name: 'out', text })).not.toEqual([]);
  });

  it.each(['', 'a', 'ab', 'abc', 'ä'])('catches a value in base64 behind %j', (before) => {
    for (const text of [marked('a'), marked('a').toLowerCase(), marked('a').toUpperCase(), markedPhone(7), sub]) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const encoded = bytes(`${before}${text} and so on`).toString(encoding);
        expect(net.caught({ name: 'out', text: encoded }), text).not.toEqual([]);
      }
    }
  });

  it('lets counts, ids and keys through', () => {
    expectNobody(net, [
      {
        name: 'out',
        text: 'pools/eu-central-1_AbCdEfGhI/snapshots/20261122T225951Z-3f9a1c/users/all-1f-0001.jsonl.gz',
      },
      { name: 'out', text: createHash('sha256').update('something else').digest('hex') },
    ]);
  });

  it('reaches every corner of an error', () => {
    const at = (place: string): boolean => everythingOf(errors[place]).some((one) => net.caught(one).length > 0);
    const hidden = Object.defineProperty(new Error('x'), 'hidden', { value: { deep: { a: WORD } }, enumerable: false });
    const errors: Record<string, unknown> = {
      message: new Error(WORD),
      name: Object.assign(new Error('x'), { name: WORD }),
      field: Object.assign(new Error('x'), { hint: WORD }),
      hidden,
      bytes: Object.assign(new Error('x'), { body: bytes(WORD) }),
      cause: new Error('x', { cause: new Error('y', { cause: new Error(WORD) }) }),
      'text as cause': new Error('x', { cause: WORD }),
      'one of several': new AggregateError([new Error(WORD)], 'x'),
      'a stack alone': Object.assign(new Error('x'), { stack: `Error: ${WORD}` }),
    };
    expect(Object.keys(errors).filter((place) => !at(place))).toEqual([]);
  });
});
