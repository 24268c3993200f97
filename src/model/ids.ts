import { BackupError } from './errors.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** `<region>_<9+ letters and digits>`, as Cognito names user pools. */
export type PoolId = Branded<'PoolId'>;

/** `<UTC time without colons>-<random>`, for example `20261122T225951Z-3f9a1c`; sorts by time. */
export type SnapshotId = Branded<'SnapshotId'>;

/** The same grammar as a snapshot id, naming one apply run. */
export type RunId = Branded<'RunId'>;

const POOL_ID = /^([a-z0-9]+(?:-[a-z0-9]+)+|local)_[0-9A-Za-z]+$/;
const TIMED_ID = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/;

/** Length and alphabet: botocore `UserPoolIdType`, 2026-11. */
export function isPoolId(text: string): text is PoolId {
  return text.length <= 55 && POOL_ID.test(text);
}

/** Parses a pool id. Throws `usage` when the text is none. */
export function parsePoolId(text: string): PoolId {
  if (!isPoolId(text)) {
    throw new BackupError('usage', `Not a user pool id: ${JSON.stringify(text)}`, {
      hint: 'A pool id looks like eu-central-1_AbCdEfGhI; list yours with: aws cognito-idp list-user-pools --max-results 60',
    });
  }
  return text;
}

const SUB = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A user's `sub`, a UUID in lower case as Cognito writes it; `undefined` for any other text. */
export function asSub(text: string): string | undefined {
  const sub = text.trim().toLowerCase();
  return SUB.test(sub) ? sub : undefined;
}

/** What a `sub` begins with; a sharded listing has one shard for each. */
export const SHARD_DIGITS: readonly string[] = [...'0123456789abcdef'];

/** The Region part of a pool id: `eu-central-1` for `eu-central-1_AbCdEfGhI`. */
export function regionOfPool(poolId: PoolId): string {
  return poolId.slice(0, poolId.indexOf('_'));
}

export function isTimedId(text: string): boolean {
  return TIMED_ID.test(text);
}

export function parseSnapshotId(text: string): SnapshotId {
  if (!isTimedId(text)) throw new BackupError('usage', `Not a snapshot id: ${JSON.stringify(text)}`);
  return text as SnapshotId;
}

/** When a timed id was made, to the second. */
export function parseTimedId(id: string): Date {
  return new Date(id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** Makes an id from the service's time and three random bytes. */
export function timedId(at: Date, random: Uint8Array): string {
  const time = at.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  return `${time}-${Buffer.from(random).toString('hex').slice(0, 6)}`;
}
