import * as z from 'zod';
import { encryptionFacts } from '../encryption/encryption-facts.ts';
import { USER_STATUSES } from '../model/user.ts';
import { decodeDigested, encodeDigested, FORMAT_VERSION } from './digested-json.ts';
import {
  callCounts,
  configurationCounts,
  count,
  digest,
  instant,
  notCaptured,
  partEntry,
  poolId,
  snapshotId,
} from './manifest.ts';

const position = z.strictObject({
  /** Ordinal of the group in `groups.jsonl.gz`, for a lane of memberships; a name never stands here. */
  group: count.exactOptional(),
  token: z.string().exactOptional(),
  /** When the service gave the token: it lives for an hour. */
  obtainedAt: instant.exactOptional(),
});

/** What the manifest counts of the users of one part. */
const userTally = z.strictObject({
  enabled: count,
  byStatus: z.partialRecord(z.enum(USER_STATUSES), count),
  /** Of a deep backup: how many of them have their factors. */
  factors: count.exactOptional(),
});

/** A part of a chain, with what a commit has to know of its records: it may not be able to read them. */
const chainPart = z.strictObject({
  entry: partEntry,
  /** SHA-256 of the file with the digests of its records. */
  digestsSha256: digest,
  /** Of a part with users. */
  tally: userTally.exactOptional(),
});

const chain = z.strictObject({
  kind: z.enum(['users', 'memberships']),
  shard: z.string(),
  done: z.boolean(),
  /** How often the chain began anew because its token had expired. */
  startedOver: count,
  /** Where the listing goes on after the parts below; absent at the very beginning and at the end. */
  position: position.exactOptional(),
  /** Groups that were deleted while they were listed. */
  skippedGroups: count,
  parts: z.array(chainPart),
});

/** Digests of users whom the second pass has listed, in a file of their own. */
const secondPassPiece = z.strictObject({
  path: z.string().regex(/^second-pass-[0-9a-f]{8}-\d{6}\.digests$/),
  users: count,
  /** How many of them, from the first, were there and unchanged before the window began: the parts have to hold those. */
  settled: count,
  sha256: digest,
});

const secondPass = z.strictObject({
  done: z.boolean(),
  startedOver: count,
  /** Set when the shards have ended: it begins later than listings lag, so that nobody deleted before them comes back. */
  notBefore: instant.exactOptional(),
  position: position.exactOptional(),
  pieces: z.array(secondPassPiece),
});

const checkpointBody = z.strictObject({
  format: z.literal(FORMAT_VERSION),
  toolVersion: z.string(),
  snapshotId,
  poolId,
  /** Random per run: tells a run that another one has taken over. */
  writer: z.string().regex(/^[0-9a-f]{16}$/),
  /** Why the snapshot will not be continued. */
  abandoned: z.string().exactOptional(),
  startedAt: instant,
  mode: z.enum(['single', 'sharded']),
  encryption: encryptionFacts.nullable(),
  /** Random; what the digests are made with. */
  salt: z.string().regex(/^[0-9a-f]{32}$/),
  /** SHA-256 of the file with the digests of the groups' names: there where their part is encrypted. */
  groupDigestsSha256: digest.exactOptional(),
  /** `pool.json.gz`, `config.jsonl.gz` where any was captured, and `groups.jsonl.gz` where there are groups. */
  parts: z.array(partEntry),
  configuration: configurationCounts.exactOptional(),
  /** Of the configuration. */
  notCaptured: z.array(notCaptured),
  /** Whether secrets were asked for. */
  secrets: z.boolean(),
  /** Present where every user is asked for their factors. */
  deep: z.literal(true).exactOptional(),
  chains: z.array(chain),
  /** Where all users are listed once more, in one chain, after the shards. */
  secondPass: secondPass.exactOptional(),
  calls: callCounts,
  throttles: count,
});

const checkpoint = checkpointBody.extend({ digest: z.string() });

export type ChainPosition = Readonly<z.infer<typeof position>>;
export type UserTally = Readonly<z.infer<typeof userTally>>;
export type ChainPart = Readonly<z.infer<typeof chainPart>>;
export type ChainState = Readonly<z.infer<typeof chain>>;
export type SecondPassPiece = Readonly<z.infer<typeof secondPassPiece>>;
export type SecondPassState = Readonly<z.infer<typeof secondPass>>;
export type ListingMode = z.infer<typeof checkpointBody>['mode'];
/** What a running backup leaves behind, so that the next run goes on: no attributes, no names. */
export type Checkpoint = Readonly<z.infer<typeof checkpointBody>>;

export function encodeCheckpoint(body: Checkpoint): Uint8Array {
  return encodeDigested(checkpointBody.parse(body));
}

/** Throws `vault-too-new` and `damaged`, naming `key`. */
export function decodeCheckpoint(bytes: Uint8Array, key: string): Checkpoint {
  const { digest: _digest, ...body } = decodeDigested(bytes, key, checkpoint);
  return body;
}
