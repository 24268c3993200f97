import type { PlanReport } from '../../operations/reconcile/requests.ts';
import type { HandOver } from '../../plan/new-pool/hand-over.ts';
import { escapeText } from '../escape.ts';
import { formatCount } from '../figures.ts';
import { alignCounts, alignTable, type CountRow } from '../layout.ts';
import type { Colors } from '../terminal.ts';

export interface HandOverViewOptions {
  readonly envFile: string | undefined;
  readonly width?: number | undefined;
  /** What users will notice. */
  readonly experiences: PlanReport['experiences'];
}

const SECRETS = { none: '', kept: 'the same secret', new: 'a new secret' } as const;

/** Everything that has to change elsewhere, as tables: old on the left, new on the right. */
export function handOverLines(handOver: HandOver, options: HandOverViewOptions, out: Colors): string[] {
  const { region, pool, arn, issuer, jwksUrl } = handOver;
  const replaced: readonly (readonly [string, { readonly old: string; readonly new: string }])[] = [
    ['Region', region],
    ['Pool id', pool],
    ['Pool ARN', arn],
    ['Issuer', issuer],
    ['JWKS', jwksUrl],
    ...handOver.domains.map((domain) => [domain.kind === 'custom' ? 'Domain' : 'Prefix', domain] as const),
    ...byName(handOver.clients).map(
      (client) => [`Client ${client.name}`, { old: client.oldId, new: client.newId }] as const,
    ),
  ];
  const changed = replaced.filter(([, { old, new: now }]) => old !== now);
  return [
    out.bold('Hand-over: what has to change elsewhere'),
    ...table(
      ['', 'old', 'new'],
      changed.map(([what, { old, new: now }]) => [what, old, now]),
      out,
    ),
    ...secretLines(handOver, options, out),
    ...domainLines(handOver, out),
    ...providerLines(handOver, out),
    ...triggerLines(handOver, out),
    ...byHandLines(handOver, out),
    ...userLines(options, out),
  ];
}

function byName(clients: HandOver['clients']): HandOver['clients'] {
  return clients.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function table(heading: readonly string[], rows: readonly (readonly string[])[], out: Colors): string[] {
  const safe = rows.map((row) => row.map(escapeText));
  return alignTable(heading, safe, { dim: out.dim }).map((line) => `  ${line}`);
}

function secretLines({ clients }: HandOver, { envFile }: HandOverViewOptions, out: Colors): string[] {
  const withSecret = clients.filter(({ secret }) => secret !== 'none');
  if (withSecret.length === 0) return [];
  const where = envFile === undefined ? '--write-env FILE writes them' : `they stand in ${escapeText(envFile)}`;
  return [
    '',
    `  Client secrets ${out.dim(`(${where})`)}`,
    ...table(
      ['client', 'secret'],
      withSecret.map(({ name, secret }) => [name, SECRETS[secret]]),
      out,
    ),
  ];
}

function domainLines({ domains }: HandOver, out: Colors): string[] {
  const rows = domains.flatMap(({ new: name, target }) => (target === undefined ? [] : [[name, target]]));
  return rows.length === 0
    ? []
    : ['', '  DNS: point the custom domain at', ...table(['domain', 'alias of'], rows, out)];
}

function providerLines({ providers }: HandOver, out: Colors): string[] {
  const rows = providers.flatMap(({ name, redirectUris, entityId }) => [
    ...redirectUris.map((uri, index) => [index === 0 ? name : '', 'redirect to', uri]),
    ...(entityId === undefined ? [] : [[redirectUris.length === 0 ? name : '', 'entity id', entityId]]),
  ]);
  return rows.length === 0 ? [] : ['', '  Tell the identity providers', ...table(['provider', '', ''], rows, out)];
}

function triggerLines({ triggers }: HandOver, out: Colors): string[] {
  if (triggers.length === 0) return [];
  return [
    '',
    '  Let the pool invoke its triggers: until then every sign-in that needs one fails',
    ...triggers.map(({ command }) => `    ${escapeText(command)}`),
    `    ${out.dim('and in policies of IAM and of functions, the new pool ARN in place of the old one')}`,
  ];
}

function byHandLines({ byHand }: HandOver, out: Colors): string[] {
  if (byHand.length === 0) return [];
  return [
    '',
    '  By hand',
    ...table(
      ['what', 'which'],
      byHand.map(({ resource, key }) => [resource, key]),
      out,
    ),
    ...byHand.flatMap(({ command }) => (command === undefined ? [] : [`    ${escapeText(command)}`])),
  ];
}

function userLines({ experiences, width }: HandOverViewOptions, out: Colors): string[] {
  const rows = experiences.map(({ count, meaning }): CountRow => [formatCount(count), meaning]);
  return [
    '',
    '  Users notice: everybody is signed out, remembered devices and enrolled authenticators are gone',
    ...alignCounts(rows, { dim: out.dim, width }),
  ];
}
