import type { CognitoGateway } from '../../cognito/gateway.ts';
import { BackupError } from '../../model/errors.ts';
import type { PoolId } from '../../model/ids.ts';
import { textAt } from '../../plan/new-pool/json-members.ts';
import type { NewPoolOptions, NewPoolPlan } from '../../plan/new-pool/new-pool-plan.ts';
import type { SnapshotPart } from '../../plan/new-pool/pool-mark.ts';
import type { SnapshotReader } from '../../snapshot/snapshot-reader.ts';
import type { FoundPool } from './survey-account.ts';

/** All that anybody has; a pool of which a thousand groups have roles would fill screens. */
const MOST_NAMED = 100;

/** Throws `refused`, naming them, where the new pool would refer to what is in another account or Region. */
export function refuseForeign({ foreign, target }: NewPoolPlan): void {
  if (foreign.length === 0) return;
  const named = foreign.slice(0, MOST_NAMED).map(({ arn, uses }) => `${arn} (${uses[0] ?? ''})`);
  const more = foreign.length > MOST_NAMED ? `, and ${foreign.length - MOST_NAMED} more` : '';
  throw new BackupError(
    'refused',
    `Refused: the new pool would be in account ${target.account}, ${target.region}, and refer to what is elsewhere: ${named.join(', ')}${more}`,
    { hint: 'Name what takes its place with --map-arn OLD=NEW, for each of them; OLD=OLD keeps one as it is' },
  );
}

/**
 * Throws `refused` where the snapshot holds nothing of a configuration but the pool's own settings: it would be a pool without
 * clients, which looks complete.
 */
export function refuseUnconfigured({ manifest }: SnapshotReader, scope: NewPoolOptions['scope']): void {
  if (scope === 'users' || manifest.configuration !== undefined) return;
  throw new BackupError('refused', `Refused: snapshot ${manifest.snapshotId} holds no configuration of its pool`, {
    hint: 'Take a snapshot that does (show SNAPSHOT --config), or make the pool for its users alone: --users-only',
  });
}

const TOLD = {
  configuration: '--config-only',
  users: '--users-only',
  'some-users': '--only-user or --only-group',
} as const satisfies { readonly [Part in SnapshotPart]: string };

/**
 * Throws `refused` where an earlier restore has completed the pool with a part of the snapshot, and another part or all of it is asked
 * for: it is no pool to be finished, and may be in use by now. Which users some users were nobody knows any more.
 */
export function refuseOtherPart(found: FoundPool | undefined, asked: SnapshotPart | undefined): void {
  const part = found?.mark.state === 'done' ? found.mark.part : undefined;
  if (!found || part === undefined || (part === asked && part !== 'some-users')) return;
  const { id, name } = found.pool;
  const isWithoutClients = part === 'users' && asked !== 'some-users';
  throw new BackupError(
    'refused',
    `Refused: pool ${id} ${JSON.stringify(name)} was made from this snapshot with ${TOLD[part]}, so it holds only a part of it`,
    {
      hint: isWithoutClients
        ? 'Make all of it under another name, or delete that pool first'
        : `Bring users into it: restore ${found.mark.snapshot} --pool ${id}; or make all of it under another name`,
    },
  );
}

export interface DomainCheck {
  /** Only for the quota that the question counts against. */
  readonly source: PoolId;
  /** The pool that an earlier run has begun: what it has is not taken. */
  readonly own: PoolId | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Throws `refused` where a domain belongs to another pool of the account. That of another account shows only when it is made. */
export async function refuseTakenDomains(
  gateway: CognitoGateway,
  plan: NewPoolPlan,
  check: DomainCheck,
): Promise<void> {
  for (const step of plan.steps) {
    if (step.kind !== 'domain') continue;
    const domain = textAt(step.document, 'Domain') ?? '';
    const answer = await gateway.send('DescribeUserPoolDomain', { poolId: check.source, domain }, check.signal);
    const holder = textAt(answer, 'UserPoolId');
    if (holder === undefined || holder === check.own) continue;
    const isCustom = domain.includes('.');
    throw new BackupError('refused', `Refused: the domain ${JSON.stringify(domain)} belongs to pool ${holder}`, {
      hint: isCustom
        ? 'Take it from that pool first, or make the new one without: --no-custom-domain'
        : 'Choose another one with --domain PREFIX, or make the pool without: --no-domain',
    });
  }
}
