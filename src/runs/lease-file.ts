import * as z from 'zod';
import { processMark } from '../runtime/process-mark.ts';

const leaseFile = z.object({
  /** Grows by one whenever a run takes the lease, and never falls. */
  generation: z.int().min(0).default(0),
  /** `free`: given back. */
  state: z.enum(['held', 'free']).default('held'),
  /** Random per run. */
  owner: z.string(),
  command: z.string(),
  ...processMark.shape,
  /** By Cognito's clock. */
  expiresAt: z.iso.datetime(),
});

/** What `locks/<pool>.json` says: who holds the right to write to a pool, or who held it last. */
export type LeaseContent = Readonly<z.infer<typeof leaseFile>>;

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
