import { describe, expect, it } from 'vitest';
import { linkKey, linksOf, wantedLinks } from './identity-links.ts';

const links = (identities: string): object[] => linksOf({ attributes: [['identities', identities]] });

describe('linksOf', () => {
  it('finds the links of a user in what the service keeps as text', () => {
    const google = { providerName: 'Google', userId: '1' };
    const okta = { providerName: 'Okta', userId: '2' };
    const stored = [{ ...google, providerType: 'Google', issuer: null, primary: 'false', dateCreated: 1 }, okta];
    expect(links(JSON.stringify(stored))).toEqual([google, okta]);
    expect(linksOf({ attributes: [['email', '[]']] })).toEqual([]);
  });

  it.each(['', '{', 'null', '7', '{"providerName":"Google","userId":"1"}'])('takes %s for no links', (text) => {
    expect(links(text)).toEqual([]);
  });

  it.each([
    'null',
    '7',
    '"Google"',
    '{}',
    '{"providerName":"Google"}',
    '{"userId":"1"}',
    '{"providerName":"Google","userId":1}',
  ])('passes over the entry %s', (entry) => {
    expect(links(`[${entry},{"providerName":"Google","userId":"1"}]`)).toEqual([
      { providerName: 'Google', userId: '1' },
    ]);
  });
});

describe('wantedLinks', () => {
  const google = (userId: string) => ({ providerName: 'Google', userId });
  const okta = { providerName: 'Okta', userId: '1' };
  const context = { targetProviders: new Set(['Google']), isTaken: () => false };

  it('are those that the user has not, as far as the target has their provider', () => {
    const present = [google('1')];
    expect(wantedLinks([google('1'), google('2'), okta], present, context)).toEqual({
      links: [google('2')],
      losses: ['identity-link'],
    });
    expect(wantedLinks([], present, context)).toEqual({ links: [], losses: [] });
  });

  it('leave out whose identity is somebody there already', () => {
    const taken = linkKey(google('2'));
    const isTaken = (link: { readonly providerName: string; readonly userId: string }) => linkKey(link) === taken;
    expect(wantedLinks([google('2'), google('3')], [], { ...context, isTaken })).toEqual({
      links: [google('3')],
      losses: ['identity-taken'],
    });
  });

  it('end with the fifth, those present counted, and each once', () => {
    const wanted = ['2', '3', '4', '4', '5', '6'].map(google);
    expect(wantedLinks(wanted, [google('1')], context)).toEqual({
      links: ['2', '3', '4', '5'].map(google),
      losses: ['identity-link'],
    });
  });
});
