import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect } from '../../test/fakes/collect.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { join, partition } from './join.ts';
import { Partition } from './partition.ts';
import { Workspace } from './workspace.ts';

interface Item {
  readonly key: string;
  readonly value: string;
}

const keyOf = (item: Item): string => item.key;

function workspaceOf(options: { readonly expectedRecords?: number; readonly memoryBytes?: number } = {}): Workspace {
  return new Workspace({ runtime: manualRuntime(), expectedRecords: 0, ...options });
}

async function* slowly<Value>(values: Iterable<Value>): AsyncIterable<Value> {
  for (const value of values) {
    await Promise.resolve();
    yield value;
  }
}

/** What a join has to answer, by the plainest means. */
function joinedPlainly(left: readonly Item[], right: readonly Item[]) {
  const keys = [...new Set([...left, ...right].map(keyOf))].sort();
  return keys.map((key) => ({
    key,
    left: left.filter((item) => item.key === key),
    right: right.filter((item) => item.key === key),
  }));
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('__proto__', 'constructor', '', '\u0000', '\ud800', '\udc00x', 'é', 'e\u0301', '😀', '\u2028\n"\\'),
);
const items = fc.array(fc.record({ key: anyText, value: anyText }), { maxLength: 60 });

describe('join', () => {
  it('brings equal keys together, in memory and spilled, whatever the text', async () => {
    await fc.assert(
      fc.asyncProperty(
        items,
        items,
        fc.constantFrom(0, 100, 1_000_000),
        fc.constantFrom(0, 9_000),
        async (left, right, memoryBytes, expectedRecords) => {
          const workspace = workspaceOf({ memoryBytes, expectedRecords });
          const lefts = await partition(workspace, slowly(left), keyOf);
          const rights = await partition(workspace, slowly(right), keyOf);
          const joined = await collect(join(workspace, lefts, rights));
          await workspace.close();
          expect(joined.sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual(joinedPlainly(left, right));
          expect([lefts.waitingBytes, rights.waitingBytes]).toEqual([0, 0]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps one skewed key and thousands of others apart', async () => {
    const workspace = workspaceOf({ expectedRecords: 400_000, memoryBytes: 5_000 });
    const left = Array.from({ length: 600 }, (_, index) => ({
      key: index % 2 === 0 ? 'same' : `k${index}`,
      value: `${index}`,
    }));
    const lefts = await partition(workspace, slowly(left), keyOf);
    const rights = await partition(workspace, slowly([{ key: 'same', value: 'r' }]), keyOf);
    const joined = await collect(join(workspace, lefts, rights));
    await workspace.close();
    expect(joined).toHaveLength(301);
    expect(joined.find(({ key }) => key === 'same')).toMatchObject({ left: { length: 300 }, right: [{ value: 'r' }] });
  });

  it('loses nothing when one join is read while additions elsewhere make its records go to disk', async () => {
    const workspace = workspaceOf({ expectedRecords: 64_000, memoryBytes: 3_000 });
    const pipeline = async (name: string): Promise<number> => {
      const source = Array.from({ length: 300 }, (_, index) => ({
        key: `${name}-${index}`,
        value: 'x'.repeat(index % 40),
      }));
      const lefts = await partition(workspace, slowly(source), keyOf);
      const rights = await partition(workspace, slowly(source), keyOf);
      const next = new Partition<Item>(workspace, keyOf);
      for await (const { left } of join(workspace, lefts, rights)) for (const item of left) await next.add(item);
      const last = await collect(join(workspace, next, new Partition<Item>(workspace, keyOf)));
      return last.length;
    };
    expect(await Promise.all([pipeline('a'), pipeline('b'), pipeline('c')])).toEqual([300, 300, 300]);
    await workspace.close();
  });
});
