import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import { resourceLines } from './configuration-view.ts';

describe('resourceLines', () => {
  it('names an identity provider by its name, not by its type', () => {
    const resource = {
      kind: 'identity-provider',
      key: 'okta',
      document: { ProviderName: 'Okta-SAML', ProviderType: 'SAML' },
    } as const;
    expect(resourceLines([resource], { isWhole: false }, pico.createColors(false)).at(-1)).toBe(
      'identity-provider  okta  Okta-SAML',
    );
  });
});
