import {
  NEVER_CAPTURED,
  RESOURCE_KINDS,
  type ConfigurationResource,
  type NotCaptured,
  type ResourceKind,
  type UncapturedKind,
  type UncapturedReason,
} from '../../model/pool-configuration.ts';
import { counted, formatCount } from '../figures.ts';
import { escapeText } from '../escape.ts';
import { alignTable, type Row } from '../layout.ts';
import type { Colors } from '../terminal.ts';

/** What one of a kind is called, and several. */
const NOUNS: { readonly [Kind in UncapturedKind]: readonly [one: string, several: string] } = {
  mfa: ['MFA settings', 'MFA settings'],
  'resource-server': ['resource server', 'resource servers'],
  'identity-provider': ['identity provider', 'identity providers'],
  client: ['client', 'clients'],
  domain: ['domain', 'domains'],
  branding: ['branding', 'brandings'],
  'ui-customization': ['classic UI', 'classic UIs'],
  terms: ['terms', 'terms'],
  session: ['session settings', 'session settings'],
  'client-session': ['client session settings', 'client session settings'],
  risk: ['risk settings', 'risk settings'],
  'log-delivery': ['log delivery', 'log deliveries'],
  replica: ['replica', 'replicas'],
  'web-acl': ['web ACL', 'web ACLs'],
  'trigger-permission': ['trigger permission', 'trigger permissions'],
  passwords: ['passwords', 'passwords'],
  'mfa-preferences': ['MFA preferences', 'MFA preferences'],
  'totp-secrets': ['TOTP secrets', 'TOTP secrets'],
  passkeys: ['passkeys', 'passkeys'],
  devices: ['devices', 'devices'],
  'sessions-and-tokens': ['sessions and tokens', 'sessions and tokens'],
  'auth-events': ['auth events', 'auth events'],
  'client-secrets': ['client secret', 'client secrets'],
  'identity-provider-secrets': ['identity provider secret', 'identity provider secrets'],
  'ui-images': ['image of a classic UI', 'images of classic UIs'],
};

const REASONS: { readonly [Reason in UncapturedReason]: string } = {
  'no-api': 'no API shows them',
  'not-listed': 'no listing shows them',
  'not-authorized': 'not authorised',
  'not-available': 'not available in this pool',
  'not-supported': 'not known to this endpoint',
  refused: 'refused',
  'secrets-not-included': 'left out; --include-secrets captures them, encrypted',
  unreachable: 'could not be fetched',
  'out-of-time': 'the time was up',
  'not-read-here': 'not asked for',
};

const LONGEST_LINE = 160;

/** `MFA settings, 2 clients, 1 domain`. */
export function configurationText(counts: Readonly<Partial<Record<ResourceKind, number>>>): string {
  const texts = RESOURCE_KINDS.flatMap((kind) => (counts[kind] === undefined ? [] : [nounText(kind, counts[kind])]));
  return texts.length === 0 ? 'none' : texts.join(', ');
}

/** Of a deep snapshot: how many users have told their factors. */
export function factorsText({
  users,
  factors,
}: {
  readonly users: number;
  readonly factors?: number;
}): string | undefined {
  if (factors === undefined) return undefined;
  return factors === users ? 'of all users' : `of ${formatCount(factors)} of ${counted(users, 'user')}`;
}

/** One row a reason; the first has the label. */
export function notCapturedRows(label: string, entries: readonly NotCaptured[]): readonly Row[] {
  const byReason = new Map<UncapturedReason, NotCaptured[]>();
  for (const entry of entries) byReason.set(entry.reason, [...(byReason.get(entry.reason) ?? []), entry]);
  return [...byReason].map(([reason, same], index): Row => [index === 0 ? label : '', reasonText(reason, same)]);
}

/** Without what no snapshot of any pool holds. */
export function gapsOfPool(entries: readonly NotCaptured[]): readonly NotCaptured[] {
  const always = new Set(NEVER_CAPTURED.map(({ kind }) => kind));
  return entries.filter(({ kind, count }) => !always.has(kind) || count !== undefined);
}

function reasonText(reason: UncapturedReason, entries: readonly NotCaptured[]): string {
  const kinds = [
    ...new Set(entries.map(({ kind, count }) => (count === undefined ? NOUNS[kind][1] : nounText(kind, count)))),
  ];
  const operations = [...new Set(entries.flatMap(({ operation }) => operation ?? []))];
  const exceptions = reason === 'refused' ? [...new Set(entries.flatMap(({ exception }) => exception ?? []))] : [];
  const calls = [...operations, ...exceptions].map(escapeText);
  return `${kinds.join(', ')} (${REASONS[reason]}${calls.length > 0 ? `: ${calls.join(', ')}` : ''})`;
}

function nounText(kind: UncapturedKind, count: number): string {
  const [one, several] = NOUNS[kind];
  if (one === several && count === 1) return one;
  return `${formatCount(count)} ${count === 1 ? one : several}`;
}

/** A line a resource; with `isWhole` every field below it. */
export function resourceLines(
  resources: readonly ConfigurationResource[],
  { isWhole }: { readonly isWhole: boolean },
  out: Colors,
): string[] {
  if (resources.length === 0) return [out.dim('The snapshot holds none')];
  if (isWhole) return resources.flatMap((resource) => wholeResource(resource, out));
  const rows = resources.map((resource) => [resource.kind, escapeText(resource.key), escapeText(nameOf(resource))]);
  return alignTable(['KIND', 'KEY', 'NAME'], rows, { dim: out.dim });
}

function wholeResource({ kind, key, document, withheld = [] }: ConfigurationResource, out: Colors): string[] {
  const fields = JSON.stringify(document, undefined, 2).split('\n').slice(1, -1);
  return [
    out.bold(`${kind} ${escapeText(key)}`),
    ...fields.map((line) => `  ${escapeText(shortened(line))}`),
    ...withheld.map((path) => out.dim(`    ${escapeText(path)}: a secret that is not shown`)),
  ];
}

/** Images are long: `--json` has them whole. */
function shortened(line: string): string {
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE)}…`;
}

function nameOf({ document }: ConfigurationResource): string {
  const name = document['ClientName'] ?? document['ProviderName'] ?? document['Name'] ?? document['TermsName'];
  return typeof name === 'string' ? name : '';
}
