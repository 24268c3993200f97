import { describe, expect, it } from 'vitest';
import { targetPool } from '../../test/fakes/sample-plan.ts';
import { identityKey, identityModelOf, usernameToCreate, type IdentityModel } from './identity.ts';

const model = (overrides: Partial<IdentityModel> = {}): IdentityModel => ({
  usernameAttributes: [],
  caseSensitive: true,
  ...overrides,
});
const byEmail = model({ usernameAttributes: ['email'], caseSensitive: false });
const byBoth = model({ usernameAttributes: ['phone_number', 'email'] });
const person = (username: string, ...attributes: [string, string][]) => ({ username, attributes });

describe('identityKey', () => {
  it('is the username where the pool signs in by username, folded by the pool’s rule', () => {
    const ann = person('Ann', ['email', 'ann@x']);
    expect(identityKey(ann, model())).toBe('username:Ann');
    expect(identityKey(ann, model({ caseSensitive: false }))).toBe('username:ann');
  });

  it('is the e-mail, else the phone, else the username, where those sign in', () => {
    expect(identityKey(person('u', ['phone_number', '+49'], ['email', 'A@x']), byBoth)).toBe('email:A@x');
    expect(identityKey(person('u', ['phone_number', '+49']), byBoth)).toBe('phone_number:+49');
    expect(identityKey(person('u', ['phone_number', '+49']), byEmail)).toBe('username:u');
    expect(identityKey(person('u', ['email', 'A@x']), byEmail)).toBe('email:a@x');
  });

  it('takes the contact from a CSV row’s username', () => {
    expect(identityKey(person('A@x'), byEmail)).toBe('email:a@x');
    expect(identityKey(person('+49'), byBoth)).toBe('phone_number:+49');
  });

  it('takes no username for a contact that is none', () => {
    expect(identityKey(person('u'), byBoth)).toBe('username:u');
    expect(usernameToCreate(person('u'), byBoth)).toBeUndefined();
  });

  it('takes an empty contact for none', () => {
    expect(identityKey(person('u', ['email', '']), byEmail)).toBe('username:u');
    expect(usernameToCreate(person('u', ['email', '']), byEmail)).toBeUndefined();
  });

  it('never lets a user of a provider meet a native one with the same e-mail', () => {
    const federated = { ...person('Google_1', ['email', 'ann@x']), status: 'EXTERNAL_PROVIDER' as const };
    expect(identityKey(federated, byEmail)).not.toBe(identityKey(person('u', ['email', 'ann@x']), byEmail));
  });
});

describe('identityModelOf', () => {
  it('is what the pool signs in by', () => {
    const pool = targetPool({ usernameAttributes: ['email'], caseSensitive: false });
    expect(identityModelOf(pool)).toEqual({ usernameAttributes: ['email'], caseSensitive: false });
  });
});

describe('usernameToCreate', () => {
  it('is what the pool takes as Username', () => {
    expect(usernameToCreate(person('ann', ['email', 'A@x']), model())).toBe('ann');
    expect(usernameToCreate(person('ann', ['email', 'A@x']), byEmail)).toBe('A@x');
    expect(usernameToCreate(person('ann'), byEmail)).toBeUndefined();
  });
});
