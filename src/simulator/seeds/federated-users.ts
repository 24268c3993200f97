import type { SeedUser } from '../pool-config.ts';
import { providerGroup } from './pool-seed.ts';

/** Users who come from identity providers, and native users with linked identities: one, and the five that Cognito allows. */
export function federatedUsers(): SeedUser[] {
  const external = (username: string, provider: string, type: string): SeedUser => ({
    username,
    status: 'EXTERNAL_PROVIDER',
    attributes: [
      ['email', `${provider.toLowerCase()}-user@example.com`],
      ['email_verified', 'false'],
      ['identities', identities([[provider, type, username.slice(provider.length + 1)]], true)],
    ],
    groups: [providerGroup(provider)],
  });
  return [
    external('Google_123456789012345678901', 'Google', 'Google'),
    external('SignInWithApple_001234.0123456789abcdef.0123', 'SignInWithApple', 'SignInWithApple'),
    external('Okta-SAML_saml,user@example.com', 'Okta-SAML', 'SAML'),
    { ...external('Google_disabled-123', 'Google', 'Google'), enabled: false },
    {
      username: 'linked-once',
      attributes: [
        ['email', 'linked-once@example.org'],
        ['email_verified', 'true'],
        ['identities', identities([['Google', 'Google', '223456789012345678901']], false)],
      ],
      groups: ['bare'],
    },
    {
      username: 'linked-five-times',
      attributes: [
        ['email', 'linked-five-times@example.org'],
        ['email_verified', 'true'],
        [
          'identities',
          identities(
            [
              ['Google', 'Google', '323456789012345678901'],
              ['SignInWithApple', 'SignInWithApple', '001234.fedcba9876543210.3210'],
              ['Okta-SAML', 'SAML', 'with "quotes", commas'],
              ['Facebook', 'Facebook', '10158000000000000'],
              ['LoginWithAmazon', 'LoginWithAmazon', 'amzn1.account.AAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
            ],
            false,
          ),
        ],
      ],
    },
  ];
}

/** The `identities` attribute as Cognito writes it: a JSON string with text for numbers and booleans. */
function identities(
  links: readonly (readonly [provider: string, type: string, userId: string])[],
  primary: boolean,
): string {
  const entries = links.map(([providerName, providerType, userId]) => ({
    userId,
    providerName,
    providerType,
    issuer: null,
    primary: String(primary),
    dateCreated: '1700000000000',
  }));
  return JSON.stringify(entries);
}
