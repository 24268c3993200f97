import type { SeedUser } from '../pool-config.ts';
import type { EverythingSite } from './everything-ground.ts';

const PASSWORD = 'Everything-Passw0rd';

/** Groups with and without roles, and users of every status and second factor, federated and linked. */
export function plantPeople(site: EverythingSite): void {
  const pool = site.ground.pool(site.poolId);
  pool.addGroup({
    name: 'admins',
    description: 'May do anything',
    precedence: 0,
    roleArn: 'arn:aws:iam::123456789012:role/admins',
  });
  pool.addGroup({ name: 'readers', precedence: 10 });
  for (const user of USERS) pool.addUser(user);
  pool.addToGroup('Google_1001', `${site.poolId}_Google`);
  site.send('AdminLinkProviderForUser', {
    DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: 'linked' },
    SourceUser: { ProviderName: 'Okta', ProviderAttributeName: 'NameID', ProviderAttributeValue: 'linked@example.com' },
  });
}

function person(username: string, seed: Partial<SeedUser> = {}): SeedUser {
  return {
    username,
    password: PASSWORD,
    attributes: [
      ['email', `${username}@example.com`],
      ['email_verified', 'true'],
      ['phone_number', '+12025550100'],
      ['phone_number_verified', 'true'],
      ['name', username],
      ['custom:field_00', username],
    ],
    ...seed,
  };
}

const FEDERATED: SeedUser = {
  username: 'Google_1001',
  status: 'EXTERNAL_PROVIDER',
  attributes: [
    ['email', 'google@example.com'],
    ['name', 'Google'],
    [
      'identities',
      '[{"userId":"1001","providerName":"Google","providerType":"Google","issuer":null,"primary":true,"dateCreated":1760000000000}]',
    ],
  ],
};

const USERS: readonly SeedUser[] = [
  person('plain', { groups: ['readers'] }),
  person('sms', { smsMfa: true, preferredMfa: 'SMS_MFA', groups: ['admins', 'readers'] }),
  person('totp', { softwareTokenMfa: true, preferredMfa: 'SOFTWARE_TOKEN_MFA' }),
  person('mail', { emailMfa: true, smsMfa: true, preferredMfa: 'EMAIL_OTP' }),
  person('passkey', { passkeys: 2 }),
  person('disabled', { enabled: false }),
  person('new', { status: 'FORCE_CHANGE_PASSWORD' }),
  person('reset', { status: 'RESET_REQUIRED' }),
  person('linked'),
  FEDERATED,
];
