import * as z from 'zod';
import { processMark } from '../runtime/process-mark.ts';

/** How long a lease lives without being renewed; a run killed on another machine blocks its target no longer than this. */
export const LEASE_MS = 300_000;
/** No clock is read in the moment that it tells: Cognito's answers arrive late, and repeated calls later still. */
const LONGEST_MS = 2 * LEASE_MS;

const leaseFile = z.object({
  /** Grows by one whenever a run takes the lease, and never falls. */
  generation: z.int().min(0).default(0),
  /** `free`: given back. */
  state: z.enum(['held', 'free']).default('held'),
  /** Random per run. */
  owner: z.string(),
  command: z.string(),
  ...processMark.shape,
  /** By Cognito's clock, as its owner reckons it. */
  expiresAt: z.iso.datetime(),
  /** How much of that is the word of the owner's wall clock alone: its machine slept, or its clock was set forward. */
  sleptMs: z.int().min(0).default(0),
});

/** What `locks/<pool>.json` says: who holds the right to write to a pool, or who held it last. */
export type LeaseContent = Readonly<z.infer<typeof leaseFile>>;

/**
 * When a lease ends, in milliseconds since 1970. None that is honest ends much later than one life from now. One that does was
 * dated by a wall clock that was set forward, and its machine did not sleep.
 */
export function endOfLease({ expiresAt, sleptMs }: LeaseContent, nowMs: number): number {
  const endMs = Date.parse(expiresAt);
  return endMs > nowMs + LONGEST_MS ? endMs - sleptMs : endMs;
}

export function encodeLease(content: LeaseContent): Uint8Array {
  return Buffer.from(`${JSON.stringify(content)}\n`);
}

/** `undefined` for bytes that are no lease. */
export function decodeLease(bytes: Uint8Array): LeaseContent | undefined {
  try {
    return leaseFile.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
