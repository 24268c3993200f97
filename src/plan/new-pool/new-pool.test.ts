import { describe, expect, it } from 'vitest';
import type { ConfigurationResource, JsonObject } from '../../model/pool-configuration.ts';
import type { PoolDescription } from '../../model/pool.ts';
import { clientRequest } from './client-request.ts';
import { foreignArns, mapArns } from './map-arns.ts';
import { matchClients } from './match-clients.ts';
import { mfaRequest } from './mfa-request.ts';
import { brandingRequest, uiRequest, withRelyingParty } from './page-requests.ts';
import { creationRequest, poolSettings, updateRequest } from './pool-request.ts';
import { providerRequest } from './provider-request.ts';
import { schemaRequest } from './schema-request.ts';

const MARK = { state: 'in-progress', snapshot: 'eu-central-1_Old@20261101T000000Z-abcdef' } as const;

function clientOf(key: string, document: JsonObject, withheld?: readonly string[]): ConfigurationResource {
  return { kind: 'client', key, document, ...(withheld && { withheld }) };
}

describe('a pool as CreateUserPool takes it', () => {
  const described: JsonObject = {
    Id: 'eu-central-1_Old',
    Arn: 'arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_Old',
    Name: 'old',
    Status: 'Enabled',
    CreationDate: '2026-01-01T00:00:00.000Z',
    EstimatedNumberOfUsers: 5,
    SchemaAttributes: [],
    Domain: 'old',
    SmsConfigurationFailure: 'x',
    DeletionProtection: 'ACTIVE',
    MfaConfiguration: 'ON',
    LambdaConfig: { PreSignUp: 'arn:aws:lambda:eu-central-1:123456789012:function:f' },
    UserPoolTags: { team: 'identity', 'aws:cloudformation:stack-name': 'stack' },
    AliasAttributes: [],
  };
  const options = { name: 'new', mark: MARK, schema: [] };

  it('read-only fields are stripped, nothing fires, nothing protects', () => {
    expect(creationRequest(described, poolSettings(described), options)).toEqual({
      PoolName: 'new',
      MfaConfiguration: 'OFF',
      DeletionProtection: 'INACTIVE',
      UserPoolTags: { team: 'identity', 'cognito-backup:restore': MARK.snapshot },
    });
  });

  it('tags that only AWS may set are a loss', () => {
    expect(poolSettings(described).losses).toEqual([
      { kind: 'tag', resource: 'pool', key: 'aws:cloudformation:stack-name' },
    ]);
  });

  it('an update repeats everything, since it resets what it leaves out', () => {
    const raw = { ...described, EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' } };
    const settings = poolSettings(raw);
    const update = updateRequest(raw, settings, {
      name: 'new',
      mark: { ...MARK, state: 'done' },
      mfa: 'ON',
      triggers: described['LambdaConfig'] as JsonObject,
      deletionProtection: true,
    });
    for (const name of Object.keys(settings.settings)) expect(update).toHaveProperty(name);
    expect(update).toMatchObject({ MfaConfiguration: 'ON', DeletionProtection: 'ACTIVE' });
    expect(update['UserPoolTags']).toEqual({ team: 'identity', 'cognito-backup:restored-from': MARK.snapshot });
  });

  it.each([
    ['CONFIRM_WITH_CODE', 'EmailMessageByLink', { EmailMessage: 'code {####}' }],
    ['CONFIRM_WITH_LINK', 'EmailMessage', { EmailMessageByLink: '{##link##}' }],
  ])('EmailMessage with ByLink: under %s, %s is left out and named', (option, lost, kept) => {
    const template = {
      EmailMessage: 'code {####}',
      EmailMessageByLink: '{##link##}',
      DefaultEmailOption: option,
    };
    const { settings, losses } = poolSettings({
      VerificationMessageTemplate: template,
      EmailVerificationMessage: 'code {####}',
    });
    expect(settings).toEqual({ VerificationMessageTemplate: { ...kept, DefaultEmailOption: option } });
    expect(losses).toEqual([{ kind: 'verification-message', resource: 'pool', key: lost }]);
  });

  it('UnusedAccountValidityDays goes where it alone is set', () => {
    const alone = { AdminCreateUserConfig: { UnusedAccountValidityDays: 9 }, Policies: { PasswordPolicy: {} } };
    expect(poolSettings(alone).settings).toEqual(alone);
  });
});

it('more than 25 custom attributes are added 25 a call', () => {
  const names = Array.from({ length: 80 }, (_, index) => `custom:f${index}`);
  const { creation, additions } = schemaRequest({
    schema: names.map((name) => ({ name, type: 'String', mutable: true, required: false })),
    raw: { SchemaAttributes: names.map((Name) => ({ Name, AttributeDataType: 'String' })) },
  } as unknown as PoolDescription);
  expect(creation).toHaveLength(50);
  expect(additions.map((call) => call.length)).toEqual([25, 5]);
});

describe('MFA', () => {
  it('stays off, and is named, where SMS is the one factor and nothing can send it', () => {
    const document = { MfaConfiguration: 'ON', SmsMfaConfiguration: { SmsAuthenticationMessage: 'x' } };
    const { mode, losses } = mfaRequest({ MfaConfiguration: 'ON' }, { kind: 'mfa', key: 'ALL', document });
    expect(mode).toBe('OFF');
    expect(losses.map(({ kind }) => kind)).toEqual(['mfa-factor', 'mfa-off']);
  });

  it('of a snapshot without MFA settings follows from the pool', () => {
    const sms = { SnsCallerArn: 'arn:aws:iam::123456789012:role/sms' };
    expect(mfaRequest({ MfaConfiguration: 'ON', SmsConfiguration: sms }, undefined)).toMatchObject({
      mode: 'ON',
      request: { MfaConfiguration: 'ON', SmsMfaConfiguration: { SmsConfiguration: sms } },
    });
    expect(mfaRequest({ MfaConfiguration: 'ON' }, undefined)).toMatchObject({ mode: 'OFF', request: undefined });
  });

  it("passkeys of the source's prefix domain belong to the new one", () => {
    const mfa = { WebAuthnConfiguration: { RelyingPartyId: 'old.auth.x', UserVerification: 'required' } };
    expect(withRelyingParty(mfa, ['old.auth.x', 'new.auth.x'])).toMatchObject({
      WebAuthnConfiguration: { RelyingPartyId: 'new.auth.x', UserVerification: 'required' },
    });
    expect(withRelyingParty(mfa, ['other', 'new.auth.x'])).toBe(mfa);
  });
});

describe('a client', () => {
  it('keeps a secret that the snapshot holds, gets a new one where it was withheld, and has none where there was none', () => {
    const secret = 'a'.repeat(51);
    const fates = [
      clientOf('kept', { ClientName: 'c', ClientSecret: secret }),
      clientOf('new', { ClientName: 'c' }, ['ClientSecret']),
      clientOf('none', { ClientName: 'c' }),
      clientOf('short', { ClientName: 'c', ClientSecret: 'short' }),
    ].map((client) => clientRequest(client, new Set()).request);
    expect(fates).toEqual([
      { ClientName: 'c', ClientSecret: secret },
      { ClientName: 'c', GenerateSecret: true },
      { ClientName: 'c' },
      { ClientName: 'c', GenerateSecret: true },
    ]);
  });

  it('legacy ExplicitAuthFlows beside new ones are written in the new words', () => {
    const flows = (names: readonly string[]) =>
      clientRequest(clientOf('c', { ExplicitAuthFlows: names }), new Set()).request?.['ExplicitAuthFlows'];
    expect(flows(['USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_PASSWORD_AUTH'])).toEqual([
      'ALLOW_USER_PASSWORD_AUTH',
      'ALLOW_REFRESH_TOKEN_AUTH',
    ]);
    expect(flows(['ADMIN_NO_SRP_AUTH'])).toEqual(['ADMIN_NO_SRP_AUTH']);
  });

  it('of several with one name stands for the one most alike, whatever the order', () => {
    const old = [
      clientOf('a', { ClientName: 'x', AuthSessionValidity: 3 }),
      clientOf('b', { ClientName: 'x', AuthSessionValidity: 9 }),
    ];
    const now = [
      clientOf('n1', { ClientName: 'x', AuthSessionValidity: 9 }),
      clientOf('n2', { ClientName: 'x', AuthSessionValidity: 3 }),
    ];
    const expected = new Map([
      ['a', 'n2'],
      ['b', 'n1'],
    ]);
    expect(matchClients(old, now)).toEqual(expected);
    expect(matchClients(old.toReversed(), now.toReversed())).toEqual(expected);
    expect(matchClients(old, now.slice(0, 1))).toEqual(new Map([['b', 'n1']]));
  });
});

describe('providers and pages', () => {
  const apple: ConfigurationResource = {
    kind: 'identity-provider',
    key: 'SignInWithApple',
    document: {
      ProviderName: 'SignInWithApple',
      ProviderType: 'SignInWithApple',
      ProviderDetails: { client_id: 'c', team_id: 't', key_id: 'k', authorize_scopes: 'name', token_url: 'derived' },
    },
  };

  it("Apple's private key is in no snapshot: given, the provider is made; else it is not", () => {
    expect(providerRequest(apple, new Map()).request).toBeUndefined();
    const given = providerRequest(apple, new Map([['SignInWithApple', { private_key: 'p' }]]));
    expect(given.request?.['ProviderDetails']).toEqual({
      client_id: 'c',
      team_id: 't',
      key_id: 'k',
      private_key: 'p',
      authorize_scopes: 'name',
    });
    expect(JSON.stringify(given.expected)).not.toContain('private_key');
  });

  it('branding is either of its own or the one that Cognito provides', () => {
    const branding = (document: JsonObject) => brandingRequest({ kind: 'branding', key: 'c', document }).request;
    expect(branding({ UseCognitoProvidedValues: true, Assets: [] })).toEqual({ UseCognitoProvidedValues: true });
    expect(branding({ UseCognitoProvidedValues: false, Settings: { a: 1 }, Assets: [] })).toEqual({
      Settings: { a: 1 },
    });
  });

  it('a classic page needs a domain, and says when its image is lost', () => {
    const ui: ConfigurationResource = {
      kind: 'ui-customization',
      key: 'ALL',
      document: { CSS: 'x', ImageUrl: 'https://x' },
    };
    expect(uiRequest(ui, { hasDomain: false })).toMatchObject({ request: undefined, expected: undefined });
    expect(uiRequest(ui, { hasDomain: true }).losses.map(({ kind }) => kind)).toEqual(['ui-image']);
  });
});

describe('ARNs', () => {
  const source = { region: 'eu-central-1', account: '111111111111' };
  const lambda = 'arn:aws:lambda:eu-central-1:111111111111:function:f';
  const ses = 'arn:aws:ses:us-east-1:111111111111:identity/example.com';
  const role = 'arn:aws:iam::111111111111:role/r';
  const document = { A: lambda, B: { C: [ses] }, D: role, E: 'arn:aws:s3:::bucket' };
  const find = (target: typeof source, map = new Map<string, string>()) =>
    foreignArns([['pool', document]], { source, target }, map).map(({ arn }) => arn);

  it('of another Region are foreign where they were local; of another account always', () => {
    expect(find(source)).toEqual([]);
    expect(find({ ...source, region: 'eu-west-1' })).toEqual([lambda]);
    expect(find({ ...source, account: '222222222222' })).toEqual([role, lambda, ses].toSorted());
    expect(find({ ...source, region: 'eu-west-1' }, new Map([[lambda, lambda]]))).toEqual([]);
  });

  it('are replaced wherever they stand', () => {
    const now = 'arn:aws:lambda:eu-west-1:222222222222:function:f';
    expect(mapArns(document, new Map([[lambda, now]]))).toEqual({ ...document, A: now });
  });
});
