import { setMaxListeners } from 'node:events';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { Observer } from '../model/events.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { withChecks } from './checked.ts';
import { withCallCounts, type CountedGateway } from './counted.ts';
import type { CognitoGateway } from './gateway.ts';
import { withGovernor } from './governed.ts';
import { createGovernor, type Governor } from './governor.ts';
import { lazyGateway } from './lazy-gateway.ts';
import { resolveRates, type RateOptions } from './rates.ts';
import { withRetry } from './retrying.ts';

export interface GatewayOptions extends RateOptions {
  /** The SDK's client, or what makes it at the first call. */
  readonly client: CognitoIdentityProviderClient | (() => Promise<CognitoIdentityProviderClient>);
  readonly runtime: Runtime;
  readonly observer: Observer;
  /** The governor of this account and Region where several gateways share one; else the gateway gets its own. */
  readonly governor?: Governor;
  /** How long throttling is borne without one success. */
  readonly patienceMs?: number;
  /** Certificates for the upload of import files. */
  readonly ca?: Buffer | string;
}

/** The gateway that operations get, with what their summaries show. */
export interface ComposedGateway extends CountedGateway {
  readonly governor: Governor;
}

/**
 * Composes the gateway of one account and Region: `retry(governed(checked(counted(sdk))))`.
 *
 * Retry stands outermost, so that every attempt waits for its slot; checks are asked when it has its slot; counting stands next to the SDK, so that it sees each
 * attempt and the questions for limits. Those go past governor and retry: they have a pace of their own.
 */
export function createGateway(options: GatewayOptions): ComposedGateway {
  const { runtime, observer } = options;
  const counted = withCallCounts(lazyGateway(() => connect(options)));
  const governor = options.governor ?? createGovernor({ runtime, rates: resolveRates(counted, runtime, options) });
  const retrying = withRetry(withGovernor(withChecks(counted), governor, observer), options);
  return {
    ...retrying,
    send: (operation, request, signal) => {
      // Dozens of calls wait on one signal, and Node takes more than ten listeners for a leak.
      if (signal) setMaxListeners(0, signal);
      return retrying.send(operation, request, signal);
    },
    counts: counted.counts,
    governor,
  };
}

async function connect({ client, ca }: GatewayOptions): Promise<CognitoGateway> {
  const { createSdkGateway } = await import('./sdk-gateway.ts');
  return createSdkGateway(typeof client === 'function' ? await client() : client, ca === undefined ? {} : { ca });
}
