import type { Runtime } from './runtime.ts';

/** Random bytes as hex digits, two for each. */
export function randomHex(runtime: Runtime, sizeBytes: number): string {
  return Buffer.from(runtime.randomBytes(sizeBytes)).toString('hex');
}
