import { backupPool } from '../../src/operations/backup/backup.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { quickVerifySnapshot } from '../../src/operations/verify/quick-verify.ts';
import type { VerifyProblem } from '../../src/operations/verify/verify-problem.ts';
import { isBackupError } from '../../src/model/errors.ts';
import { parsePoolId, type PoolId } from '../../src/model/ids.ts';
import type { User } from '../../src/model/user.ts';
import { manualRuntime } from '../../src/runtime/manual-runtime.ts';
import { encodeDigested } from '../../src/snapshot/digested-json.ts';
import { manifestKey, partKey, type PartKind, type SnapshotRef } from '../../src/snapshot/keys.ts';
import type { PartEntry } from '../../src/snapshot/manifest.ts';
import { sealPart } from '../../src/snapshot/part.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { memoryStorage, type MemoryStorage } from '../fakes/memory-storage.ts';
import { sampleGroup, samplePool, sampleUser } from '../fakes/sample-pool.ts';
import { poolHandlers, scriptedGateway, type Handlers } from '../fakes/scripted-gateway.ts';

/** Shards 3, 4 and a; two of them hold several users. */
export const USERS: readonly User[] = [3, 19, 35, 4, 20, 10].map((index) => sampleUser(index));
const GROUPS = [sampleGroup('admins', { precedence: 0 }), sampleGroup('editors'), sampleGroup('empty')];
const MEMBERS = new Map([
  ['admins', [USERS[0]!.sub, USERS[3]!.sub]],
  ['editors', [USERS[1]!.sub]],
]);

const CONFIGURATION: Handlers = {
  GetUserPoolMfaConfig: () => ({ MfaConfiguration: 'OFF' }),
  ListResourceServers: () => ({ items: ['a', 'b'].map((Identifier) => ({ Identifier, Scopes: [] })) }),
};

// oxlint-disable-next-line typescript/no-explicit-any -- forgeries have any shape
export type Json = any;

/** A vault in memory with a small but complete snapshot, and ways to damage it. */
export interface SampleVault {
  readonly storage: MemoryStorage;
  readonly vault: Vault;
  /** Complete, of several shards: what the tests damage. */
  readonly ref: SnapshotRef;
  /** Of the same pool, an hour older, with one user fewer. */
  readonly older: SnapshotRef;
  /** Of another pool. */
  readonly foreign: SnapshotRef;
  /** The manifest and every part that it names. */
  keys(ref?: SnapshotRef): string[];
  manifest(ref?: SnapshotRef): Json;
  /** Changes the manifest and gives it the digest that it then ought to have. */
  forge(change: (body: Json) => void): void;
  /** Puts other lines into a part, and makes the manifest's entry agree; `change` may do the rest. */
  forgePart(entry: PartEntry, lines: readonly string[], change?: (body: Json) => void): Promise<void>;
  parts(kind: PartKind, shard?: string): PartEntry[];
  /** Codes of what verify finds, or of what it throws; `[]` for a sound snapshot. */
  verify(ref?: SnapshotRef): Promise<string[]>;
  problems(ref?: SnapshotRef): Promise<readonly VerifyProblem[]>;
  quick(ref?: SnapshotRef): Promise<string[]>;
}

export async function sampleVault(): Promise<SampleVault> {
  const storage = memoryStorage();
  const runtime = manualRuntime();
  const vault = await openVault(storage, { create: true, runtime });
  const backup = async (poolId: PoolId, users: readonly User[]): Promise<SnapshotRef> => {
    const pool = samplePool({ id: poolId, arn: `arn:aws:cognito-idp:eu-central-1:123456789012:userpool/${poolId}` });
    const handlers = poolHandlers({ pool, users, groups: GROUPS, members: MEMBERS });
    const gateway = scriptedGateway({ ...handlers, ...CONFIGURATION }, () => runtime.now());
    const result = await backupPool({ gateway, vault, runtime, observer: () => {} }, { poolId, listing: 'sharded' });
    runtime.advance(3_600_000);
    return { poolId, id: result.snapshot.id };
  };
  const own = parsePoolId('eu-central-1_AbCdEfGhI');
  const older = await backup(own, USERS.slice(0, -1));
  const foreign = await backup(parsePoolId('eu-central-1_Foreign99'), [...USERS, sampleUser(11)]);
  const ref = await backup(own, USERS);

  const manifest = (of = ref): Json => JSON.parse(Buffer.from(storage.objects.get(manifestKey(of))!).toString());
  const forge = (change: (body: Json) => void): void => {
    const { digest: _digest, ...body } = manifest();
    change(body);
    storage.objects.set(manifestKey(ref), encodeDigested(body));
  };
  const problems = async (of = ref): Promise<readonly VerifyProblem[]> => (await verifySnapshot(vault, of)).problems;
  return {
    storage,
    vault,
    ref,
    older,
    foreign,
    manifest,
    forge,
    problems,
    keys: (of = ref) => [manifestKey(of), ...manifest(of).parts.map(({ path }: PartEntry) => partKey(of, path))],
    forgePart: async (entry, lines, change = () => {}) => {
      const { bytes, ...facts } = await sealPart(lines);
      storage.objects.set(partKey(ref, entry.path), bytes);
      forge((body) => {
        Object.assign(
          body.parts.find(({ path }: PartEntry) => path === entry.path),
          facts,
        );
        change(body);
      });
    },
    parts: (kind, shard) =>
      manifest().parts.filter((part: PartEntry) => part.kind === kind && (shard === undefined || part.shard === shard)),
    verify: async (of = ref) => codes(() => verifySnapshot(vault, of)),
    quick: async (of = ref) => codes(() => quickVerifySnapshot(vault, of)),
  };
}

async function codes(work: () => Promise<{ readonly problems: readonly VerifyProblem[] }>): Promise<string[]> {
  try {
    return (await work()).problems.map(({ code }) => code);
  } catch (error) {
    if (isBackupError(error)) return [`thrown ${error.code}`];
    throw error;
  }
}
