import { BackupError } from '../model/errors.ts';
import type { PoolDescription } from '../model/pool.ts';
import { isPasswordless } from './experience.ts';
import type { PasswordMode } from './context.ts';
import type { PlanSummary } from './plan-summary.ts';

export type ApplyCommand = 'restore' | 'import' | 'clean' | 'mirror';

/** What the person has to say before a write: type the pool's id, answer yes, or nothing (nothing would change). */
export type Confirmation = 'pool-id' | 'yes' | 'none';

export interface GuardInput {
  readonly command: ApplyCommand;
  readonly source: PoolDescription | undefined;
  readonly target: PoolDescription;
  readonly summary: PlanSummary;
  readonly passwords: PasswordMode;
  readonly allowTriggers: boolean;
  /** Largest number of users a mirror may delete; `undefined` takes the default. */
  readonly maxDeletes: number | undefined;
  /** For mirror: the snapshot is marked suspect and nobody accepted it. */
  readonly suspect: boolean;
}

export const PROTECTED_TAG = 'cognito-backup:protected';
export const STANDBY_TAG = 'cognito-backup:role';
/** Triggers that fire on creation (PreSignUp) or would send messages of their own. COGNITO-FACTS §4 [D]. */
export const DANGEROUS_TRIGGERS: readonly string[] = ['PreSignUp', 'CustomEmailSender', 'CustomSMSSender'];

/** Of a pool's triggers those that would fire while users are written. */
export function firingTriggers({ triggers }: Pick<PoolDescription, 'triggers'>): readonly string[] {
  return triggers.filter((name) => DANGEROUS_TRIGGERS.includes(name));
}

/** Throws `refused` where a write must not happen at all, before anything was written. */
export function checkGuards(input: GuardInput): void {
  refuseSelfMirror(input);
  refuseProtected(input);
  refuseProtectedDeletes(input);
  refuseDoubtfulMirror(input);
  refuseTriggers(input);
  refusePasswordless(input);
  refuseManyDeletes(input);
}

/** Throws `refused` for what is known before listing the target: cheap, and shown at once. */
export function checkGuardsBeforePlanning(input: Omit<GuardInput, 'summary'>): void {
  refuseSelfMirror(input);
  refuseProtected(input);
}

/** Which confirmation a write wants. A delete is one under any command: `--recreate` takes password and `sub` away. */
export function confirmationFor(input: GuardInput): Confirmation {
  const { planned } = input.summary;
  if (Object.values(planned).every((count) => count === 0)) return 'none';
  if (hasTag(input.target, STANDBY_TAG, 'standby')) return 'yes';
  const deletes = planned.deleteUsers + planned.deleteGroups > 0;
  // Of the commands that have a source, a mirror of it to itself was refused.
  const ownSource = input.source?.id === input.target.id;
  return ownSource || deletes ? 'pool-id' : 'yes';
}

function refuseSelfMirror({ command, source, target }: Omit<GuardInput, 'summary'>): void {
  if (source?.id !== target.id || command !== 'mirror') return;
  throw new BackupError('refused', `Refused to mirror pool ${target.id} to itself`, {
    hint: 'Name the standby pool with --pool; to bring a pool back to a snapshot use: cognito-backup restore SNAPSHOT --existing update',
  });
}

function refuseProtected({ command, target }: Omit<GuardInput, 'summary'>): void {
  if ((command !== 'clean' && command !== 'mirror') || !hasTag(target, PROTECTED_TAG, 'true')) return;
  throw new BackupError(
    'refused',
    `Refused to ${command} pool ${target.id}: it carries the tag ${PROTECTED_TAG}=true`,
    {
      hint: 'Check the pool id; if you mean it, remove the tag from the pool first',
    },
  );
}

/** `--recreate` deletes too, under any command. */
function refuseProtectedDeletes({ target, summary }: GuardInput): void {
  if (summary.planned.deleteUsers === 0 || !hasTag(target, PROTECTED_TAG, 'true')) return;
  throw new BackupError(
    'refused',
    `Refused to recreate users of pool ${target.id}: it carries the tag ${PROTECTED_TAG}=true`,
    {
      hint: 'Leave out --recreate; or, if you mean it, remove the tag from the pool first',
    },
  );
}

function refuseDoubtfulMirror({ command, source, suspect, summary }: GuardInput): void {
  if (command !== 'mirror') return;
  if (suspect) {
    throw new BackupError(
      'refused',
      'Refused to mirror from a suspect snapshot: it holds far fewer users than the one before',
      {
        hint: `Look at it with: cognito-backup diff ${source?.id ?? 'POOL'}@latest SNAPSHOT; if the drop is real: cognito-backup snapshots accept SNAPSHOT`,
      },
    );
  }
  if (summary.valueUsers === 0) {
    throw new BackupError(
      'refused',
      'Refused to mirror from an empty snapshot: it would delete every user of the target',
      {
        hint: 'Check the snapshot with: cognito-backup show SNAPSHOT; to empty a pool use: cognito-backup clean',
      },
    );
  }
}

function refuseTriggers({ target, allowTriggers, summary }: GuardInput): void {
  const triggers = firingTriggers(target);
  if (allowTriggers || triggers.length === 0 || summary.planned.createUsers + summary.planned.updateUsers === 0) return;
  throw new BackupError(
    'refused',
    `Refused to write to pool ${target.id}: its triggers would fire (${triggers.join(', ')})`,
    {
      hint: 'Detach them for the time of the restore, or pass --allow-triggers',
    },
  );
}

function refusePasswordless({ target, passwords, summary }: GuardInput): void {
  if (passwords !== 'none' || summary.planned.createUsers === 0 || isPasswordless(target)) return;
  throw new BackupError(
    'refused',
    `Refused --passwords none: pool ${target.id} offers no one-time code as a first factor`,
    {
      hint: 'Users would be locked out; use --passwords random, or allow EMAIL_OTP or SMS_OTP in the pool',
    },
  );
}

function refuseManyDeletes({ command, summary, maxDeletes }: GuardInput): void {
  const { deleteUsers } = summary.planned;
  const limit = maxDeletes ?? Math.max(100, Math.floor(summary.targetUsers * 0.05));
  if (command !== 'mirror' || deleteUsers <= limit) return;
  throw new BackupError(
    'refused',
    `Refused to delete ${deleteUsers} ${deleteUsers === 1 ? 'user' : 'users'} of the target: the limit is ${limit}`,
    {
      hint: `If that is what you want: --max-deletes ${deleteUsers}`,
    },
  );
}

export function hasTag(pool: PoolDescription, key: string, value: string): boolean {
  return pool.tags.some(([name, content]) => name === key && content === value);
}
