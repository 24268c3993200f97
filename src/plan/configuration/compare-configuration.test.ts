import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplePool } from '../../../test/fakes/sample-pool.ts';
import { parsePoolId } from '../../model/ids.ts';
import { RESOURCE_KINDS, type ConfigurationResource, type JsonObject } from '../../model/pool-configuration.ts';
import { withholdSecrets } from '../../model/resource-secrets.ts';
import { compareConfiguration, type ComparedPool } from './compare-configuration.ts';
import { compareDocuments } from './compare-documents.ts';

const OTHER = parsePoolId('eu-central-1_StandbyXY');

function side(resources: readonly ConfigurationResource[], more: Partial<ComparedPool> = {}): ComparedPool {
  return { pool: samplePool(), resources, notCaptured: [], ...more };
}

function client(id: string, fields: JsonObject = {}): ConfigurationResource {
  return { kind: 'client', key: id, document: { ClientId: id, ClientName: `name of ${id}`, ...fields } };
}

const resource = fc.record({
  kind: fc.constantFrom(...RESOURCE_KINDS),
  key: fc.string(),
  document: fc.dictionary(fc.string(), fc.jsonValue()),
}) as fc.Arbitrary<ConfigurationResource>;
const resources = fc.uniqueArray(resource, { selector: ({ kind, key }) => `${kind} ${key}`, maxLength: 8 });

describe('two configurations', () => {
  it('that are the same never differ, in whatever order they are', () => {
    fc.assert(
      fc.property(resources, (all) => {
        expect(compareConfiguration(side(all), side(all.toReversed())).differences).toEqual([]);
      }),
    );
  });

  it('differ by what one has and the other has not, and the other way round', () => {
    fc.assert(
      fc.property(resources, fc.nat(), (all, at) => {
        fc.pre(all.length > 0);
        const gone = all[at % all.length]!;
        const rest = all.filter((one) => one !== gone);
        const difference = { resource: gone.kind, key: gone.key, changes: [] };
        expect(compareConfiguration(side(all), side(rest)).differences).toEqual([{ kind: 'removed', ...difference }]);
        expect(compareConfiguration(side(rest), side(all)).differences).toEqual([{ kind: 'added', ...difference }]);
      }),
    );
  });

  it('differ in any one field that is not the service’s own', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z_]{1,12}$/), fc.jsonValue(), fc.jsonValue(), (name, one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other) && typeof one !== 'object' && typeof other !== 'object');
        const [found] = compareConfiguration(
          side([client('a', { [name]: one as never })]),
          side([client('a', { [name]: other as never })]),
        ).differences;
        expect(found?.changes).toEqual([{ path: name, before: one, after: other }]);
      }),
    );
  });

  it('do not differ in dates, estimates and what the service keeps for itself', () => {
    const domain = (document: JsonObject) => [{ kind: 'domain', key: 'x', document } as const];
    const raw = { EstimatedNumberOfUsers: 1, LastModifiedDate: 'a', Name: 'x' };
    const before = side(domain({ Domain: 'x', CloudFrontDistribution: 'one', Version: '1' }), {
      pool: samplePool({ raw }),
    });
    const after = side(domain({ Domain: 'x', CloudFrontDistribution: 'two', Version: '2' }), {
      pool: samplePool({ raw: { ...raw, EstimatedNumberOfUsers: 2, LastModifiedDate: 'b' } }),
    });
    expect(compareConfiguration(before, after).differences).toEqual([]);
  });

  it('of two pools meet by the names of clients, and say nothing of ids', () => {
    const branding = (key: string): ConfigurationResource => ({
      kind: 'branding',
      key,
      document: { ManagedLoginBrandingId: key, UserPoolId: key, Settings: { a: [1, 2] } },
    });
    const named = { ClientName: 'web' };
    const before = side([client('a', named), client('b'), client('c', { ClientName: 'twin' }), branding('a')]);
    const after = side([client('x', named), client('c', { ClientName: 'twin' }), branding('x')], {
      pool: samplePool({ id: OTHER }),
    });
    expect(compareConfiguration(before, after).differences).toEqual([
      { kind: 'removed', resource: 'client', key: 'b', changes: [] },
    ]);
  });

  it('of which one could not be read are not told apart there', () => {
    const denied = { notCaptured: [{ kind: 'client', reason: 'not-authorized' }] } as const;
    expect(compareConfiguration(side([client('a')]), side([], denied))).toEqual({
      differences: [],
      notCompared: ['client'],
    });
    expect(compareConfiguration(side([], denied), side([client('a')])).differences).toEqual([]);
  });

  it('with other secrets differ without showing them, and one that was left out is no other', () => {
    const google = (secret: string): ConfigurationResource => ({
      kind: 'identity-provider',
      key: 'Google',
      document: { ProviderDetails: { client_id: 'id', client_secret: secret } },
    });
    const differences = (one: ConfigurationResource, other: ConfigurationResource) =>
      compareConfiguration(side([one]), side([other])).differences;
    expect(differences(google('one'), google('two'))).toEqual([
      {
        kind: 'changed',
        resource: 'identity-provider',
        key: 'Google',
        changes: [{ path: 'ProviderDetails.client_secret', isSecret: true }],
      },
    ]);
    expect(differences(withholdSecrets(google('one')), google('two'))).toEqual([]);
    expect(differences(client('a'), client('a', { ClientSecret: 'one' }))[0]?.changes).toEqual([
      { path: 'ClientSecret', isSecret: true },
    ]);
  });
});

describe('two documents', () => {
  it.each([
    [{ a: ['x', 'y'] }, { a: ['y', 'x'] }, []],
    [
      { a: ['x'] },
      { a: ['y'] },
      [
        { path: 'a[]', before: 'x' },
        { path: 'a[]', after: 'y' },
      ],
    ],
    [
      { a: [{ Name: 'email', Mutable: true }] },
      { a: [{ Name: 'email', Mutable: false }] },
      [{ path: 'a[email].Mutable', before: true, after: false }],
    ],
    [{ a: { b: 1 } }, { a: { b: 1, c: null } }, [{ path: 'a.c', after: null }]],
    [JSON.parse('{"__proto__":1}'), {}, [{ path: '__proto__', before: 1 }]],
  ])('%j and %j differ by path', (before, after, changes) => {
    expect(compareDocuments(before, after, { isOrdered: false })).toEqual(changes);
  });

  it('where order means something differ by place', () => {
    expect(compareDocuments({ a: ['x', 'y'] }, { a: ['y', 'x'] }, { isOrdered: true })).toEqual([
      { path: 'a[0]', before: 'x', after: 'y' },
      { path: 'a[1]', before: 'y', after: 'x' },
    ]);
  });
});
