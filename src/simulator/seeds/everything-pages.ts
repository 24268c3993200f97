import type { EverythingClients } from './everything-clients.ts';
import { ACCOUNT_ID, PIXEL, type EverythingSite } from './everything-ground.ts';

export const EVERYTHING_PREFIX = 'everything';
export const EVERYTHING_DOMAIN = 'login.example.com';

/** What users see: both domains, branding of three clients, the classic pages of all and of one, terms. */
export function plantPages(site: EverythingSite, clients: EverythingClients): void {
  plantDomains(site);
  plantBranding(site, clients);
  const css = '.label-customizable { font-weight: 400; }';
  site.send('SetUICustomization', { CSS: css, ImageFile: PIXEL });
  site.send('SetUICustomization', { ClientId: clients.legacy, CSS: '.banner-customizable { padding: 25px; }' });
  plantTerms(site, clients);
}

function plantDomains(site: EverythingSite): void {
  site.send('CreateUserPoolDomain', { Domain: EVERYTHING_PREFIX, ManagedLoginVersion: 2 });
  site.send('CreateUserPoolDomain', {
    Domain: EVERYTHING_DOMAIN,
    ManagedLoginVersion: 2,
    CustomDomainConfig: {
      CertificateArn: `arn:aws:acm:us-east-1:${ACCOUNT_ID}:certificate/00000000-0000-4000-8000-000000000001`,
      SecurityPolicy: 'TLS_V1_2_2021',
    },
  });
}

function plantBranding(site: EverythingSite, { web, mobile, legacy }: EverythingClients): void {
  site.send('CreateManagedLoginBranding', {
    ClientId: web,
    Settings: { components: { primaryButton: { lightMode: { defaults: { backgroundColor: '0972d3ff' } } } } },
    Assets: [
      { Category: 'FORM_LOGO', ColorMode: 'LIGHT', Extension: 'PNG', Bytes: PIXEL },
      { Category: 'FORM_LOGO', ColorMode: 'DARK', Extension: 'PNG', Bytes: PIXEL },
      { Category: 'IDP_BUTTON_ICON', ColorMode: 'LIGHT', Extension: 'PNG', Bytes: PIXEL, ResourceId: 'Okta' },
    ],
  });
  site.send('CreateManagedLoginBranding', {
    ClientId: mobile,
    Settings: { categories: { form: { displayGraphics: true } } },
  });
  site.send('CreateManagedLoginBranding', { ClientId: legacy, UseCognitoProvidedValues: true });
}

function plantTerms(site: EverythingSite, { web, mobile }: EverythingClients): void {
  const create = (ClientId: string, TermsName: string, Links: object): void => {
    site.send('CreateTerms', { ClientId, TermsName, TermsSource: 'LINK', Enforcement: 'NONE', Links });
  };
  create(web, 'terms-of-use', {
    'cognito:default': 'https://example.com/terms',
    'cognito:german': 'https://example.com/de/terms',
  });
  create(web, 'privacy-policy', { 'cognito:default': 'https://example.com/privacy' });
  create(mobile, 'terms-of-use', { 'cognito:default': 'https://example.com/mobile-terms' });
}
