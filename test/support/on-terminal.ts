import { vi } from 'vitest';

/** Runs what writes to stdout and stderr as if both were a terminal with colours. */
export async function onTerminal<T>(work: () => Promise<T>): Promise<T> {
  const streams = [process.stdout, process.stderr];
  const before = streams.map((stream) => stream.isTTY);
  vi.stubEnv('FORCE_COLOR', '1');
  for (const stream of streams) stream.isTTY = true;
  try {
    return await work();
  } finally {
    for (const [index, stream] of streams.entries()) stream.isTTY = before[index]!;
    vi.stubEnv('FORCE_COLOR', undefined);
  }
}
