import { InvalidArgumentError, type Option } from 'commander';
import { regionOfKmsKey } from '../../encryption/kms-key.ts';
import { RESOURCE_KINDS, type ResourceKind } from '../../model/pool-configuration.ts';
import { parsePoolId, type PoolId } from '../../model/ids.ts';
import { POLICY_NAMES } from '../../operations/doctor/command-needs.ts';

const GATHERING = new WeakSet<object>();

/** Gathers an option that may be given more than once. */
export function repeated<Value>(parse: (text: string) => Value): (text: string, before?: Value[]) => Value[] {
  const gather = (text: string, before?: Value[]): Value[] => [...(before ?? []), parse(text)];
  GATHERING.add(gather);
  return gather;
}

export function isRepeatable({ parseArg }: Option): boolean {
  return parseArg !== undefined && GATHERING.has(parseArg);
}

export function text(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return value;
}

/** One public key or `@FILE`; in the environment variable several, with blanks or commas between them. */
export function keys(value: string, before: readonly string[] = []): readonly string[] {
  const given = value.startsWith('@') ? [value] : value.split(/[\s,]+/).filter((part) => part !== '');
  if (given.length === 0) throw new InvalidArgumentError('It is empty.');
  return [...before, ...given];
}
GATHERING.add(keys);

/** What fits into a host name: other services than AWS have Regions of any name. */
export function region(value: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(value)) return value;
  throw new InvalidArgumentError('Not the name of a Region, such as eu-central-1.');
}

export function kmsKey(value: string): string {
  if (regionOfKmsKey(value) !== undefined) return value;
  throw new InvalidArgumentError('Not the ARN of a KMS key, arn:aws:kms:REGION:ACCOUNT:key/ID; aliases are not taken.');
}

export function poolId(value: string): PoolId {
  return parsePoolId(value);
}

export function resourceKind(value: string): ResourceKind {
  const kind = RESOURCE_KINDS.find((known) => known === value);
  if (kind === undefined) throw new InvalidArgumentError(`Kinds are ${RESOURCE_KINDS.join(', ')}.`);
  return kind;
}

export function policyName(value: string): string {
  if (!POLICY_NAMES.includes(value)) throw new InvalidArgumentError(`One of ${POLICY_NAMES.join(', ')}.`);
  return value;
}

export function wholeNumber(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new InvalidArgumentError('Not a whole number.');
  return Number(value);
}

export function port(value: string): number {
  const number = wholeNumber(value);
  if (number > 65_535) throw new InvalidArgumentError('No port has a number above 65535.');
  return number;
}

export function positiveNumber(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number <= 0) {
    throw new InvalidArgumentError('Not a number above 0.');
  }
  return number;
}

export function share(value: string): number {
  const number = positiveNumber(value);
  if (number > 1) throw new InvalidArgumentError('Not a share above 0 and up to 1.');
  return number;
}

const DURATION = /^(\d{1,5})(s|m|h|d|w)$/;
const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `90m`, `12h`, `30d`, `2w`: in milliseconds. */
export function duration(value: string): number {
  const [, count, unit = ''] = DURATION.exec(value) ?? [];
  if (count === undefined) throw new InvalidArgumentError('Not a span of time, such as 12h, 30d or 2w.');
  return Number(count) * UNITS_MS[unit]!;
}

export function url(value: string): string {
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw new InvalidArgumentError('Not an http:// or https:// address.');
  }
  return value;
}

/** `OLD=NEW`, attribute names. */
export function renaming(value: string): readonly [from: string, to: string] {
  const [from, to, ...rest] = value.split('=');
  if (!from || !to || rest.length > 0) throw new InvalidArgumentError('Write it as OLD=NEW.');
  return [from, to];
}

/** `OLD=NEW`, ARNs, which hold no `=` themselves. */
export function arnMapping(value: string): readonly [old: string, now: string] {
  const [old = '', now = '', ...rest] = value.split('=');
  const areArns = [old, now].every((arn) => /^arn:[\w-]+:[\w-]+:/.test(arn));
  if (!areArns || rest.length > 0) throw new InvalidArgumentError('Write it as OLD=NEW, two ARNs.');
  return [old, now];
}

export function number(value: string): number {
  const parsed = Number(value);
  if (value.trim() === '' || !Number.isFinite(parsed) || parsed < 0) {
    throw new InvalidArgumentError('Not a number of 0 or more.');
  }
  return parsed;
}

export const POOL_KINDS = ['mixed', 'hostile', 'username', 'email', 'phone', 'alias'] as const;
export type PoolKind = (typeof POOL_KINDS)[number];

export function poolKind(value: string): PoolKind {
  const kind = POOL_KINDS.find((candidate) => candidate === value);
  if (kind === undefined) throw new InvalidArgumentError(`One of ${POOL_KINDS.join(', ')}.`);
  return kind;
}
