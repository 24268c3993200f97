import { describe, expect, it } from 'vitest';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { jsonLog, loggingObserver } from './json-log.ts';

function setUp() {
  const runtime = manualRuntime();
  const lines: string[] = [];
  const log = jsonLog({ runtime, requestId: 'r-1', functionName: 'clean', out: (line) => void lines.push(line) });
  return {
    runtime,
    log,
    observer: loggingObserver(log, runtime),
    lines,
    events: () => lines.map((line) => JSON.parse(line)),
  };
}

describe('jsonLog', () => {
  it('writes one object a line, even for texts with line breaks', () => {
    const { log, lines } = setUp();
    log.write('error', 'failed', { message: 'one\ntwo' });
    expect(lines).toEqual([
      '{"time":"2026-11-22T12:00:00.000Z","level":"error","requestId":"r-1","function":"clean","event":"failed","message":"one\\ntwo"}\n',
    ]);
  });
});

describe('loggingObserver', () => {
  it('tells progress every five seconds for each phase', () => {
    const { runtime, observer, events } = setUp();
    for (let done = 1; done <= 12; done += 1) {
      observer({ kind: 'progress', phase: 'list-users', done });
      runtime.advance(1_000);
    }
    observer({ kind: 'progress', phase: 'list-groups', done: 1 });
    expect(events().map(({ phase, done }) => [phase, done])).toEqual([
      ['list-users', 1],
      ['list-users', 6],
      ['list-users', 11],
      ['list-groups', 1],
    ]);
  });

  it('gives warnings, throttles and retries the level of a warning', () => {
    const { observer, events } = setUp();
    observer({ kind: 'warning', code: 'older-export', message: 'A file is there' });
    observer({ kind: 'throttled', category: 'UserList', operation: 'ListUsers', ratePerSecond: 20 });
    observer({ kind: 'retried', operation: 'ListUsers', attempt: 1, reason: 'unavailable' });
    observer({ kind: 'phase', phase: 'export' });
    expect(events().map(({ level, event }) => [level, event])).toEqual([
      ['warn', 'warning'],
      ['warn', 'throttled'],
      ['warn', 'retried'],
      ['info', 'phase'],
    ]);
  });
});
