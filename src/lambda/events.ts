import * as z from 'zod';
import { regionOfKmsKey } from '../encryption/kms-key.ts';
import { ACTION_KINDS } from '../model/counts.ts';
import { isPoolId, isTimedId } from '../model/ids.ts';
import { LOSS_EFFECTS, type LossKind } from '../model/losses.ts';
import { PASSWORD_HASH_ALGORITHMS } from '../model/password-hash.ts';

/*
 * What the three functions are called with. No transforms, so that `z.toJSONSchema` describes each event whole. A call that
 * ran out of time answers its own event with `done: false` and `continue`: passed back unchanged, the work goes on.
 */

const poolId = z.string().refine(isPoolId, 'not a user pool id, such as eu-central-1_AbCdEfGhI');
const s3 = z.string().regex(/^s3:\/\/[^/]+/, 'not an S3 location, such as s3://my-bucket/cognito');
const timedId = z.string().refine(isTimedId, 'not an id that a call answered');
const count = z.int().min(0);
const durationMs = z.number().min(0).describe('Time that the calls until now have taken together, in milliseconds.');
const flag = z.boolean().exactOptional();

const common = {
  vault: s3.describe('Where snapshots and runs are kept: s3://bucket or s3://bucket/prefix.'),
  maxRps: z
    .number()
    .positive()
    .exactOptional()
    .describe(
      'Requests a second in every quota category, instead of the shares of the quotas that the service states.',
    ),
  kmsKey: z
    .string()
    .refine((arn) => regionOfKmsKey(arn) !== undefined, 'not the ARN of a KMS key')
    .exactOptional()
    .describe(
      'ARN of the KMS key under which snapshots and runs are encrypted; the role needs kms:Encrypt and kms:Decrypt. What is encrypted already is opened without it.',
    ),
  encryptTo: z
    .array(z.string().regex(/^age1[02-9ac-hj-np-z]{58}$/, 'not a public key of age, age1…'))
    .min(1)
    .exactOptional()
    .describe('Public keys of age that can open it too, without AWS: recommended. Goes with kmsKey.'),
  unencrypted: flag.describe(
    'True: writes in the clear although the newest snapshot of the pool is encrypted. Default: false.',
  ),
  done: z.literal(false).exactOptional().describe('Part of an answer that is passed back; nothing to set by hand.'),
};

const progress = 'How far the calls before came: pass back what was answered, unchanged. Leave it out to begin anew.';

export const exportEvent = z
  .strictObject({
    ...common,
    poolId: poolId.describe('The user pool to back up.'),
    csv: s3
      .exactOptional()
      .describe('Where CSV files go: each export makes a folder named for its snapshot. Default: csv/ in the vault.'),
    forPool: poolId.exactOptional().describe('The pool that the CSV files are made for. Default: the pool itself.'),
    listing: z
      .enum(['auto', 'single', 'sharded'])
      .exactOptional()
      .describe(
        'One listing, or sixteen side by side by the first digit of sub. Default: auto, by the size of the pool.',
      ),
    secondPass: flag.describe(
      'True: after sixteen listings, lists all users once more in one chain and compares. Does not go with the listing "single". Default: false.',
    ),
    continue: z
      .discriminatedUnion('phase', [
        z.strictObject({ phase: z.literal('backup'), durationMs }),
        z.strictObject({ phase: z.literal('csv'), snapshot: timedId, durationMs }),
      ])
      .exactOptional()
      .describe(progress),
  })
  .refine(({ listing, secondPass }) => !secondPass || listing !== 'single', {
    path: ['secondPass'],
    message: 'one chain is what a second pass compares with: it does not go with listing single',
  })
  .describe('Backs a user pool up to S3: a snapshot in the vault, and CSV files for an import.');

const continuation = z.strictObject({
  runId: timedId,
  cursor: z.strictObject({ stage: count, entry: count }).exactOptional(),
  seen: z
    .strictObject({ firstRound: count, previous: z.string().exactOptional(), tried: z.string().exactOptional() })
    .exactOptional(),
});

const actionCounts = z.record(z.enum(ACTION_KINDS), count);
const lossKind = z.enum(Object.keys(LOSS_EFFECTS) as [LossKind, ...LossKind[]]);

const applyProgress = z.strictObject({
  run: continuation.exactOptional().describe('Where the stored plan goes on; absent where the next call plans anew.'),
  counts: actionCounts.describe('What runs that came to no end have done.'),
  planned: actionCounts.exactOptional().describe('What the first plan contained.'),
  losses: z.partialRecord(lossKind, count).exactOptional().describe('What the first plan predicted as lost.'),
  planMs: count.exactOptional().describe('How long listing and planning took, in milliseconds.'),
});

const apply = applyProgress.exactOptional();

export const cleanEvent = z
  .strictObject({
    ...common,
    target: poolId.describe('The user pool to empty of its users and groups.'),
    sourcePoolId: poolId.describe('The pool that must never be emptied; refused when it is the target.'),
    confirm: z.string().describe('The id of the target once more; refused when it is another.'),
    noBackup: flag.describe('True: no snapshot of the target is taken first. Default: false.'),
    dryRun: flag.describe('True: answers what would be deleted, and writes nothing. Default: false.'),
    continue: z
      .discriminatedUnion('phase', [
        z.strictObject({ phase: z.literal('backup'), durationMs }),
        z.strictObject({ phase: z.literal('verify'), snapshot: timedId, durationMs }),
        z.strictObject({ phase: z.literal('apply'), snapshot: timedId.exactOptional(), apply, durationMs }),
      ])
      .exactOptional()
      .describe(progress),
  })
  .describe('Empties a user pool, after a verified snapshot of it.');

const csvLocation = s3.regex(/(\/|\.csv)$/, 'neither a folder, which ends in "/", nor a file, which ends in ".csv"');

export const importEvent = z
  .strictObject({
    ...common,
    target: poolId.describe('The user pool to bring users and groups into; nothing in it is deleted.'),
    snapshot: z
      .string()
      .min(1)
      .exactOptional()
      .describe('The snapshot to import: an id or its beginning, latest, or POOL@latest. Either this or csv.'),
    csv: z
      .union([csvLocation, z.array(csvLocation).min(1)])
      .exactOptional()
      .describe(
        'The CSV files to import, or a folder ending in "/" of which users-*.csv, groups.csv and memberships.csv are taken.',
      ),
    groups: csvLocation
      .exactOptional()
      .describe('CSV file of groups, beside csv; wins over the groups.csv of a folder.'),
    memberships: csvLocation
      .exactOptional()
      .describe('CSV file of memberships; wins over the memberships.csv of a folder.'),
    existing: z
      .enum(['skip', 'update'])
      .exactOptional()
      .describe('Users who exist in the target: left alone, or brought to the imported state. Default: skip.'),
    engine: z
      .enum(['auto', 'import-job', 'api'])
      .exactOptional()
      .describe('How users are created; import-job needs importRole. Default: auto.'),
    importRole: z
      .string()
      .regex(/^arn:/, 'not the ARN of a role')
      .exactOptional()
      .describe(
        'ARN of the role with which Cognito writes the log of an import job. Without it all users go by the API.',
      ),
    passwords: z
      .enum(['random', 'none'])
      .exactOptional()
      .describe(
        'Password of users without a hash: random and forgotten, or none where the pool is passwordless. Default: random.',
      ),
    passwordHashes: z
      .enum(PASSWORD_HASH_ALGORITHMS)
      .exactOptional()
      .describe('Algorithm of the column password_hash of the CSV files.'),
    hashes: s3
      .regex(/^s3:\/\/[^/]+\/.*[^/]$/, 'not a file in S3')
      .exactOptional()
      .describe(
        'File of password hashes (CSV username,hash or JSON lines) for users of the snapshot: s3://bucket/key. Needs importRole.',
      ),
    subAttribute: z
      .string()
      .min(1)
      .exactOptional()
      .describe('Custom attribute of the target that gets the sub of the snapshot, such as custom:legacy_sub.'),
    confirm: z
      .string()
      .exactOptional()
      .describe('The id of the target once more; needed to import a snapshot into the pool that it was taken of.'),
    allowTriggers: flag.describe('True: imports although a trigger of the target would fire. Default: false.'),
    dryRun: flag.describe('True: answers what would be written, and writes nothing. Default: false.'),
    continue: z
      .strictObject({ phase: z.literal('apply'), snapshot: timedId.exactOptional(), apply, durationMs })
      .exactOptional()
      .describe(progress),
  })
  .refine(({ csv, snapshot }) => (csv === undefined) !== (snapshot === undefined), {
    path: ['csv'],
    message: 'name either csv or snapshot',
  })
  .refine(
    ({ csv, groups, memberships, passwordHashes }) => csv !== undefined || !(groups ?? memberships ?? passwordHashes),
    {
      path: ['snapshot'],
      message: 'groups, memberships and passwordHashes go with csv',
    },
  )
  .refine(({ csv, hashes, subAttribute }) => csv === undefined || !(hashes ?? subAttribute), {
    path: ['csv'],
    message: 'hashes and subAttribute go with snapshot',
  })
  .describe('Imports a snapshot or CSV files from S3 into a user pool.');

export type ExportEvent = Readonly<z.infer<typeof exportEvent>>;
export type CleanEvent = Readonly<z.infer<typeof cleanEvent>>;
export type ImportEvent = Readonly<z.infer<typeof importEvent>>;
export type ApplyProgress = Readonly<z.infer<typeof applyProgress>>;
