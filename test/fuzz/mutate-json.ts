import fc from 'fast-check';

/**
 * A JSON value as it is written: members in order, so that a name may come twice or be `__proto__`, which no JavaScript
 * object can say.
 */
export type Tree =
  | { readonly kind: 'leaf'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Tree[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [name: string, value: Tree])[] };

/** The text of valid documents after a few changes to their structure: values, names, members, order. */
export function mutatedJson(documents: readonly string[]): fc.Arbitrary<string> {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom(...VALUES), fc.constantFrom(...NAMES)), {
    minLength: 0,
    maxLength: 4,
  });
  return fc.tuple(fc.constantFrom(...documents), fc.boolean(), changes).map(([document, pretty, all]) => {
    let tree = treeOf(JSON.parse(document) as unknown);
    for (const [place, how, value, name] of all) tree = changeAt(tree, place % sizeOf(tree), { how, value, name });
    return pretty ? `${JSON.stringify(JSON.parse(textOf(tree)), undefined, 2)}\n` : textOf(tree);
  });
}

/** Values that break readers: wrong types, edges of numbers, texts that are names of members, nesting. */
const VALUES: readonly string[] = [
  'null true false 0 -0 -1 1.5 1e308 1e999 9007199254740993 2 4294967296'.split(' '),
  '"" "__proto__" "\\ud800" "\\u0000" "../../x" "2026-13-45T99:99:99.999Z" "A" "s3://"'.split(' '),
  '[] {} [[]] [null] {"__proto__":{"polluted":true}} {"constructor":{"prototype":{"polluted":1}}}'.split(' '),
  `${'['.repeat(60)}${']'.repeat(60)}`,
  `"${'x'.repeat(5_000)}"`,
].flat();
/** Deep enough to break a reader that calls itself. */
export const DEEP_JSON: readonly string[] = [
  `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
];

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toJSON',
  'hasOwnProperty',
  'then',
  '',
  'digest',
  'format',
  'x',
];

function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(treeOf) };
  if (typeof value === 'object' && value !== null) {
    return { kind: 'object', members: Object.entries(value).map(([name, member]) => [name, treeOf(member)]) };
  }
  return { kind: 'leaf', text: JSON.stringify(value) };
}

function textOf(tree: Tree): string {
  switch (tree.kind) {
    case 'leaf':
      return tree.text;
    case 'list':
      return `[${tree.items.map(textOf).join(',')}]`;
    case 'object':
      return `{${tree.members.map(([name, value]) => `${JSON.stringify(name)}:${textOf(value)}`).join(',')}}`;
    default:
      return tree satisfies never;
  }
}

function sizeOf(tree: Tree): number {
  return 1 + childrenOf(tree).reduce((sum, child) => sum + sizeOf(child), 0);
}

function childrenOf(tree: Tree): readonly Tree[] {
  if (tree.kind === 'leaf') return [];
  return tree.kind === 'list' ? tree.items : tree.members.map(([, value]) => value);
}

interface Change {
  readonly how: number;
  readonly value: string;
  readonly name: string;
}

/** Changes the node with that number, counted depth first from 0. */
function changeAt(tree: Tree, place: number, change: Change): Tree {
  if (place === 0) return changed(tree, change);
  let left = place - 1;
  const into = (child: Tree): Tree => {
    const size = sizeOf(child);
    const isHere = left >= 0 && left < size;
    const result = isHere ? changeAt(child, left, change) : child;
    left = isHere ? -1 : left - size;
    return result;
  };
  if (tree.kind === 'list') return { kind: 'list', items: tree.items.map(into) };
  if (tree.kind === 'object')
    return { kind: 'object', members: tree.members.map(([name, value]) => [name, into(value)]) };
  return tree;
}

function changed(tree: Tree, { how, value, name }: Change): Tree {
  const leaf: Tree = { kind: 'leaf', text: value };
  if (tree.kind === 'leaf' || how % 5 === 0) return leaf;
  const at = how % (childrenOf(tree).length || 1);
  if (tree.kind === 'list') return { kind: 'list', items: changedItems(tree.items, how, leaf, at) };
  switch (how % 4) {
    case 0:
      return { kind: 'object', members: tree.members.filter((_, index) => index !== at) };
    case 1:
      return { kind: 'object', members: [...tree.members, [name, leaf]] };
    case 2:
      return {
        kind: 'object',
        members: tree.members.map(([old, member], index) => [index === at ? name : old, member]),
      };
    default: {
      // The same name twice: the later one wins in JavaScript.
      const again = tree.members[at];
      return { kind: 'object', members: again ? [...tree.members, [again[0], leaf]] : tree.members };
    }
  }
}

function changedItems(items: readonly Tree[], how: number, leaf: Tree, at: number): readonly Tree[] {
  if (how % 3 === 0) return items.filter((_, index) => index !== at);
  if (how % 3 === 1) return [...items, leaf];
  const again = items[at];
  return again ? [...items, again] : items;
}
