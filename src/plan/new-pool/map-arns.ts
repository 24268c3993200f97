import type { JsonValue } from '../../model/pool.ts';
import { isObject } from '../../model/pool-configuration.ts';

export type ArnMap = ReadonlyMap<string, string>;

/** Where a pool is, or will be. */
export interface PoolPlace {
  readonly region: string;
  readonly account: string;
}

/** A resource of another account or Region that the new pool would refer to. */
export interface ForeignArn {
  readonly arn: string;
  /** Where it stands: `pool LambdaConfig.PreSignUp`. */
  readonly uses: readonly string[];
}

const ARN = /^arn:[\w-]+:[\w-]+:/;
/** Certificates of custom domains are in us-east-1 whatever the pool's Region. [D] COGNITO-FACTS §5 */
const REGION_OF_ITS_OWN = new Set(['acm']);

/** The same document with every ARN that the map knows replaced. */
export function mapArns<Value extends JsonValue>(value: Value, map: ArnMap): Value {
  return mapped(value, map) as Value;
}

function mapped(value: JsonValue, map: ArnMap): JsonValue {
  if (typeof value === 'string') return map.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => mapped(item, map));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapped(inner, map)]));
}

/**
 * ARNs that belong to another account than the target's, or to the source's Region where the target is elsewhere. One of a
 * third Region was chosen on purpose (SES above all), and one that is mapped, to itself too, is taken as it is.
 */
export function foreignArns(
  documents: readonly (readonly [use: string, document: JsonValue])[],
  places: { readonly source: PoolPlace; readonly target: PoolPlace },
  map: ArnMap,
): readonly ForeignArn[] {
  const uses = new Map<string, string[]>();
  for (const [use, document] of documents) {
    for (const [path, arn] of arnsOf(document, use)) {
      if (map.has(arn) || !isForeign(arn, places)) continue;
      uses.set(arn, [...(uses.get(arn) ?? []), path]);
    }
  }
  return [...uses].sort(([one], [other]) => (one < other ? -1 : 1)).map(([arn, paths]) => ({ arn, uses: paths }));
}

function isForeign(
  arn: string,
  { source, target }: { readonly source: PoolPlace; readonly target: PoolPlace },
): boolean {
  const [, , service = '', region = '', account = ''] = arn.split(':');
  if (account !== '' && /^\d+$/.test(account) && account !== target.account) return true;
  if (REGION_OF_ITS_OWN.has(service)) return false;
  return region !== '' && source.region !== target.region && region === source.region;
}

function* arnsOf(value: JsonValue, path: string): Generator<readonly [path: string, arn: string]> {
  if (typeof value === 'string') {
    if (ARN.test(value)) yield [path, value];
  } else if (Array.isArray(value)) {
    for (const [index, item] of (value as readonly JsonValue[]).entries()) yield* arnsOf(item, `${path}[${index}]`);
  } else if (isObject(value)) {
    for (const [name, inner] of Object.entries(value)) {
      yield* arnsOf(inner, path.includes(' ') ? `${path}.${name}` : `${path} ${name}`);
    }
  }
}

export function accountOfArn(arn: string): string {
  return arn.split(':')[4] ?? '';
}
