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

/**
 * Rows in which every combination of values of `strength` dimensions occurs that occurs in all of them (strength 2:
 * pairwise). Greedy: rows that bring much that is new first, then less, in a seeded order.
 */
export function coveringRows<Row extends object>(rows: readonly Row[], strength: 2 | 3, seed = 1): Row[] {
  const shuffled = shuffle(rows, seed);
  const keysOf = tupleKeys(rows, strength);
  const covered = new Set<number>();
  const chosen: Row[] = [];
  for (const share of [0.5, 0.25, 0.1, 0]) {
    for (const row of shuffled) {
      const keys = keysOf(row);
      const fresh = keys.filter((key) => !covered.has(key));
      if (fresh.length <= keys.length * share) continue;
      chosen.push(row);
      for (const key of fresh) covered.add(key);
    }
  }
  return chosen;
}

/** Numbers for the combinations of `strength` values in a row. */
function tupleKeys<Row extends object>(rows: readonly Row[], strength: 2 | 3): (row: Row) => number[] {
  const names = Object.keys(rows[0] ?? {}) as (keyof Row)[];
  const numbers = new Map<unknown, number>();
  const numberOf = (at: number, value: unknown): number => {
    const key = `${at}:${String(value)}`;
    if (!numbers.has(key)) numbers.set(key, numbers.size + 1);
    return numbers.get(key)!;
  };
  const memo = new Map<Row, number[]>(rows.map((row) => [row, names.map((name, at) => numberOf(at, row[name]))]));
  const base = numbers.size + 1;
  return (row) => {
    const values = memo.get(row)!;
    const keys: number[] = [];
    for (let a = 0; a < values.length; a += 1) {
      for (let b = a + 1; b < values.length; b += 1) {
        const pair = values[a]! * base + values[b]!;
        if (strength === 2) keys.push(pair);
        else for (let c = b + 1; c < values.length; c += 1) keys.push(pair * base + values[c]!);
      }
    }
    return keys;
  };
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
