import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { stackFramesOf } from './stack-frames.ts';
import { singleWord, withheldError, withhold } from './withheld.ts';

const SECRET = 'ada@example.com';

describe('withhold', () => {
  it('keeps name, code, status, request id and frames, and no text', () => {
    const original = Object.assign(new TypeError(`Value '${SECRET}'\n    at ${SECRET} (file:///x.ts:1:1)`), {
      name: 'InvalidParameterException',
      code: 'ECONNRESET',
      $metadata: { httpStatusCode: 400, requestId: '8f3f2f4e-1111', extendedRequestId: SECRET },
      $response: { body: SECRET },
    });
    const stand = withhold(original);
    expect(stand).toMatchObject({
      name: 'InvalidParameterException',
      code: 'ECONNRESET',
      status: 400,
      requestId: '8f3f2f4e-1111',
    });
    expect(stand.stack).toContain('withheld.test.ts');
    expect(inspect(stand, { depth: null, showHidden: true })).not.toContain(SECRET);
  });

  it('takes no sentence for a name', () => {
    const stand = withhold(Object.assign(new Error('x'), { name: `It is ${SECRET}`, code: SECRET }));
    expect(stand.name).toBe('Error');
    expect(stand).not.toHaveProperty('code');
    expect(singleWord('KMS.DisabledException')).toBe('KMS.DisabledException');
    expect(singleWord(SECRET)).toBeUndefined();
  });

  it('gives the original to whoever asks for it', () => {
    const original = new Error(SECRET);
    expect(withheldError(withhold(original))).toBe(original);
    expect(withheldError(original)).toBe(original);
    expect(withheldError(withhold(SECRET))).toBe(SECRET);
    expect(withheldError(undefined)).toBeUndefined();
  });
});

describe('stackFramesOf', () => {
  it('has where an error was thrown, and nothing of its message', () => {
    const error = new Error(`${SECRET}\n    at ${SECRET} (file:///x.ts:1:1)`);
    expect(stackFramesOf(error)[0]).toContain('withheld.test.ts');
    expect(stackFramesOf(error).join()).not.toContain(SECRET);
  });

  it('has nothing where the message was changed since, or where there is none', () => {
    const error = new Error(`x\n    at ${SECRET} (file:///x.ts:1:1)`);
    expect(error.stack).toContain('x');
    error.message = 'another';
    expect(stackFramesOf(error)).toEqual([]);
    expect(stackFramesOf('text')).toEqual([]);
  });
});
