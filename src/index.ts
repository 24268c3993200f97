/** The library: the same operations as the command line, with everything they need as arguments. Nothing here prints. */

export { composeGateways, composeStorage, composeVault, namedVault, reconcileDependencies } from './compose.ts';
export type { Gateways, Surroundings } from './compose.ts';
export type { KeyOptions } from './encryption/open-keys.ts';

export { backupPool } from './operations/backup/backup.ts';
export type { DeepPrice } from './operations/backup/deep-price.ts';
export type { BackupDependencies, BackupOptions, BackupResult } from './operations/backup/backup.ts';
export { exportSnapshot, EXPORT_FORMATS } from './operations/export/export.ts';
export type {
  ExportDependencies,
  ExportFormat,
  ExportOptions,
  ExportResult,
  ExportStream,
} from './operations/export/export.ts';
export { restoreSnapshot } from './operations/restore.ts';
export type { RestoreOptions } from './operations/restore.ts';
export { restoreToNewPool } from './operations/new-pool/new-pool.ts';
export type { RestoreNewPoolOptions } from './operations/new-pool/new-pool.ts';
export type { NewPoolPreview, NewPoolResult } from './operations/new-pool/new-pool-result.ts';
export type { HandOver } from './plan/new-pool/hand-over.ts';
export { drill } from './operations/drill/drill.ts';
export type { DrillDependencies } from './operations/drill/dependencies.ts';
export type { DrillOptions } from './operations/drill/drill.ts';
export type { DrillOutcome, DrillPreview, DrillResult } from './operations/drill/drill-result.ts';
export { drillEvidence } from './operations/drill/evidence.ts';
export type { DrillEvidence } from './operations/drill/evidence.ts';
export { evidenceFiles } from './operations/drill/evidence-files.ts';
export type { EvidenceFile } from './operations/drill/evidence-files.ts';
export { importCsv } from './operations/import.ts';
export type { ImportOptions } from './operations/import.ts';
export { cleanPool } from './operations/clean.ts';
export type { CleanOptions } from './operations/clean.ts';
export { mirrorSnapshot } from './operations/mirror.ts';
export type { MirrorOptions } from './operations/mirror.ts';
export { verifySnapshot } from './operations/verify/verify-snapshot.ts';
export type { VerifyOptions, VerifyResult } from './operations/verify/verify-snapshot.ts';
export { quickVerifySnapshot } from './operations/verify/quick-verify.ts';
export type { QuickVerifyOptions, QuickVerifyResult } from './operations/verify/quick-verify.ts';
export { verifyPool } from './operations/verify/verify-pool.ts';
export type { VerifyPoolOptions, VerifyPoolResult } from './operations/verify/verify-pool.ts';
export { diff } from './operations/diff/diff.ts';
export type { DiffOptions, DiffResult, FieldChange, UserDifference } from './operations/diff/diff.ts';
export type { ConfigurationDiff } from './operations/diff/diff-configuration.ts';
export type { GroupDifference } from './operations/diff/diff-groups.ts';
export { liveSide, snapshotSide } from './operations/values/diff-side.ts';
export type { DiffSide } from './operations/values/diff-side.ts';
export { acceptSnapshot } from './operations/snapshots/accept-snapshot.ts';
export type { AcceptResult } from './operations/snapshots/accept-snapshot.ts';
export { pruneVault, DEFAULT_GRACE_MS } from './operations/prune/prune.ts';
export type { PrunedPool, PrunedSnapshot, PruneOptions, PruneResult } from './operations/prune/prune.ts';
export type { KeepReason, RetentionPolicy } from './operations/prune/retention.ts';
export { DEFAULT_MAX_AGE_MS, examinePool } from './operations/doctor/doctor.ts';
export type { DoctorDependencies, DoctorOptions, DoctorResult, ExaminedPool } from './operations/doctor/doctor.ts';
export { probeService } from './operations/doctor/probe/probe.ts';
export type { ProbeDependencies, ProbeOptions, ProbeResult } from './operations/doctor/probe/probe.ts';
export type { ProbeFact } from './operations/doctor/probe/probe-fact.ts';
export type { DoctorFinding, Level, Topic } from './operations/doctor/doctor-finding.ts';
export type { CommandPermissions } from './operations/doctor/judge-permissions.ts';
export type { NamedVault } from './operations/doctor/look-at-vault.ts';
export type { PoolSize, Price } from './operations/doctor/price-pool.ts';
export { eraseUsers } from './operations/erase/erase.ts';
export type { EraseEnvironment, EraseOptions } from './operations/erase/erase.ts';
export type { ErasedPool, ErasedRun, EraseDocumentSnapshot, EraseResult } from './operations/erase/erase-result.ts';
export { listSnapshots } from './operations/snapshots/list-snapshots.ts';
export type { ListSnapshotsOptions, SnapshotSummary } from './operations/snapshots/list-snapshots.ts';
export { showConfiguration, showSnapshot, showUser } from './operations/snapshots/show.ts';
export type { SnapshotView, UserView } from './operations/snapshots/show.ts';

export type { ApplyOptions } from './operations/apply-options.ts';
export type { ReconcileDependencies } from './operations/reconcile/dependencies.ts';
export type { Finding } from './operations/reconcile/make-plan.ts';
export type { Continuation, PlanReport, ReconcileResult, ReconcileSlice } from './operations/reconcile/requests.ts';
export type { CsvFiles, ReadableFile } from './operations/values/csv-value.ts';
export type { TemporaryPassword } from './apply/apply-context.ts';
export type { ConfigurationChange, ConfigurationDifference } from './plan/configuration/compare-configuration.ts';
export type { Engine, PasswordMode } from './plan/context.ts';
export type { ApplyCommand, Confirmation } from './plan/guards.ts';
export { knownPairs } from './runs/known-pairs.ts';
export type { MapEntry } from './runs/known-pairs.ts';

export { openSnapshot } from './snapshot/snapshot-reader.ts';
export type { SnapshotReader } from './snapshot/snapshot-reader.ts';
export { resolveSnapshot } from './snapshot/resolve-snapshot.ts';
export type { SnapshotRef } from './snapshot/keys.ts';
export type {
  ConfigurationCounts,
  Manifest,
  SecondPassCounts,
  SnapshotTotals,
  SnapshotWarning,
} from './snapshot/manifest.ts';
export type { Vault } from './snapshot/vault.ts';
export type { Storage } from './storage/storage.ts';
export type { CognitoGateway } from './cognito/gateway.ts';
export type { ComposedGateway } from './cognito/compose-gateway.ts';

export { ACTION_KINDS } from './model/counts.ts';
export type { ActionCounts, ActionKind, Remaining } from './model/counts.ts';
export { BackupError, isBackupError } from './model/errors.ts';
export type { BackupErrorOptions, ErrorCode } from './model/errors.ts';
export type { BackupEvent, Observer, Phase } from './model/events.ts';
export type { Group, GroupFields, Membership } from './model/group.ts';
export { parsePoolId, parseSnapshotId, regionOfPool } from './model/ids.ts';
export type { PoolId, RunId, SnapshotId } from './model/ids.ts';
export { LOSS_EFFECTS } from './model/losses.ts';
export type { Loss, LossKind } from './model/losses.ts';
export type { PasswordHashAlgorithm } from './model/password-hash.ts';
export { RESOURCE_KINDS } from './model/pool-configuration.ts';
export type {
  ConfigurationResource,
  NotCaptured,
  PoolConfiguration,
  ResourceKind,
} from './model/pool-configuration.ts';
export type { PoolDescription } from './model/pool.ts';
export type { Attribute, User, UserFactors, UserStatus } from './model/user.ts';
export { withheldError } from './model/withheld.ts';

export { realRuntime } from './runtime/real-runtime.ts';
export type { Runtime } from './runtime/runtime.ts';
export { silenceSdkNodeVersionWarning } from './runtime/quiet-sdk.ts';
export { TOOL_VERSION } from './snapshot/tool-version.ts';
