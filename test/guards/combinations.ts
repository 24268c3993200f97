import { SeededRandom } from '../../src/simulator/seeded-random.ts';

type Dimensions<Row> = { readonly [Name in keyof Row]: readonly Row[Name][] };

/** Every combination of the values of all dimensions. */
export function* productOf<Row extends object>(dimensions: Dimensions<Row>): Generator<Row, void> {
  const names = Object.keys(dimensions) as (keyof Row)[];
  const sizes = names.map((name) => dimensions[name].length);
  const total = sizes.reduce((product, size) => product * size, 1);
  for (let index = 0; index < total; index += 1) {
    let rest = index;
    const row: Partial<Row> = {};
    for (const [at, name] of names.entries()) {
      const size = sizes[at]!;
      row[name] = dimensions[name][rest % size]!;
      rest = Math.floor(rest / size);
    }
    yield row as Row;
  }
}

/** Rows in which every term occurs that occurs in any. Greedy: rows that bring much that is new first, then less, in a seeded order. */
function covering<Row extends object>(rows: readonly Row[], termsOf: (row: Row) => readonly string[]): Row[] {
  const shuffled = shuffle(rows, 1);
  const covered = new Set<string>();
  const chosen: Row[] = [];
  for (const share of [0.5, 0.25, 0.1, 0]) {
    for (const row of shuffled) {
      const terms = termsOf(row);
      const fresh = terms.filter((term) => !covered.has(term));
      if (fresh.length <= terms.length * share) continue;
      chosen.push(row);
      for (const term of fresh) covered.add(term);
    }
  }
  return chosen;
}

/** How many dimensions every combination of values is tried of: each value, each pair. */
export type Strength = 1 | 2;

/**
 * Rows that cover every value or pair of values within what ends the same way: a rule hides those below it, so that
 * combinations of everything would hardly reach the last ones.
 */
export function coveringByEnd<Row extends object>(
  rows: Iterable<Row>,
  endOf: (row: Row) => string,
  strength: Strength,
): Row[] {
  const byEnd = new Map<string, Row[]>();
  for (const row of rows) {
    const end = endOf(row);
    if (!byEnd.get(end)?.push(row)) byEnd.set(end, [row]);
  }
  return [...byEnd.values()].flatMap((same) => covering(same, (row) => termsOf(row, strength)));
}

function termsOf(row: object, strength: Strength): string[] {
  const values = Object.entries(row).map(([name, value]) => `${name}=${String(value)}`);
  if (strength === 1) return values;
  return values.flatMap((one, at) => values.slice(at + 1).map((other) => `${one} ${other}`));
}

function shuffle<Row>(rows: readonly Row[], seed: number): Row[] {
  const random = new SeededRandom(seed);
  const shuffled = [...rows];
  for (let index = shuffled.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random.fraction() * (index + 1));
    [shuffled[index], shuffled[other]] = [shuffled[other]!, shuffled[index]!];
  }
  return shuffled;
}
