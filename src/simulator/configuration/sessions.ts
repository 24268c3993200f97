import { poolOf, type Operation } from '../operations/context.ts';
import type { PoolState } from '../pool-state.ts';
import { invalidParameter } from '../service-error.ts';
import { ownClient } from './app-client-operations.ts';
import { structure, whole, word } from './shape.ts';
import { requireTier } from './tiers.ts';

/** The default of a client. [D] SDK 3.1169, `ClientSSOSessionConfigType`. */
const DEFAULT_SSO_MINUTES = 60;

const poolSessions = structure(
  { UserSessionTracking: word('ENABLED', 'DISABLED'), TokenSession: structure({ MaxPerUser: whole(1, 100) }, {}) },
  {},
);
const clientSessions = structure({ SSOSession: structure({ MaxValidityMinutes: whole(0, 129_600) }, {}) }, {});

/** Full replacements, Essentials or Plus. [D] SDK 3.1169, SetUserPoolSessionConfiguration; that the reads refuse too is *unproven*. */
export const sessionOperations: Readonly<Record<string, Operation>> = {
  SetUserPoolSessionConfiguration: (context) => {
    const pool = poolOf(context);
    checkTier(pool);
    pool.resources.session = poolSessions(context.request.body, '');
    return { UserPoolId: pool.id, ...pool.resources.session };
  },

  GetUserPoolSessionConfiguration: (context) => {
    const pool = poolOf(context);
    checkTier(pool);
    return { UserPoolId: pool.id, ...pool.resources.session };
  },

  SetUserPoolClientSessionConfiguration: (context) => {
    const pool = poolOf(context);
    checkTier(pool);
    const client = ownClient(context, pool);
    const { SSOSession } = clientSessions(context.request.body, '');
    if (pool.resources.session.UserSessionTracking !== 'ENABLED') {
      throw invalidParameter('Session tracking is not enabled for this user pool.');
    }
    pool.resources.clientSessions.set(client.id, SSOSession.MaxValidityMinutes);
    return { UserPoolId: pool.id, ClientId: client.id, SSOSession };
  },

  GetUserPoolClientSessionConfiguration: (context) => {
    const pool = poolOf(context);
    checkTier(pool);
    const { id } = ownClient(context, pool);
    const minutes = pool.resources.clientSessions.get(id) ?? DEFAULT_SSO_MINUTES;
    return { UserPoolId: pool.id, ClientId: id, SSOSession: { MaxValidityMinutes: minutes } };
  },
};

function checkTier({ settings }: PoolState): void {
  requireTier(settings, 'ESSENTIALS', 'Session management');
}
