import type { PoolId } from './ids.ts';

/**
 * What a running operation tells its host. Events carry counts, ids and keys, never personal data.
 * The CLI draws them as progress, Lambda writes them as structured logs.
 */
export type BackupEvent =
  | { readonly kind: 'phase'; readonly phase: Phase; readonly poolId?: PoolId; readonly total?: number }
  | { readonly kind: 'progress'; readonly phase: Phase; readonly done: number; readonly total?: number }
  /** Users of a snapshot who were erased from the vault. */
  | { readonly kind: 'left-out'; readonly reason: 'erased'; readonly users: number }
  | { readonly kind: 'warning'; readonly code: string; readonly message: string }
  | {
      readonly kind: 'throttled';
      readonly category: string;
      readonly operation: string;
      readonly ratePerSecond: number;
    }
  | { readonly kind: 'retried'; readonly operation: string; readonly attempt: number; readonly reason: string }
  | { readonly kind: 'part-written'; readonly key: string; readonly records: number; readonly sizeBytes: number }
  | { readonly kind: 'resumed'; readonly what: string; readonly id: string }
  | {
      readonly kind: 'import-job';
      readonly jobId: string;
      readonly state: string;
      readonly imported: number;
      readonly skipped: number;
      readonly failed: number;
    }
  /** What a deep backup is about to cost. */
  | {
      readonly kind: 'deep-price';
      readonly poolId: PoolId;
      readonly calls: number;
      readonly callsPerSecond: number;
      readonly durationMs: number;
      readonly mayBillUsers: number;
    }
  | { readonly kind: 'waiting'; readonly reason: string; readonly delayMs: number };

export type Phase =
  | 'list-users'
  | 'list-groups'
  | 'read-configuration'
  | 'list-memberships'
  | 'second-pass'
  | 'verify-parts'
  | 'plan'
  | 'new-pool'
  | 'apply-groups'
  | 'apply-users'
  | 'import-job'
  | 'verify-target'
  | 'sign-in'
  | 'remove-pool'
  | 'export'
  | 'erase'
  | 'doctor';

export type Observer = (event: BackupEvent) => void;
