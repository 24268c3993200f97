import type { OperationName } from '../../cognito/gateway.ts';
import { addCalls, type Calls } from '../../model/call-counts.ts';
import type { ResourceKind } from '../../model/pool-configuration.ts';
import type { NewPoolPlan } from '../../plan/new-pool/new-pool-plan.ts';
import type { ReconcileDependencies } from '../reconcile/dependencies.ts';
import { priceCalls, type PricedCalls } from '../reconcile/price-calls.ts';
import { operationOf } from './take-steps.ts';

/** Items of a page. [D] COGNITO-FACTS §5 */
const PER_PAGE = { clients: 60, providers: 60, servers: 50, terms: 60 };

/**
 * What a new pool takes besides its users: the steps, one after another, and reading it back. Five calls a second for each operation
 * make this minutes where there are many clients.
 */
export async function priceNewPool(plan: NewPoolPlan, rate: ReconcileDependencies['rate']): Promise<PricedCalls> {
  let callsByCategory: Calls = {};
  let durationMs = 0;
  const add = async (calls: Iterable<readonly [OperationName, number]>): Promise<void> => {
    const price = await priceCalls(calls, rate);
    durationMs += price.durationMs;
    callsByCategory = addCalls(callsByCategory, price.callsByCategory);
  };
  const steps = new Map<OperationName, number>();
  for (const { kind } of plan.steps) {
    if (kind !== 'users') steps.set(operationOf(kind), (steps.get(operationOf(kind)) ?? 0) + 1);
  }
  for (const step of steps) await add([step]);
  if (hasNamesakes(plan)) await add(clientCalls(plan.clients.length, ['DescribeUserPoolClient']));
  await add(readCalls(plan));
  return { callsByCategory, durationMs };
}

/** Clients that are called alike are looked at again once all are there. */
function hasNamesakes({ clients }: NewPoolPlan): boolean {
  return new Set(clients.map(({ name }) => name)).size < clients.length;
}

function clientCalls(
  clients: number,
  each: readonly OperationName[],
): readonly (readonly [operation: OperationName, count: number])[] {
  return [['ListUserPoolClients', pages(clients, PER_PAGE.clients)], ...each.map((name) => [name, clients] as const)];
}

/** As `readConfiguration` asks for them. */
function readCalls({ steps }: NewPoolPlan): readonly (readonly [operation: OperationName, count: number])[] {
  const count = (kind: ResourceKind): number => steps.filter((step) => step.kind === kind).length;
  const clients = count('client');
  return [
    ['DescribeUserPool', 1],
    ['GetUserPoolMfaConfig', 1],
    ['GetUserPoolSessionConfiguration', 1],
    ['GetLogDeliveryConfiguration', 1],
    ['ListUserPoolReplicas', 1],
    ...clientCalls(clients, [
      'DescribeUserPoolClient',
      'GetUserPoolClientSessionConfiguration',
      'DescribeManagedLoginBrandingByClient',
    ]),
    // Of the pool, too.
    ['DescribeRiskConfiguration', clients + 1],
    ['GetUICustomization', clients + 1],
    ['ListResourceServers', pages(count('resource-server'), PER_PAGE.servers)],
    ['ListIdentityProviders', pages(count('identity-provider'), PER_PAGE.providers)],
    ['DescribeIdentityProvider', count('identity-provider')],
    ['DescribeUserPoolDomain', count('domain')],
    ['ListTerms', pages(count('terms'), PER_PAGE.terms)],
    ['DescribeTerms', count('terms')],
  ];
}

function pages(items: number, perPage: number): number {
  return Math.max(1, Math.ceil(items / perPage));
}
