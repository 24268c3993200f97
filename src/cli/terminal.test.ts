import { describe, expect, it } from 'vitest';
import { wantsColor } from './terminal.ts';

const terminal = { isTTY: true };
const pipe = {};

describe('wantsColor', () => {
  it.each([
    ['a terminal', terminal, undefined, {}, true],
    ['a pipe', pipe, undefined, {}, false],
    ['a dumb terminal', terminal, undefined, { TERM: 'dumb' }, false],
    ['--no-color', terminal, false, { FORCE_COLOR: '1' }, false],
    ['NO_COLOR', terminal, undefined, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['an empty NO_COLOR', terminal, undefined, { NO_COLOR: '' }, true],
    ['FORCE_COLOR on a pipe', pipe, undefined, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', terminal, undefined, { FORCE_COLOR: '0' }, false],
  ] as const)('decides for %s', (_what, stream, option, env, wanted) => {
    expect(wantsColor(stream, option, env)).toBe(wanted);
  });
});
