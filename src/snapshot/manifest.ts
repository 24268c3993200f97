import * as z from 'zod';
import { encryptionFacts } from '../encryption/encryption-facts.ts';
import { RESOURCE_KINDS, UNCAPTURED_KINDS, UNCAPTURED_REASONS } from '../model/pool-configuration.ts';
import { isPoolId, isTimedId, type PoolId, type SnapshotId } from '../model/ids.ts';
import { USER_STATUSES } from '../model/user.ts';
import { decodeDigested, encodeDigested, FORMAT_VERSION } from './digested-json.ts';
import { isEncryptedPath, parsePartPath, PART_KINDS } from './keys.ts';
import { MAX_PLAIN_BYTES } from './size-limits.ts';

export const count = z.int().min(0);
export const digest = z.string().regex(/^[0-9a-f]{64}$/);
export const instant = z.iso.datetime({ precision: 3 });
export const snapshotId = z.custom<SnapshotId>((value) => typeof value === 'string' && isTimedId(value));
export const poolId = z.custom<PoolId>((value) => typeof value === 'string' && isPoolId(value));

export const callCounts = z.record(z.string(), count);

const warning = z.strictObject({ code: z.string(), message: z.string() });

const part = z
  .strictObject({
    path: z.string(),
    kind: z.enum(PART_KINDS),
    shard: z.string().exactOptional(),
    records: z.int().min(1),
    sizeBytes: z.int().min(1),
    plainBytes: z.int().min(1).max(MAX_PLAIN_BYTES),
    sha256: digest,
    /** Absent where the part is encrypted: it would tell a guess from a miss. */
    plainSha256: digest.exactOptional(),
  })
  .refine(({ path, kind, shard }) => {
    const name = parsePartPath(path);
    return name !== undefined && name.kind === kind && name.shard === shard;
  }, 'path, kind and shard disagree')
  .refine(
    ({ path, plainSha256 }) => isEncryptedPath(path) === (plainSha256 === undefined),
    'path and digests disagree',
  );

/** Operations and exceptions. */
const NAME_OF_AWS = /^[\w.:#-]{1,128}$/;

const base64 = (length: number) => z.base64().length(length);

/** 32 bytes of a public key, 64 of a signature. */
export const signature = z.strictObject({
  algorithm: z.literal('ed25519'),
  publicKey: base64(44),
  value: base64(88),
});

const totals = z.strictObject({
  users: count,
  byStatus: z.partialRecord(z.enum(USER_STATUSES), count),
  enabled: count,
  disabled: count,
  /** Only of a deep backup: users whose factors the records hold. Whoever is missing was gone, or refused, when asked. */
  factors: count.exactOptional(),
  groups: count,
  memberships: count,
  orphans: count,
});

/** How many resources of each kind the `config` part holds. */
export const configurationCounts = z.partialRecord(z.enum(RESOURCE_KINDS), count);

export const notCaptured = z.strictObject({
  kind: z.enum(UNCAPTURED_KINDS),
  reason: z.enum(UNCAPTURED_REASONS),
  count: z.int().min(1).exactOptional(),
  operation: z.string().regex(NAME_OF_AWS).exactOptional(),
  exception: z.string().regex(NAME_OF_AWS).exactOptional(),
});

/** Who was listed a second time, in one chain, against who is in the parts. */
const secondPass = z.strictObject({ users: count, missingInShards: count, missingInSecondPass: count });

const manifestBody = z.strictObject({
  format: z.literal(FORMAT_VERSION),
  toolVersion: z.string(),
  encoding: z.literal('gzip'),
  encryption: encryptionFacts.nullable(),
  vaultId: z.string(),
  snapshotId,
  pool: z.strictObject({ id: poolId, name: z.string(), region: z.string(), arn: z.string(), estimatedUsers: count }),
  window: z.strictObject({ startedAt: instant, endedAt: instant, consistency: z.literal('fuzzy') }),
  listing: z.strictObject({
    mode: z.enum(['single', 'sharded']),
    shards: count,
    secondPass: z.union([z.literal(false), secondPass]),
  }),
  status: z.enum(['complete', 'suspect']),
  previous: z.strictObject({ snapshotId, users: count }).nullable(),
  /** Only where `erase` wrote it in the place of another: which, and how many users were listed before anybody was erased. */
  supersedes: z.strictObject({ snapshotId, users: count }).exactOptional(),
  totals,
  /** Absent where no configuration was captured. */
  configuration: configurationCounts.exactOptional(),
  parts: z.array(part),
  warnings: z.array(warning),
  notCaptured: z.array(notCaptured),
  calls: callCounts,
  throttles: count,
  /** Present where a signing key was given. */
  signature: signature.exactOptional(),
});

const manifest = manifestBody.extend({ digest });

export const partEntry = part;

/** One file of records, as the manifest names it. `path` is relative to the folder of the snapshot. */
export type PartEntry = Readonly<z.infer<typeof part>>;
export type SnapshotWarning = Readonly<z.infer<typeof warning>>;
export type SnapshotTotals = Readonly<z.infer<typeof totals>>;
export type ConfigurationCounts = Readonly<z.infer<typeof configurationCounts>>;
export type SecondPassCounts = Readonly<z.infer<typeof secondPass>>;
/** The manifest without its digest: what a writer fills in. */
export type ManifestBody = Readonly<z.infer<typeof manifestBody>>;
/** The file whose presence makes the parts a snapshot. Every field is described in docs/FORMAT.md. */
export type Manifest = Readonly<z.infer<typeof manifest>>;

export function encodeManifest(body: ManifestBody): Uint8Array {
  return encodeDigested(manifestBody.parse(body));
}

/** Throws `vault-too-new` and `damaged`, naming `key`; unknown fields are damage. */
export function decodeManifest(bytes: Uint8Array, key: string): Manifest {
  return decodeDigested(bytes, key, manifest);
}
