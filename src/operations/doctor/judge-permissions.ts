import type { OperationName } from '../../cognito/gateway.ts';
import type { PoolId } from '../../model/ids.ts';
import { COMMAND_NEEDS, type CommandNeeds } from './command-needs.ts';
import { commandPolicy, vaultPolicy, VAULT_WRITES, type PolicyDocument } from './command-policy.ts';
import type { DoctorFinding } from './doctor-finding.ts';
import type { ReadOutcome, ReadState } from './read-outcome.ts';

/** A pool whose reads were tried. */
export interface TriedPool {
  readonly id: PoolId;
  /** Taken together from the id where the pool itself may not be described. */
  readonly arn: string;
  readonly outcomes: ReadonlyMap<OperationName, ReadOutcome>;
}

/** What is known of the permissions that one command needs. */
export interface CommandPermissions {
  readonly command: string;
  /** The pool whose reads were tried; `null` for the vault. */
  readonly pool: PoolId | null;
  readonly answered: readonly string[];
  /** AccessDenied: the command fails without them. */
  readonly denied: readonly OperationName[];
  /** AccessDenied: the command does less without them. */
  readonly deniedOptional: readonly OperationName[];
  /** The pool's tier or the endpoint has no such thing, or refuses for a reason of its own. */
  readonly unclear: readonly OperationName[];
  /** Writes, and actions that are no call of the tool. */
  readonly notTried: readonly string[];
  readonly policy: PolicyDocument;
}

export interface JudgedPermissions {
  readonly commands: readonly CommandPermissions[];
  readonly findings: readonly DoctorFinding[];
}

/** What the tried reads mean for each command; `target` is the pool itself where no other was named. */
export function judgePermissions(pool: TriedPool, target: TriedPool | undefined): JudgedPermissions {
  const commands = COMMAND_NEEDS.map((needs: CommandNeeds) =>
    permissionsOf(needs, needs.on === 'target' ? (target ?? pool) : pool),
  );
  return {
    commands,
    findings: [
      ...deniedListing(pool, 'backup'),
      ...(target ? deniedListing(target, 'restore') : []),
      ...deniedConfiguration(commands),
      ...deniedLinks(target ?? pool),
      ...deniedExtras(commands),
      ...writesNotTried(commands),
    ],
  };
}

/** Of a vault in S3: that it can be read has shown by then, and that it can be written is not tried. */
export function vaultPermissions(location: string, isRead: boolean): CommandPermissions {
  const reads = ['s3:ListBucket', 's3:GetObject'];
  return {
    command: 'vault',
    pool: null,
    answered: isRead ? reads : [],
    denied: [],
    deniedOptional: [],
    unclear: [],
    notTried: [...(isRead ? [] : reads), ...VAULT_WRITES],
    policy: vaultPolicy(location),
  };
}

function permissionsOf(needs: CommandNeeds, { id, arn, outcomes }: TriedPool): CommandPermissions {
  const { command, on, reads, optional, writes, others } = needs;
  const inState = (names: readonly OperationName[], ...states: readonly ReadState[]): readonly OperationName[] =>
    names.filter((name) => states.includes(outcomes.get(name)?.state ?? 'refused'));
  const all = [...new Set([...reads, ...optional])];
  return {
    command,
    pool: id,
    answered: inState(all, 'answered'),
    denied: inState(reads, 'denied'),
    deniedOptional: inState(optional, 'denied'),
    unclear: inState(all, 'unavailable', 'refused'),
    notTried: [...writes, ...others],
    policy: commandPolicy(needs, { arn, isNew: on === 'new-pool' }),
  };
}

function deniedListing({ id, outcomes }: TriedPool, command: 'backup' | 'restore'): DoctorFinding[] {
  const needs: CommandNeeds | undefined = COMMAND_NEEDS.find((one) => one.command === command);
  const denied = (needs?.reads ?? []).filter((name) => outcomes.get(name)?.state === 'denied');
  if (denied.length === 0) {
    return [finding('listing-allowed', 'ok', `Users and groups of pool ${id} may be listed`)];
  }
  return [
    {
      ...finding(`${command}-denied`, 'problem', `Not authorised on pool ${id}: ${denied.join(', ')}`),
      means:
        command === 'backup' ? 'No backup of this pool can be made with this role' : 'Nothing can be restored there',
      next: `Allow ${actions(denied)} on the pool, or use another --profile`,
    },
  ];
}

function deniedConfiguration(commands: readonly CommandPermissions[]): DoctorFinding[] {
  const backup = commands.find(({ command }) => command === 'backup');
  const denied = (backup?.deniedOptional ?? []).filter((name) => name !== 'GetProvisionedLimit');
  if (denied.length === 0) return [];
  return [
    {
      ...finding('configuration-denied', 'warning', `Parts of the configuration may not be read: ${denied.join(', ')}`),
      means: 'Snapshots lack them, and a new pool made from one comes without them',
      next: `Allow ${actions(denied)}`,
    },
  ];
}

function deniedLinks({ outcomes }: TriedPool): DoctorFinding[] {
  if (outcomes.get('ListIdentityProviders')?.state !== 'denied') return [];
  return [
    {
      ...finding('links-denied', 'warning', 'A restore could not see the identity providers of its target'),
      means: 'Links of users to identity providers would not be restored',
      next: `Allow ${actions(['ListIdentityProviders'])}`,
    },
  ];
}

function deniedExtras(commands: readonly CommandPermissions[]): DoctorFinding[] {
  const denied = (command: string) => commands.find((one) => one.command === command)?.denied ?? [];
  const rate = commands.some(({ deniedOptional }) => deniedOptional.includes('GetProvisionedLimit'));
  const jobs = denied('restore or import --import-role').filter(isOfJobs);
  const pools = denied('restore --new-pool').includes('ListUserPools');
  return [
    ...(rate
      ? [
          {
            ...finding('limits-denied', 'note', 'The limits of the account may not be asked for (GetProvisionedLimit)'),
            means: 'The documented defaults are taken: slower than need be where a quota was raised',
          },
        ]
      : []),
    ...(jobs.length > 0
      ? [
          {
            ...finding('import-jobs-denied', 'note', `Import jobs are not open to this role: ${jobs.join(', ')}`),
            means: 'Everybody is created by the API: no password hashes, and every user is billed as monthly active',
          },
        ]
      : []),
    ...(pools
      ? [
          {
            ...finding('pools-denied', 'note', 'The pools of the account may not be listed (ListUserPools)'),
            means: 'backup --all-pools, restore --new-pool, drill and doctor --probe do not work with this role',
          },
        ]
      : []),
  ];
}

function isOfJobs(name: OperationName): boolean {
  return name === 'GetCSVHeader' || name.endsWith('UserImportJob') || name === 'ListUserImportJobs';
}

function writesNotTried(commands: readonly CommandPermissions[]): DoctorFinding[] {
  const writes = new Set(commands.flatMap(({ notTried }) => notTried));
  return [
    {
      ...finding('writes-not-tried', 'note', `No write was tried: ${writes.size} permissions are not known`),
      means: 'To try one is to make it. IAM can tell without doing anything',
      next: 'doctor --policy COMMAND prints what a command needs; ask IAM about it with: aws iam simulate-principal-policy',
    },
  ];
}

function actions(names: readonly string[]): string {
  return names.map((name) => `cognito-idp:${name}`).join(', ');
}

function finding(code: string, level: DoctorFinding['level'], found: string): DoctorFinding {
  return { topic: 'permissions', code, level, found };
}
