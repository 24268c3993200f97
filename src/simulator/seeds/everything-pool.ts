import { plantClients, type EverythingClients } from './everything-clients.ts';
import { plantProviders, plantResourceServers } from './everything-federation.ts';
import { EverythingSite, type EverythingGround } from './everything-ground.ts';
import { permitTriggers, plantGuards } from './everything-guards.ts';
import { plantPages } from './everything-pages.ts';
import { plantPeople } from './everything-people.ts';
import { customAttributes, everythingSettings } from './everything-settings.ts';

export interface EverythingPool {
  readonly poolId: string;
  readonly clients: EverythingClients;
  /** Every Lambda function that the pool may invoke. */
  readonly functionArns: readonly string[];
}

/**
 * Makes a pool that uses every resource of COGNITO-FACTS §5, without quotas or counts: 40 custom attributes, 66 app clients,
 * six identity providers, both domains, branding of three clients, terms, risk of the pool and of a client, log delivery, sessions,
 * a replica, a web ACL, triggers and their permissions, optional MFA with every factor, groups, and users of every kind.
 * Deletion protection is on. One such pool fits into a simulator: its domains are taken then.
 */
export function plantEverythingPool(ground: EverythingGround): EverythingPool {
  const settings = everythingSettings(ground);
  const { UserPool } = ground.configure('CreateUserPool', settings);
  const { Id: poolId } = UserPool as { readonly Id: string };
  const site = new EverythingSite(ground, poolId);
  site.send('AddCustomAttributes', { CustomAttributes: customAttributes(30, 10) });
  plantResourceServers(site);
  plantProviders(site);
  const clients = plantClients(site);
  plantPages(site, clients);
  plantGuards(site, clients);
  plantPeople(site);
  const functionArns = functionsOf(settings.LambdaConfig ?? {});
  permitTriggers(site, functionArns);
  return { poolId, clients, functionArns };
}

function functionsOf(triggers: object): string[] {
  return Object.values(triggers).flatMap((trigger: string | { readonly LambdaArn: string }) => {
    const arn = typeof trigger === 'string' ? trigger : trigger.LambdaArn;
    return arn.includes(':lambda:') ? [arn] : [];
  });
}
