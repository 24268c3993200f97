import { describe, expect, it } from 'vitest';
import { linksOf } from './identity-links.ts';

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
