import { describe, expect, it } from 'vitest';
import { PIXEL } from '../seeds/everything-ground.ts';
import { sdkSession } from '../testing/sdk-session.ts';

const INVALID = { name: 'InvalidParameterException' };
const NOT_FOUND = { name: 'ResourceNotFoundException' };
const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/1';
const IMAGE = Buffer.from(PIXEL, 'base64');

describe('domains', () => {
  it('a name is one pool’s, until it is given back', async () => {
    const { sdk, poolId: UserPoolId, simulator } = await sdkSession();
    const other = simulator.createPool();
    await sdk.createUserPoolDomain({ UserPoolId, Domain: 'mine' });
    await expect(sdk.createUserPoolDomain({ UserPoolId: other, Domain: 'mine' })).rejects.toMatchObject(INVALID);
    await expect(sdk.createUserPoolDomain({ UserPoolId, Domain: 'second' })).rejects.toMatchObject(INVALID);
    expect((await sdk.describeUserPoolDomain({ Domain: 'mine' })).DomainDescription).toMatchObject({
      UserPoolId,
      Status: 'ACTIVE',
      ManagedLoginVersion: 1,
    });
    await sdk.deleteUserPoolDomain({ UserPoolId, Domain: 'mine' });
    expect((await sdk.describeUserPoolDomain({ Domain: 'mine' })).DomainDescription).toEqual({});
    await sdk.createUserPoolDomain({ UserPoolId: other, Domain: 'mine' });
  });

  it.each([
    [
      'a certificate outside us-east-1',
      {
        Domain: 'a.example.com',
        CustomDomainConfig: { CertificateArn: CERTIFICATE.replace('us-east-1', 'eu-west-1') },
      },
    ],
    ['a prefix with a reserved word', { Domain: 'my-cognito' }],
    ['a prefix that is a full name', { Domain: 'a.example.com' }],
    ['a custom domain that is a prefix', { Domain: 'mine', CustomDomainConfig: { CertificateArn: CERTIFICATE } }],
  ])('%s is refused', async (_what, request) => {
    const { sdk, poolId: UserPoolId } = await sdkSession();
    await expect(sdk.createUserPoolDomain({ UserPoolId, ...request })).rejects.toMatchObject(INVALID);
  });

  it('a prefix and a custom domain stand side by side; managed login wants a tier', async () => {
    const { sdk, poolId: UserPoolId, simulator } = await sdkSession();
    const CustomDomainConfig = { CertificateArn: CERTIFICATE };
    await sdk.createUserPoolDomain({ UserPoolId, Domain: 'mine' });
    const custom = { UserPoolId, Domain: 'login.example.com', CustomDomainConfig };
    expect((await sdk.createUserPoolDomain(custom)).CloudFrontDomain).toContain('cloudfront.net');
    expect((await sdk.describeUserPool({ UserPoolId })).UserPool).toMatchObject({
      Domain: 'mine',
      CustomDomain: 'login.example.com',
    });
    await sdk.updateUserPoolDomain({ ...custom, ManagedLoginVersion: 2 });
    expect((await sdk.describeUserPoolDomain({ Domain: custom.Domain })).DomainDescription?.ManagedLoginVersion).toBe(
      2,
    );
    const lite = simulator.createPool({ UserPoolTier: 'LITE' });
    await expect(
      sdk.createUserPoolDomain({ UserPoolId: lite, Domain: 'lite', ManagedLoginVersion: 2 }),
    ).rejects.toMatchObject({ name: 'FeatureUnavailableInTierException' });
  });
});

describe('managed login branding', () => {
  it('is one style a client, found by the client alone', async () => {
    const { sdk, poolId: UserPoolId, clientId } = await sdkSession();
    const [ClientId, other] = [await clientId(), await clientId()];
    const create = { UserPoolId, ClientId, Settings: { a: { b: 1 } } };
    await sdk.createManagedLoginBranding({
      ...create,
      Assets: [{ Category: 'FORM_LOGO', ColorMode: 'LIGHT', Extension: 'PNG', Bytes: IMAGE }],
    });
    await expect(sdk.createManagedLoginBranding(create)).rejects.toMatchObject({
      name: 'ManagedLoginBrandingExistsException',
    });
    const found = await sdk.describeManagedLoginBrandingByClient({ UserPoolId, ClientId });
    expect(found.ManagedLoginBranding?.Settings).toEqual({ a: { b: 1 } });
    expect(Buffer.from(found.ManagedLoginBranding?.Assets?.[0]?.Bytes ?? [])).toEqual(IMAGE);
    const merged = await sdk.describeManagedLoginBrandingByClient({
      UserPoolId,
      ClientId,
      ReturnMergedResources: true,
    });
    expect(merged.ManagedLoginBranding?.Settings).toMatchObject({ a: { b: 1 }, categories: {} });
    await expect(sdk.describeManagedLoginBrandingByClient({ UserPoolId, ClientId: other })).rejects.toMatchObject(
      NOT_FOUND,
    );
    await sdk.deleteUserPoolClient({ UserPoolId, ClientId });
    await expect(
      sdk.describeManagedLoginBranding({
        UserPoolId,
        ManagedLoginBrandingId: found.ManagedLoginBranding?.ManagedLoginBrandingId,
      }),
    ).rejects.toMatchObject(NOT_FOUND);
  });

  it('keeps to its limits', async () => {
    const { sdk, poolId: UserPoolId, clientId } = await sdkSession();
    const ClientId = await clientId();
    const create = (request: object) => sdk.createManagedLoginBranding({ UserPoolId, ClientId, ...request });
    const asset = { Category: 'FORM_LOGO', ColorMode: 'LIGHT', Extension: 'PNG', Bytes: IMAGE };
    await expect(create({})).rejects.toMatchObject(INVALID);
    await expect(create({ UseCognitoProvidedValues: true, Assets: [asset] })).rejects.toMatchObject(INVALID);
    await expect(create({ Assets: Array.from({ length: 41 }, () => asset) })).rejects.toMatchObject(INVALID);
    const large = { ...asset, Bytes: Buffer.alloc(1_000_001) };
    await expect(create({ Assets: [large] })).rejects.toMatchObject(INVALID);
    const fair = { ...asset, Bytes: Buffer.alloc(900_000) };
    await expect(create({ Assets: [fair, fair] })).rejects.toThrow('2 MB');
    await create({ Assets: [fair] });
  });
});

describe('classic UI customization', () => {
  it('wants a domain first, and its image can be fetched', async () => {
    const { sdk, poolId: UserPoolId, clientId, simulator } = await sdkSession();
    const [own, other] = [await clientId(), await clientId()];
    const set = { UserPoolId, CSS: '.a {}', ImageFile: IMAGE };
    await expect(sdk.setUICustomization(set)).rejects.toMatchObject(INVALID);
    await sdk.createUserPoolDomain({ UserPoolId, Domain: 'mine' });
    expect((await sdk.getUICustomization({ UserPoolId })).UICustomization).toEqual({});
    await sdk.setUICustomization(set);
    await sdk.setUICustomization({ UserPoolId, ClientId: own, CSS: '.b {}' });

    const all = (await sdk.getUICustomization({ UserPoolId })).UICustomization;
    const image = await fetch(all?.ImageUrl ?? '');
    expect(image.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await image.arrayBuffer())).toEqual(IMAGE);
    expect((await fetch(`${simulator.endpoint}/_ui/${UserPoolId}/ALL/none/image`)).status).toBe(404);
    const ofOwn = (await sdk.getUICustomization({ UserPoolId, ClientId: own })).UICustomization;
    expect(ofOwn).toMatchObject({ ClientId: own, CSS: '.b {}' });
    expect(ofOwn).not.toHaveProperty('ImageUrl');
    const inherited = (await sdk.getUICustomization({ UserPoolId, ClientId: other })).UICustomization;
    expect(inherited).toMatchObject({ ClientId: 'ALL', CSS: '.a {}' });
    await expect(sdk.setUICustomization({ UserPoolId, ImageFile: Buffer.from('GIF89a') })).rejects.toMatchObject(
      INVALID,
    );
  });
});

describe('terms', () => {
  it('are one of a kind for a client, and their list lacks links', async () => {
    const { sdk, poolId: UserPoolId, clientId } = await sdkSession();
    const ClientId = await clientId();
    const Links = { 'cognito:default': 'https://example.com/terms' };
    const create = {
      UserPoolId,
      ClientId,
      TermsName: 'terms-of-use',
      TermsSource: 'LINK',
      Enforcement: 'NONE',
    } as const;
    await expect(sdk.createTerms({ ...create, TermsName: 'other', Links })).rejects.toMatchObject(INVALID);
    await expect(
      sdk.createTerms({ ...create, Links: { 'cognito:klingon': 'https://x.example' } }),
    ).rejects.toMatchObject(INVALID);
    const { Terms } = await sdk.createTerms({ ...create, Links });
    await expect(sdk.createTerms({ ...create, Links })).rejects.toMatchObject({ name: 'TermsExistsException' });
    const listed = (await sdk.listTerms({ UserPoolId, MaxResults: 60 })).Terms;
    expect(listed).toMatchObject([{ TermsId: Terms?.TermsId, TermsName: 'terms-of-use' }]);
    expect(listed?.[0]).not.toHaveProperty('Links');
    expect(listed?.[0]).not.toHaveProperty('ClientId');
    expect((await sdk.describeTerms({ UserPoolId, TermsId: Terms?.TermsId })).Terms).toMatchObject({ ClientId, Links });
  });
});
