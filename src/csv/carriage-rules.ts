import type { PoolDescription } from '../model/pool.ts';
import { formatsOf, type ColumnFormat } from './columns.ts';
import { textProblem } from './dialect-text.ts';
import { encodeHeader, MAX_ROW_CHARACTERS } from './import-dialect.ts';

/** What `carry` asks of a pool and a header, worked out once. */
export interface CarriageRules {
  /** Why no user at all can be carried. */
  readonly nobody: 'pool-without-auto-verified-attribute' | 'column-name' | undefined;
  readonly columns: ReadonlySet<string>;
  readonly formatOf: (column: string) => ColumnFormat;
  readonly required: readonly string[];
  readonly mfa: PoolDescription['mfa'];
  /** Characters of a row beside its cells. */
  readonly commas: number;
}

const known = new WeakMap<PoolDescription, WeakMap<readonly string[], CarriageRules>>();

/** The rules of this pool and header, remembered for as long as the two objects live. */
export function rulesFor(pool: PoolDescription, header: readonly string[]): CarriageRules {
  let byHeader = known.get(pool);
  if (byHeader === undefined) known.set(pool, (byHeader = new WeakMap<readonly string[], CarriageRules>()));
  let rules = byHeader.get(header);
  if (rules === undefined) byHeader.set(header, (rules = makeRules(pool, header)));
  return rules;
}

function makeRules(pool: PoolDescription, header: readonly string[]): CarriageRules {
  // How a comma inside a column name is written is undocumented.
  const unwritable = header.some((column) => column.includes(',') || textProblem(column) !== undefined);
  const tooLong = encodeHeader(header).length > MAX_ROW_CHARACTERS;
  return {
    nobody:
      pool.autoVerifiedAttributes.length === 0
        ? 'pool-without-auto-verified-attribute'
        : unwritable || tooLong
          ? 'column-name'
          : undefined,
    columns: new Set(header),
    formatOf: formatsOf(pool.schema),
    required: pool.schema
      .filter((attribute) => attribute.required && !STRIPPED.has(attribute.name))
      .map((attribute) => attribute.name),
    mfa: pool.mfa,
    commas: header.length - 1,
  };
}

/** Attributes that no one can write: COGNITO-FACTS §4. [D] */
export const STRIPPED: ReadonlySet<string> = new Set(['sub', 'identities']);
