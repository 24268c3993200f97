import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { decodeDigested, encodeDigested } from './digested-json.ts';

const schema = z.strictObject({
  format: z.literal(1),
  calls: z.record(z.string(), z.int()),
  digest: z.string(),
});
const body = { format: 1, calls: { b: 2, a: 1 } };
const text = Buffer.from(encodeDigested(body)).toString();

const decode = (content: string | Uint8Array): unknown => decodeDigested(Buffer.from(content), 'notes.json', schema);
const failure = (content: string | Uint8Array): unknown => {
  try {
    return decode(content);
  } catch (error) {
    return error;
  }
};

describe('digested JSON', () => {
  it('has sorted keys, two spaces, one line feed, and the digest of the rest', () => {
    // printf '{"calls":{"a":1,"b":2},"format":1}' | sha256sum
    const digest = '7d71fa12714df0f762d8323f7f51fe278b6228b21290d79d0038a60e0d419420';
    expect(text).toBe(`{\n  "calls": {\n    "a": 1,\n    "b": 2\n  },\n  "digest": "${digest}",\n  "format": 1\n}\n`);
    expect(decode(text)).toEqual({ ...body, digest });
  });

  it.each<[string, string | Uint8Array]>([
    ['it is not JSON', ''],
    ['it is not JSON', `\ufeff${text}`],
    ['it is not JSON', Buffer.concat([Buffer.from('"'), Buffer.of(0xff), Buffer.from('"')])],
    ['it has no digest', 'null'],
    ['it has no digest', '7'],
    ['it has no digest', '[]'],
    ['it has no digest', '{"format": 1}'],
    ['it has no digest', text.replace(/"digest": "[0-9a-f]+"/, '"digest": 7')],
    ['its digest does not match', text.replace('"a": 1', '"a": 2')],
    ['it was rewritten', text.trimEnd()],
    ['it is nested too deeply', `{"digest":"x","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['it has unknown fields', encodeDigested(JSON.parse('{"format":1,"calls":{"__proto__":1}}'))],
    ['field (top) is wrong (unrecognized_keys)', encodeDigested({ ...body, more: 1 })],
    ['field format is wrong (invalid_value)', encodeDigested({ ...body, format: 0 })],
    ['field calls.a is wrong (invalid_type)', encodeDigested({ ...body, calls: { a: 'x' } })],
  ])('is damaged: %s (%#)', (why, content) => {
    expect(failure(content)).toMatchObject({
      code: 'damaged',
      message: `notes.json is damaged: ${why}`,
      hint: expect.any(String),
    });
  });

  it('has no cause that would quote what stands there', () => {
    expect(failure('{')).not.toHaveProperty('cause');
  });

  it('of a later format is no damage', () => {
    expect(failure('{"format": 2}')).toMatchObject({
      code: 'vault-too-new',
      message: 'notes.json has format 2, this version reads up to 1',
      hint: expect.any(String),
    });
    expect(failure('{"format": "2"}')).toMatchObject({ code: 'damaged' });
  });
});
