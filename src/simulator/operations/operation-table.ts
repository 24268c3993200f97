import { appClientOperations } from '../configuration/app-client-operations.ts';
import { clientSecretOperations } from '../configuration/client-secrets.ts';
import { domainOperations } from '../configuration/domains.ts';
import { identityProviderOperations } from '../configuration/identity-providers.ts';
import { logDeliveryOperations } from '../configuration/log-delivery.ts';
import { loginBrandingOperations } from '../configuration/login-branding.ts';
import { mfaConfigOperations } from '../configuration/mfa-config.ts';
import { replicaOperations } from '../configuration/replicas.ts';
import { resourceServerOperations } from '../configuration/resource-servers.ts';
import { riskOperations } from '../configuration/risk.ts';
import { sessionOperations } from '../configuration/sessions.ts';
import { termsOperations } from '../configuration/terms.ts';
import { uiCustomizationOperations } from '../configuration/ui-customization.ts';
import { authOperations } from './auth-operations.ts';
import type { Operation } from './context.ts';
import { groupOperations } from './group-operations.ts';
import { importOperations } from './import-operations.ts';
import { linkOperations } from './link-operations.ts';
import { listingOperations } from './listing-operations.ts';
import { mfaOperations } from './mfa-operations.ts';
import { passwordOperations } from './password-operations.ts';
import { poolOperations } from './pool-operations.ts';
import { signUpOperations } from './sign-up-operations.ts';
import { userOperations } from './user-operations.ts';

/** Every operation simulated, by AWS's name. */
export const OPERATION_TABLE: ReadonlyMap<string, Operation> = new Map(
  [
    poolOperations,
    listingOperations,
    groupOperations,
    userOperations,
    passwordOperations,
    linkOperations,
    signUpOperations,
    authOperations,
    importOperations,
    mfaOperations,
    mfaConfigOperations,
    appClientOperations,
    clientSecretOperations,
    resourceServerOperations,
    identityProviderOperations,
    domainOperations,
    loginBrandingOperations,
    uiCustomizationOperations,
    termsOperations,
    riskOperations,
    logDeliveryOperations,
    sessionOperations,
    replicaOperations,
  ].flatMap((family) => Object.entries(family)),
);
