/** The library: what the command line and the Lambda functions are made of. It never prints; it tells an observer. */

export { composeGateways, composeStorage, composeVault, reconcileDependencies } from './compose.ts';
export type { Gateways, Surroundings } from './compose.ts';

export { backupPool } from './operations/backup.ts';
export type { BackupDependencies, BackupOptions, BackupResult } from './operations/backup.ts';
export { verifySnapshot } from './operations/verify-snapshot.ts';
export type { VerifyResult } from './operations/verify-snapshot.ts';
export { verifyPool } from './operations/verify-pool.ts';
export type { VerifyPoolOptions, VerifyPoolResult } from './operations/verify-pool.ts';
export { restoreSnapshot } from './operations/restore.ts';
export type { RestoreOptions } from './operations/restore.ts';
export { importCsv } from './operations/import.ts';
export type { ImportOptions } from './operations/import.ts';
export { cleanPool } from './operations/clean.ts';
export type { CleanOptions } from './operations/clean.ts';
export { mirrorSnapshot } from './operations/mirror.ts';
export type { MirrorOptions } from './operations/mirror.ts';
export { exportSnapshot } from './operations/export.ts';
export { diff } from './operations/diff.ts';
export type { DiffOptions, DiffResult, UserDifference } from './operations/diff.ts';
export { liveSide, snapshotSide } from './operations/values/diff-side.ts';
export type { DiffSide } from './operations/values/diff-side.ts';
export { listSnapshots } from './operations/list-snapshots.ts';
export { acceptSnapshot } from './operations/accept-snapshot.ts';
export { showSnapshot, showUser } from './operations/show.ts';

export type { ApplyOptions } from './operations/apply-options.ts';
export type { ReconcileDependencies } from './operations/reconcile/dependencies.ts';
export type { Continuation, PlanReport, ReconcileResult, ReconcileSlice } from './operations/reconcile/requests.ts';
export type { CsvFiles, ReadableFile } from './operations/values/csv-value.ts';

export { openSnapshot } from './snapshot/snapshot-reader.ts';
export type { SnapshotReader } from './snapshot/snapshot-reader.ts';
export { resolveSnapshot } from './snapshot/resolve-snapshot.ts';
export type { Vault } from './snapshot/vault.ts';

export { parsePoolId, parseSnapshotId, regionOfPool } from './model/ids.ts';
export type { PoolId, RunId, SnapshotId } from './model/ids.ts';
export { BackupError, isBackupError } from './model/errors.ts';
export type { ErrorCode } from './model/errors.ts';
export type { BackupEvent, Observer } from './model/events.ts';
export type { Attribute, User, UserStatus } from './model/user.ts';
export type { Group, Membership } from './model/group.ts';
export type { PoolDescription } from './model/pool.ts';
export type { Loss, LossKind } from './model/losses.ts';
export { LOSS_EFFECTS } from './model/losses.ts';
export { realRuntime } from './runtime/real-runtime.ts';
export type { Runtime } from './runtime/runtime.ts';
