import type { CognitoGateway, OperationName } from '../../cognito/gateway.ts';
import { isBackupError } from '../../model/errors.ts';
import type { JsonObject } from '../../model/pool-configuration.ts';
import type { Observer } from '../../model/events.ts';
import { textAt } from '../../plan/new-pool/json-members.ts';
import { stepName, type NewPoolPlan, type NewPoolStep, type StepKind } from '../../plan/new-pool/new-pool-plan.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { makeOnce } from './make-once.ts';
import type { PoolUnderConstruction } from './pool-under-construction.ts';

/** A step that Cognito refused, or that needs one that was refused. */
export interface StepFailure {
  readonly kind: StepKind;
  readonly key: string;
  readonly operation: string;
  /** Cognito's exception; `null` where the step was not tried. */
  readonly exception: string | null;
  readonly reason: string;
  /** What was thrown, for debugging; the text of its cause is withheld. */
  readonly error?: Error;
}

export interface StepTaking {
  readonly gateway: CognitoGateway;
  readonly runtime: Runtime;
  readonly observer: Observer;
  readonly signal?: AbortSignal | undefined;
  /** Writes users and groups, called in its place in the order; answers how many are not as the plan wants them. */
  readonly users: (site: PoolUnderConstruction) => Promise<number>;
}

type DocumentStep = Extract<NewPoolStep, { readonly document: JsonObject }>;
type DocumentKind = DocumentStep['kind'];

const OPERATIONS = {
  pool: 'CreateUserPool',
  'resource-server': 'CreateResourceServer',
  'identity-provider': 'CreateIdentityProvider',
  client: 'CreateUserPoolClient',
  domain: 'CreateUserPoolDomain',
  branding: 'CreateManagedLoginBranding',
  'ui-customization': 'SetUICustomization',
  terms: 'CreateTerms',
  mfa: 'SetUserPoolMfaConfig',
  session: 'SetUserPoolSessionConfiguration',
  'client-session': 'SetUserPoolClientSessionConfiguration',
  triggers: 'UpdateUserPool',
  'log-delivery': 'SetLogDeliveryConfiguration',
  risk: 'SetRiskConfiguration',
  finish: 'UpdateUserPool',
} as const satisfies { readonly [Kind in DocumentKind]: OperationName };

/** The operation of a step; users are written by many. */
export function operationOf(kind: StepKind): OperationName {
  if (kind === 'users') return 'AdminCreateUser';
  return kind === 'custom-attributes' ? 'AddCustomAttributes' : OPERATIONS[kind];
}

/**
 * Takes the steps of a plan on a pool that is there, those alone that are not taken yet. What Cognito refuses is a failure of that step
 * and of those that need it; the rest goes on, but for the last step: the pool then stays marked as unfinished, and the same
 * command tries again. Throws what any other step would meet too: an outage, missing credentials, a lost lease.
 */
export async function takeSteps(
  plan: NewPoolPlan,
  site: PoolUnderConstruction,
  taking: StepTaking,
): Promise<readonly StepFailure[]> {
  return new StepTaker(plan, site, taking).take();
}

class StepTaker {
  readonly #plan: NewPoolPlan;
  readonly #site: PoolUnderConstruction;
  readonly #taking: StepTaking;
  readonly #failed = new Map<string, StepFailure>();

  constructor(plan: NewPoolPlan, site: PoolUnderConstruction, taking: StepTaking) {
    this.#plan = plan;
    this.#site = site;
    this.#taking = taking;
  }

  async take(): Promise<readonly StepFailure[]> {
    const { observer } = this.#taking;
    const { steps } = this.#plan;
    observer({ kind: 'phase', phase: 'new-pool', poolId: this.#site.id, total: steps.length });
    for (const [index, step] of steps.entries()) {
      if (step.kind !== 'client' && steps[index - 1]?.kind === 'client') await this.#settleClients();
      await this.#takeOne(step);
      observer({ kind: 'progress', phase: 'new-pool', done: index + 1, total: steps.length });
    }
    return [...this.#failed.values()];
  }

  async #settleClients(): Promise<void> {
    const names = this.#plan.clients.map(({ name }) => name);
    if (new Set(names).size < names.length) await this.#site.settleClients();
  }

  async #takeOne(step: NewPoolStep): Promise<void> {
    const missing = step.dependsOn.find((name) => this.#failed.has(name));
    if (missing !== undefined) {
      this.#fail(step, { exception: null, reason: `needs ${missing}, which failed` });
      return;
    }
    try {
      await this.#carryOut(step);
    } catch (error) {
      if (!isBackupError(error, 'rejected', 'not-authorized') || step.kind === 'users') throw error;
      // An earlier attempt of the same call had arrived; the comparison at the end tells if it had not.
      if (error.repeated) return;
      this.#fail(step, { exception: error.awsName ?? error.code, reason: error.message, error });
    }
  }

  #fail(step: NewPoolStep, why: Pick<StepFailure, 'exception' | 'reason' | 'error'>): void {
    const { kind, key } = step;
    this.#failed.set(stepName(step), { kind, key, operation: operationOf(kind), ...why });
  }

  async #carryOut(step: NewPoolStep): Promise<void> {
    const { gateway, signal } = this.#taking;
    const poolId = this.#site.id;
    switch (step.kind) {
      case 'pool':
        return;
      case 'users':
        return this.#users(step);
      case 'custom-attributes': {
        const attributes = step.attributes.filter(({ name }) => !this.#site.hasAttribute(name));
        if (attributes.length > 0) await gateway.send('AddCustomAttributes', { poolId, attributes }, signal);
        return;
      }
      case 'client':
        return this.#client(step);
      default:
        if (!this.#isThere(step)) await gateway.send(OPERATIONS[step.kind], this.#request(step), signal);
    }
  }

  /** Users who are left are tried again by the next run of the command: the last step waits for them. */
  async #users(step: NewPoolStep): Promise<void> {
    const left = await this.#taking.users(this.#site);
    if (left > 0) this.#fail(step, { exception: null, reason: `${left} users or steps of users are left` });
  }

  async #client(step: DocumentStep): Promise<void> {
    const { gateway, runtime, signal } = this.#taking;
    if (this.#site.clients.has(step.key)) return;
    const id = await makeOnce(
      () => gateway.send('CreateUserPoolClient', { poolId: this.#site.id, document: step.document }, signal),
      () => this.#site.lookForClient(step.key),
      { runtime, signal },
    );
    this.#site.addClient(step.key, id);
  }

  /** What is set instead of created is set again: it comes to the same. */
  #isThere(step: DocumentStep): boolean {
    const owner = step.client === undefined ? '' : (this.#site.clients.get(step.client) ?? '');
    switch (step.kind) {
      case 'resource-server':
      case 'identity-provider':
        return this.#site.has(step.kind, step.key);
      case 'domain':
        return this.#site.has('domain', textAt(step.document, 'Domain') ?? '');
      case 'branding':
        return this.#site.has('branding', owner);
      case 'terms':
        return this.#site.has('terms', `${owner} ${textAt(step.document, 'TermsName') ?? ''}`);
      default:
        return false;
    }
  }

  #request({ document, client }: DocumentStep): {
    readonly poolId: PoolUnderConstruction['id'];
    readonly document: JsonObject;
  } {
    const owner = client === undefined ? undefined : this.#site.clients.get(client);
    return { poolId: this.#site.id, document: owner === undefined ? document : { ...document, ClientId: owner } };
  }
}
