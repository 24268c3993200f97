import type { BackupEvent, Observer } from '../model/events.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { escapeText } from './escape.ts';
import { ProgressView } from './progress-view.ts';
import type { Terminal } from './terminal.ts';

const REDRAW_MS = 120;
const PLAIN_LINE_MS = 10_000;
const BAR_CELLS = 20;

/** Shows how far a run is: a line that redraws itself on a terminal, a plain line every ten seconds elsewhere. */
export interface Progress {
  readonly observer: Observer;
  /** Takes the line away while a question is on the screen: what led to it has ended. */
  pause(): void;
  resume(): void;
  /** `failed`: what was under way did not come to its end. */
  stop(outcome: 'done' | 'failed'): void;
}

export interface ProgressOptions {
  readonly terminal: Terminal;
  readonly runtime: Runtime;
  /** Only warnings. */
  readonly quiet: boolean;
}

export function showProgress(options: ProgressOptions): Progress {
  const { terminal, runtime, quiet } = options;
  const view = new ProgressView();
  const stopped = new AbortController();
  let isPaused = false;
  const draw = (): void => {
    const line = view.line(runtime.monotonicMs());
    if (isPaused || line === undefined) return;
    if (terminal.live) terminal.status(liveLine(line, view.share(), terminal));
    else terminal.log(escapeText(line));
  };
  const leave = (shown: (line: string, terminal: Terminal) => string): void => {
    const lines = view.end(runtime.monotonicMs());
    if (terminal.live && !quiet) for (const line of lines) terminal.log(shown(line, terminal));
  };
  if (!quiet) void repeat(draw, terminal.live ? REDRAW_MS : PLAIN_LINE_MS, runtime, stopped.signal);
  return {
    observer: (event) => {
      const lines = view.observe(event, runtime.monotonicMs());
      for (const line of lines) if (isKept(event, terminal, quiet)) terminal.log(keptLine(line, event, terminal));
    },
    pause: () => {
      isPaused = true;
      terminal.status();
      leave(doneLine);
    },
    resume: () => {
      isPaused = false;
    },
    stop: (outcome) => {
      stopped.abort();
      terminal.status();
      leave(outcome === 'done' ? doneLine : stoppedLine);
    },
  };
}

async function repeat(draw: () => void, everyMs: number, runtime: Runtime, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await runtime.sleep(everyMs, signal).catch(() => undefined);
    if (!signal.aborted) draw();
  }
}

/** Warnings always stay; what a phase achieved only where lines are redrawn, because the others are there already. */
function isKept(event: BackupEvent, terminal: Terminal, quiet: boolean): boolean {
  if (event.kind === 'warning' || event.kind === 'deep-price') return true;
  return !quiet && (terminal.live || event.kind === 'resumed');
}

function keptLine(line: string, event: BackupEvent, terminal: Terminal): string {
  if (event.kind === 'warning') return terminal.err.yellow(escapeText(line));
  return event.kind === 'resumed' || event.kind === 'deep-price' ? escapeText(line) : doneLine(line, terminal);
}

function doneLine(line: string, { err }: Terminal): string {
  return `${err.green('✓')} ${err.dim(escapeText(line))}`;
}

function stoppedLine(line: string, { err }: Terminal): string {
  return `${err.red('✗')} ${err.dim(`${escapeText(line)}, then it stopped`)}`;
}

function liveLine(line: string, share: number | undefined, terminal: Terminal): string {
  const { err, columns } = terminal;
  const filled = Math.round((share ?? 0) * BAR_CELLS);
  const bar = share === undefined ? '' : `${err.cyan('━'.repeat(filled))}${err.dim('━'.repeat(BAR_CELLS - filled))} `;
  const room = columns - 1 - (share === undefined ? 0 : BAR_CELLS + 1);
  return `${bar}${escapeText(line).slice(0, Math.max(0, room))}`;
}
