import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { EXIT, EXIT_CODES, exitCodeOf, exitCodeOfSignal } from './exit-codes.ts';

describe('exit codes', () => {
  it('are all among the documented ones', () => {
    expect(Object.values(EXIT)).toEqual(expect.arrayContaining(Object.values(EXIT_CODES)));
  });

  it('stand in docs/CLI.md, each error with its own', async () => {
    const manual = await readFile(new URL('../../docs/CLI.md', import.meta.url), 'utf8');
    const rows = manual.split('\n').filter((line) => /^\| \d+ \|/.test(line));
    for (const [code, exitCode] of Object.entries(EXIT_CODES)) {
      const row = rows.find((line) => line.includes(`\`${code}\``));
      expect(row, `the row of ${code}`).toMatch(new RegExp(`^\\| ${exitCode} \\|`));
    }
  });

  it('keep usage apart from failure, so that 2 always means that nothing was changed', () => {
    expect(exitCodeOf('refused')).toBe(2);
    expect(exitCodeOf('rejected')).toBe(1);
    expect(exitCodeOf('interrupted')).toBe(75);
  });

  it('of signals are those of the shell', () => {
    expect([exitCodeOfSignal('SIGINT'), exitCodeOfSignal('SIGTERM')]).toEqual([130, 143]);
  });
});
