import { describe, expect, it } from 'vitest';
import { showProgress } from '../../src/cli/progress.ts';
import { fakeTerminal } from '../../src/cli/testing/fake-terminal.ts';
import { jsonLog, loggingObserver } from '../../src/lambda/json-log.ts';
import type { BackupEvent } from '../../src/model/events.ts';
import { manualRuntime } from '../../src/runtime/manual-runtime.ts';
import { EVIL, forbiddenIn, forgedLines, MARK } from './evil.ts';

/** Every event, with a planted text in every field that is a text. */
const EVENTS: readonly BackupEvent[] = [
  { kind: 'phase', phase: 'list-users', poolId: EVIL as never, total: 2 },
  { kind: 'progress', phase: 'list-users', done: 1, total: 2 },
  { kind: 'warning', code: EVIL, message: EVIL },
  { kind: 'throttled', category: EVIL, operation: EVIL, ratePerSecond: 1 },
  { kind: 'retried', operation: EVIL, attempt: 1, reason: EVIL },
  { kind: 'part-written', key: EVIL, records: 1, sizeBytes: 1 },
  { kind: 'resumed', what: EVIL, id: EVIL },
  { kind: 'waiting', reason: EVIL, delayMs: 1 },
  { kind: 'import-job', jobId: EVIL, state: EVIL, imported: 1, skipped: 0, failed: 0 },
];

describe('the log of a function', () => {
  it('is one JSON object a line, whatever its fields hold, and gives them back as they were', () => {
    const lines: string[] = [];
    const runtime = manualRuntime();
    const log = jsonLog({ runtime, requestId: EVIL, functionName: EVIL, out: (line) => lines.push(line) });
    const observe = loggingObserver(log, runtime);
    for (const event of EVENTS) {
      runtime.advance(60_000);
      observe(event);
    }
    log.write('error', EVIL, { [EVIL]: EVIL, nested: { list: [EVIL] } });
    expect(lines).toHaveLength(EVENTS.length + 1);
    for (const line of lines) {
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(forbiddenIn(line)).toBeUndefined();
      expect(forgedLines(line)).toEqual([]);
      expect(JSON.parse(line)).toMatchObject({ requestId: EVIL });
    }
    expect(JSON.parse(lines[2]!)).toMatchObject({ event: 'warning', code: EVIL, message: EVIL });
  });
});

describe.each([true, false])('progress, redrawn: %s,', (live) => {
  it('shows every event on lines of its own', () => {
    const terminal = fakeTerminal({ live, columns: 4_000 });
    const runtime = manualRuntime();
    const progress = showProgress({ terminal, runtime, quiet: false });
    for (const event of EVENTS) {
      progress.observer(event);
      runtime.advance(11_000);
    }
    progress.stop('done');
    const output = [...terminal.stderr, terminal.statusLine ?? ''];
    expect(output.join('')).toContain(MARK);
    for (const line of output) {
      expect(forbiddenIn(line)).toBeUndefined();
      expect(line).not.toContain('\n');
    }
  });
});
