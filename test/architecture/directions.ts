import type { SourceFile } from './scan-imports.ts';

/** The rooms of `src/`: its folders and its two files; in `cli`, what starts the simulator stands apart. */
export const ROOMS = [
  'model',
  'runtime',
  'storage',
  'encryption',
  'signing',
  'join',
  'csv',
  'cognito',
  'snapshot',
  'plan',
  'runs',
  'apply',
  'operations',
  'compose',
  'index',
  'cli',
  'cli/simulator',
  'lambda',
  'simulator',
] as const;
export type Room = (typeof ROOMS)[number];

const HEART: readonly Room[] = [
  'model',
  'runtime',
  'storage',
  'encryption',
  'signing',
  'signing',
  'join',
  'csv',
  'cognito',
  'snapshot',
  'plan',
  'runs',
  'apply',
];

/** What each room may import besides itself (docs/ARCHITECTURE.md). */
const MAY_IMPORT: { readonly [room in Room]: readonly Room[] } = {
  model: [],
  runtime: ['model'],
  storage: ['model', 'runtime'],
  encryption: ['model', 'runtime'],
  signing: ['model', 'runtime'],
  join: ['model', 'runtime'],
  csv: ['model', 'runtime'],
  cognito: ['model', 'runtime'],
  snapshot: ['model', 'runtime', 'storage', 'encryption', 'signing'],
  plan: ['model', 'join', 'csv'],
  runs: ['model', 'runtime', 'storage', 'encryption', 'snapshot', 'plan'],
  apply: ['model', 'runtime', 'csv', 'cognito', 'plan'],
  operations: HEART,
  compose: [...HEART, 'operations'],
  index: [...HEART, 'operations', 'compose'],
  cli: [...HEART, 'operations', 'compose', 'cli/simulator'],
  'cli/simulator': [...HEART, 'operations', 'compose', 'cli', 'simulator'],
  lambda: [...HEART, 'operations', 'compose'],
  simulator: [],
};

/** Where the values of a room may go no further than its types. */
const TYPES_ONLY: { readonly [room in Room]?: readonly Room[] } = { runs: ['plan'] };

/** Packages that are one room's business. */
const OWNERS: { readonly [specifier: string]: readonly Room[] } = {
  '@aws-sdk/client-cognito-identity-provider': ['cognito'],
  '@aws-sdk/client-kms': ['encryption'],
  '@aws-sdk/client-s3': ['storage'],
  '@smithy/signature-v4': ['cognito'],
  'age-encryption': ['encryption'],
  '@clack/prompts': ['cli', 'cli/simulator'],
  bcryptjs: ['simulator'],
  commander: ['cli', 'cli/simulator'],
  'csv-parse': ['csv'],
  'csv-stringify': ['csv'],
  picocolors: ['cli', 'cli/simulator'],
};

/** Rooms whose meaning must not depend on the machine they run on. */
const PURE: readonly Room[] = ['model', 'plan'];

export function roomOf(path: string): Room | undefined {
  if (/^src\/cli\/(commands\/)?(simulate|demo|seeds)([^/]*\.ts$|\/)/.test(path)) return 'cli/simulator';
  const name = /^src\/(index|compose)\.ts$|^src\/([^/]+)\//.exec(path);
  return ROOMS.find((room) => room === (name?.[1] ?? name?.[2]));
}

/** Not shipped: tests, and what only tests use. */
export function isTestCode(path: string): boolean {
  return !path.startsWith('src/') || path.endsWith('.test.ts') || path.includes('/testing/');
}

/** What is wrong with the imports of the files that ship, one line each. */
export function violationsOf(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !isTestCode(path))
    .flatMap(({ path, imports }) =>
      imports.flatMap(({ specifier, file, isTypeOnly }) => {
        const from = roomOf(path);
        const problem = from === undefined ? 'stands in no room' : problemOf(from, specifier, file, isTypeOnly);
        return problem === undefined ? [] : [`${path} imports ${specifier}: ${problem}`];
      }),
    );
}

function problemOf(from: Room, specifier: string, file: string | undefined, isTypeOnly: boolean): string | undefined {
  if (file === undefined) return packageProblemOf(from, specifier);
  if (isTestCode(file)) return 'test code does not ship';
  const to = roomOf(file);
  if (to === undefined) return 'it stands in no room';
  if (to === from) return undefined;
  if (!MAY_IMPORT[from].includes(to)) return `${from} must not know ${to}`;
  if (TYPES_ONLY[from]?.includes(to) && !isTypeOnly) return `${from} may know no more than the types of ${to}`;
  return undefined;
}

function packageProblemOf(from: Room, specifier: string): string | undefined {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const owners = OWNERS[name];
  if (owners && !owners.includes(from)) return `${name} belongs to ${owners.join(', ')}`;
  if (/^@(aws-sdk|smithy)\//.test(name) && !owners) return `no room owns ${name}`;
  if (PURE.includes(from)) return `${from} is pure`;
  return undefined;
}

/** Cycles of files, each as its path of imports; types count too. */
export function cyclesOf(files: readonly SourceFile[]): string[] {
  const imports = new Map(files.map(({ path, imports: all }) => [path, all.flatMap(({ file }) => file ?? [])]));
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(' → '));
    if (start >= 0 || finished.has(path)) return;
    for (const next of imports.get(path) ?? []) visit(next, [...trail, path]);
    finished.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return cycles;
}
