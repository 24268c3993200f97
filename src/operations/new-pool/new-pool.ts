import type { CognitoGateway } from '../../cognito/gateway.ts';
import { BackupError } from '../../model/errors.ts';
import type { Group } from '../../model/group.ts';
import type { PoolId } from '../../model/ids.ts';
import type { ConfigurationResource } from '../../model/pool-configuration.ts';
import type { PoolDescription } from '../../model/pool.ts';
import { firingTriggers } from '../../plan/guards.ts';
import { handOver } from '../../plan/new-pool/hand-over.ts';
import { textAt } from '../../plan/new-pool/json-members.ts';
import { accountOfArn } from '../../plan/new-pool/map-arns.ts';
import type { NewPoolOptions, NewPoolPlan, PlainInput } from '../../plan/new-pool/new-pool-plan.ts';
import type { SnapshotPart } from '../../plan/new-pool/pool-mark.ts';
import { planNewPool } from '../../plan/new-pool/plan-new-pool.ts';
import { takeLease, type Lease } from '../../runs/lease.ts';
import type { SnapshotReader } from '../../snapshot/snapshot-reader.ts';
import type { ReconcileDependencies } from '../reconcile/dependencies.ts';
import { keepingLease } from '../reconcile/keeping-lease.ts';
import type { ReconcileResult } from '../reconcile/requests.ts';
import { compareNewPool } from './compare-new-pool.ts';
import { makeOnce } from './make-once.ts';
import type { NewPoolOrigin, NewPoolPreview, NewPoolResult } from './new-pool-result.ts';
import { PoolUnderConstruction } from './pool-under-construction.ts';
import { priceNewPool } from './price-new-pool.ts';
import { refuseForeign, refuseOtherPart, refuseTakenDomains, refuseUnconfigured } from './refusals.ts';
import { surveyAccount, type AccountSurvey } from './survey-account.ts';
import { takeSteps, type StepFailure } from './take-steps.ts';
import { hasWork, leftOf, previewUsers, restoreUsers, type UserOptions } from './users-of-new-pool.ts';

export interface RestoreNewPoolOptions
  extends
    Omit<NewPoolOptions, 'snapshot' | 'part' | 'arns' | 'providerSecrets' | 'domains' | 'triggers' | 'scope'>,
    Partial<Omit<NewPoolOptions, 'snapshot' | 'part'>> {
  readonly name: string;
  readonly reader: SnapshotReader;
  /** Where the pool is made; the gateway has to be of that Region. */
  readonly region: string;
  readonly dryRun?: boolean;
  /** How users are written. */
  readonly users?: UserOptions;
  /** The lease of the source, where the caller holds it. */
  readonly lease?: Lease;
  /** Changes what is planned for, before it is planned: a drill leaves off what could reach anybody. */
  readonly shape?: (input: PlainInput) => PlainInput;
  /** Asked once, before the first write; `false` stops with `refused`. Not asked where there is nothing to write. */
  readonly confirm: (preview: NewPoolPreview) => Promise<boolean>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a new pool from a snapshot: configuration, groups, users, and at last what fires and what protects it. Interrupted anywhere,
 * the same call finds the pool by its mark and finishes it; finished, it finds it too, and writes nothing.
 *
 * Errors: `refused` (name or domain taken, ARNs of elsewhere, not confirmed), `locked`, `not-authorized`, `throttled`,
 * `interrupted`; what Cognito refuses of single steps is in the result.
 */
export async function restoreToNewPool(
  deps: ReconcileDependencies,
  options: RestoreNewPoolOptions,
): Promise<NewPoolResult> {
  const startedMs = deps.runtime.monotonicMs();
  const input = await readInput(options);
  if (options.dryRun) {
    const { preview } = await prepare(deps, options, input);
    return { ...preview, dryRun: true, durationMs: deps.runtime.monotonicMs() - startedMs };
  }
  const lease = options.lease ?? (await leaseOf(deps, input.source.id, { command: 'restore', ...options }));
  try {
    const holding = { ...deps, gateway: keepingLease(deps.gateway, lease) };
    const { preview, survey } = await prepare(holding, options, input);
    const made = await carryOut(holding, options, { preview, survey, input });
    return { ...preview, dryRun: false, made, durationMs: deps.runtime.monotonicMs() - startedMs };
  } finally {
    if (!options.lease) await lease.release().catch(() => undefined);
  }
}

/** Two runs at once would make two pools: the lease is that of the pool that the snapshot is of. */
export async function leaseOf(
  deps: ReconcileDependencies,
  target: PoolId,
  { command, signal }: { readonly command: string; readonly signal?: AbortSignal | undefined },
): Promise<Lease> {
  const askedMs = deps.runtime.monotonicMs();
  await deps.gateway.send('ListUserPools', {}, signal);
  const date = deps.gateway.serviceTime();
  const { storage, runtime, leaseMs } = deps;
  const serviceTime = date && { date, askedMs };
  return takeLease({ storage, runtime, target, command, serviceTime, leaseMs, signal });
}

async function readInput({ reader, ...options }: RestoreNewPoolOptions): Promise<PlainInput> {
  refuseUnconfigured(reader, options.scope ?? 'all');
  const resources: ConfigurationResource[] = [];
  for await (const resource of reader.configuration()) resources.push(resource);
  const groups: Group[] = [];
  for await (const group of reader.groups()) groups.push(group);
  const input: PlainInput = {
    source: await reader.pool(),
    resources,
    groups,
    notCaptured: reader.manifest.notCaptured,
    options: {
      name: options.name,
      snapshot: `${reader.ref.poolId}@${reader.ref.id}`,
      arns: options.arns ?? new Map(),
      providerSecrets: options.providerSecrets ?? new Map(),
      domains: options.domains ?? {},
      triggers: options.triggers ?? true,
      scope: options.scope ?? 'all',
      part: partOf(options),
    },
  };
  return options.shape?.(input) ?? input;
}

/** What is to come of the snapshot, where that is not all of it. */
function partOf({ scope, users }: Pick<RestoreNewPoolOptions, 'scope' | 'users'>): SnapshotPart | undefined {
  if (scope === 'configuration') return scope;
  const { onlyUsers = [], onlyGroups = [] } = users ?? {};
  if (onlyUsers.length + onlyGroups.length > 0) return 'some-users';
  return scope === 'users' ? scope : undefined;
}

interface Prepared {
  readonly preview: NewPoolPreview;
  readonly survey: AccountSurvey;
}

/** Looks and plans; writes nothing. Throws `refused`. */
async function prepare(
  deps: ReconcileDependencies,
  options: RestoreNewPoolOptions,
  input: PlainInput,
): Promise<Prepared> {
  const { gateway } = deps;
  const { signal, region } = options;
  const survey = await surveyAccount(gateway, input.options, signal);
  refuseOtherPart(survey.found, input.options.part);
  const account = survey.account ?? accountOfArn(input.source.arn);
  const plan = planNewPool({ ...input, target: { region, account } });
  const found = survey.found?.pool;
  if (survey.found?.mark.state !== 'done') {
    refuseForeign(plan);
    await refuseTakenDomains(gateway, plan, { source: input.source.id, own: found?.id, signal });
  }
  const users = hasUsersToWrite(plan, survey)
    ? await previewUsers(deps, plan, {
        ...options.users,
        reader: options.reader,
        found,
        signal,
        arns: input.options.arns,
      })
    : undefined;
  const detaches = found && users && hasWork(users) ? firingTriggers(found) : [];
  const isAccountAssumed = survey.account === undefined;
  const price = await priceNewPool(plan, deps.rate);
  const whole = { ...price, durationMs: price.durationMs + (users?.durationMs ?? 0) };
  return { survey, preview: { plan, users, price: whole, resumes: found?.id, detaches, isAccountAssumed } };
}

function hasUsersToWrite({ steps }: NewPoolPlan, { found }: AccountSurvey): boolean {
  return found?.mark.state !== 'done' && steps.some(({ kind }) => kind === 'users');
}

interface Confirmed extends Prepared {
  readonly input: PlainInput;
}

async function carryOut(
  deps: ReconcileDependencies,
  options: RestoreNewPoolOptions,
  confirmed: Confirmed,
): Promise<NonNullable<NewPoolResult['made']>> {
  const { preview, survey } = confirmed;
  const { plan } = preview;
  const origin: NewPoolOrigin = !survey.found ? 'created' : survey.found.mark.state === 'done' ? 'complete' : 'resumed';
  if (origin !== 'complete' && !(await options.confirm(preview))) {
    throw new BackupError('refused', 'Not confirmed, nothing was changed', {
      hint: 'Run it with --dry-run to see the plan',
    });
  }
  const site = await openSite(deps, options, confirmed);
  let users: ReconcileResult | undefined;
  let failures: readonly StepFailure[] = [];
  if (origin !== 'complete') {
    failures = await takeSteps(plan, site, {
      ...deps,
      signal: options.signal,
      users: async ({ id }) => {
        users = await writeUsers(deps, options, id, confirmed);
        return leftOf(users);
      },
    });
  }
  return { origin, failures, users, ...(await lookBack(deps, options, { confirmed, site })) };
}

async function openSite(
  { gateway, runtime }: ReconcileDependencies,
  { signal }: RestoreNewPoolOptions,
  { preview: { plan, isAccountAssumed }, survey, input }: Confirmed,
): Promise<PoolUnderConstruction> {
  const wantedClients = plan.expected.resources.filter(({ kind }) => kind === 'client');
  const parts = { gateway, wantedClients, signal };
  if (survey.found) return PoolUnderConstruction.found({ ...parts, pool: survey.found.pool });
  const pool = await createPool(gateway, plan, { runtime, signal });
  // Only now is the account known; nothing but the empty pool is there.
  const account = accountOfArn(pool.arn);
  if (isAccountAssumed) refuseForeign(planNewPool({ ...input, target: { ...plan.target, account } }));
  return PoolUnderConstruction.fresh({ ...parts, pool });
}

async function createPool(
  gateway: CognitoGateway,
  plan: NewPoolPlan,
  options: { readonly runtime: ReconcileDependencies['runtime']; readonly signal: AbortSignal | undefined },
): Promise<PoolDescription> {
  const step = plan.steps.find(({ kind }) => kind === 'pool');
  if (step?.kind !== 'pool') throw new BackupError('internal', 'The plan of a new pool has no pool');
  return makeOnce(
    () => gateway.send('CreateUserPool', { document: step.document }, options.signal),
    async () => (await surveyAccount(gateway, plan, options.signal)).found?.pool,
    options,
  );
}

/** Triggers come after the users. Where an earlier run has attached them and left users behind, they wait once more. */
async function writeUsers(
  deps: ReconcileDependencies,
  { reader, users, signal }: RestoreNewPoolOptions,
  target: PoolId,
  { input, preview }: Confirmed,
): Promise<ReconcileResult> {
  if (preview.detaches.length > 0) {
    await deps.gateway.send('UpdateUserPool', { poolId: target, document: preview.plan.quiet }, signal);
  }
  return restoreUsers(deps, target, { ...users, reader, signal, arns: input.options.arns });
}

interface LookBack {
  readonly confirmed: Confirmed;
  readonly site: PoolUnderConstruction;
}

async function lookBack(
  { gateway }: ReconcileDependencies,
  { signal, users }: RestoreNewPoolOptions,
  { confirmed: { preview, input }, site }: LookBack,
) {
  const { plan } = preview;
  const { clients, id: poolId } = site;
  const { scope } = input.options;
  const seen = await compareNewPool(gateway, plan, {
    poolId,
    clients,
    scope,
    signal,
    addedAttribute: users?.subAttribute,
  });
  const { pool, resources, differences, notCompared } = seen;
  const secrets = resources.flatMap(({ kind, key, document }) => {
    const secret = kind === 'client' ? textAt(document, 'ClientSecret') : undefined;
    return secret === undefined ? [] : [[key, secret] as const];
  });
  return {
    pool: { id: pool.id, name: pool.name, arn: pool.arn },
    differences,
    notCompared,
    handOver: handOver(input.source, plan, { pool, resources, clients }),
    clientSecrets: new Map(secrets),
  };
}
