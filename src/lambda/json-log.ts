import type { Observer } from '../model/events.ts';
import { escapeJson } from '../model/unsafe-characters.ts';
import type { Runtime } from '../runtime/runtime.ts';

export type LogLevel = 'info' | 'warn' | 'error';

/** Writes one JSON object a line, whatever its fields hold. Fields are counts, ids, keys and fixed words: never personal data. */
export interface JsonLog {
  write(level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface JsonLogOptions {
  readonly runtime: Runtime;
  readonly requestId: string;
  /** `export`, `clean` or `import`. */
  readonly functionName: string;
  /** Takes a line, its end included. */
  readonly out: (line: string) => void;
}

export function jsonLog({ runtime, requestId, functionName, out }: JsonLogOptions): JsonLog {
  return {
    write: (level, event, fields = {}) => {
      const time = runtime.now().toISOString();
      const line = JSON.stringify({ time, level, requestId, function: functionName, event, ...fields });
      out(`${escapeJson(line)}\n`);
    },
  };
}

/** A line of the same kind comes at most this often; progress is told some hundred times a minute. */
const SAME_KIND_EVERY_MS = 5_000;

/** Logs what an operation tells of itself. */
export function loggingObserver(log: JsonLog, runtime: Runtime): Observer {
  const lastMs = new Map<string, number>();
  const isDue = (kind: string): boolean => {
    const nowMs = runtime.monotonicMs();
    if (nowMs - (lastMs.get(kind) ?? -Infinity) < SAME_KIND_EVERY_MS) return false;
    lastMs.set(kind, nowMs);
    return true;
  };
  return (event) => {
    const { kind, ...fields } = event;
    switch (kind) {
      case 'progress':
        if (isDue(`progress ${event.phase}`)) log.write('info', kind, fields);
        return;
      case 'throttled':
      case 'retried':
        if (isDue(`${kind} ${event.operation}`)) log.write('warn', kind, fields);
        return;
      case 'warning':
        log.write('warn', kind, fields);
        return;
      case 'phase':
      case 'part-written':
      case 'resumed':
      case 'import-job':
      case 'waiting':
      case 'left-out':
      case 'deep-price':
        log.write('info', kind, fields);
        return;
      default:
        return kind satisfies never;
    }
  };
}
