import type { UncapturedKind } from '../../model/pool-configuration.ts';

/** What of a configuration does not come back in a new pool, as a closed list: each is named before the first write. */
export const CONFIGURATION_LOSSES = {
  'client-secret': 'the snapshot does not hold its secret: it gets a new one, which applications have to take over',
  'client-provider': 'an identity provider that is not created is taken out of its list',
  'identity-provider': 'not created: it needs a secret that the snapshot does not hold (--provider-secrets)',
  'mfa-factor': 'a second factor that needs what the new pool does not have is left off',
  'mfa-off': 'MFA stays off: no second factor can be set',
  'verification-message': 'of the two messages of one template Cognito takes one: that of the option in force is kept',
  tag: 'AWS sets tags of this name itself',
  domain: 'left out on request: sign-in pages have no address until there is one',
  'ui-customization': 'not set: classic pages need a domain',
  'ui-image': 'the logo is not in the snapshot',
  triggers: 'left out on request: attach them by hand',
  'left-out': 'left out on request (--users-only)',
  'web-acl': 'belongs to AWS WAF: associate it by hand',
  'trigger-permission': 'belongs to AWS Lambda: allow the new pool to invoke it',
  replica: 'is not made: add the replica by hand',
  'not-captured': 'the snapshot does not hold it',
} as const;

export type ConfigurationLossKind = keyof typeof CONFIGURATION_LOSSES;

export interface ConfigurationLoss {
  readonly kind: ConfigurationLossKind;
  /** What of a pool it is about, in the snapshot's words. */
  readonly resource: UncapturedKind | 'pool';
  readonly key: string;
}
