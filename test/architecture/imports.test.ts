import { beforeAll, describe, expect, it } from 'vitest';
import { cyclesOf, isTestCode, roomOf, ROOMS, violationsOf } from './directions.ts';
import { importsOf, scanImports, type SourceFile } from './scan-imports.ts';

describe('the imports of src/', () => {
  let files: readonly SourceFile[];

  beforeAll(async () => {
    files = await scanImports('src');
  });

  it('run in the directions of the architecture', () => {
    expect(violationsOf(files)).toEqual([]);
  });

  it('make no cycle', () => {
    expect(cyclesOf(files)).toEqual([]);
  });

  it('lead to files that exist, or to a folder for tests', () => {
    const known = new Set(files.map(({ path }) => path));
    const lost = files.flatMap(({ path, imports }) =>
      imports.flatMap(({ file }) => (file?.startsWith('src/') && !known.has(file) ? [`${path} → ${file}`] : [])),
    );
    expect(lost).toEqual([]);
  });

  it('were read: every room has files, and known imports are among them', () => {
    const shipped = files.filter(({ path }) => !isTestCode(path));
    expect(shipped.length).toBeGreaterThan(150);
    expect(new Set(shipped.map(({ path }) => roomOf(path)))).toEqual(new Set(ROOMS));
    const compose = shipped.find(({ path }) => path === 'src/compose.ts');
    expect(compose?.imports.map(({ file }) => file)).toContain('src/cognito/client.ts');
    const packages = new Set(shipped.flatMap(({ imports }) => imports.map(({ specifier }) => specifier)));
    expect(packages).toContain('@aws-sdk/client-s3');
    expect(packages).toContain('@aws-sdk/client-cognito-identity-provider');
  });
});

describe('the check of directions', () => {
  const file = (path: string, text: string): SourceFile => ({ path, imports: importsOf(path, text) });
  const problems = (path: string, text: string): string[] => violationsOf([file(path, text)]);

  it.each([
    ['src/model/user.ts', `import { now } from '../runtime/runtime.ts';`],
    ['src/model/user.ts', `import { readFile } from 'node:fs/promises';`],
    ['src/storage/s3.ts', `import type { CognitoGateway } from '../cognito/gateway.ts';`],
    ['src/cognito/client.ts', `export * from '../storage/storage.ts';`],
    ['src/cognito/client.ts', `import { S3Client } from '@aws-sdk/client-s3';`],
    ['src/operations/backup.ts', `export { main } from '../cli/main.ts';`],
    ['src/operations/backup.ts', `const lazy = () => import('../simulator/simulator.ts');`],
    ['src/operations/backup.ts', `type Gateway = import('../compose.ts').Gateways;`],
    ['src/runs/run-record.ts', `import { planGroups } from '../plan/plan-groups.ts';`],
    ['src/cli/commands/backup.ts', `import { startSimulator } from '../../simulator/simulator.ts';`],
    ['src/lambda/clean.handler.ts', `import { terminal } from '../cli/terminal.ts';`],
    ['src/simulator/server.ts', `import type { User } from '../model/user.ts';`],
    ['src/plan/scope.ts', `import { vault } from '../fakes/memory-storage.ts';`],
    ['src/apply/step.ts', `import { Sha256 } from '@smithy/core';`],
    ['src/extras/new.ts', `import { User } from '../model/user.ts';`],
  ])('objects to %s: %s', (path, text) => {
    expect(problems(path, text)).toHaveLength(1);
  });

  it.each([
    ['src/runs/run-record.ts', `import type { KnownPair } from '../plan/match-users.ts';`],
    ['src/runs/run-record.ts', `import { type KnownPair } from '../plan/match-users.ts';`],
    ['src/cli/simulate.ts', `import { startSimulator } from '../simulator/simulator.ts';`],
    ['src/cli/commands/demo.ts', `const lazy = () => import('../../simulator/simulator.ts');`],
    ['src/plan/scope.test.ts', `import { vault } from '../fakes/memory-storage.ts';`],
    ['src/csv/rfc4180.ts', `// import '../cli/main.ts'\nexport const text = "import '../cli/main.ts'";`],
  ])('is content with %s: %s', (path, text) => {
    expect(problems(path, text)).toEqual([]);
  });

  it('finds a cycle through types', () => {
    const cycle = [
      file('src/plan/a.ts', `import type { B } from './b.ts';`),
      file('src/plan/b.ts', `export type { A } from './c.ts';`),
      file('src/plan/c.ts', `import './a.ts';`),
    ];
    expect(cyclesOf(cycle)).toEqual(['src/plan/a.ts → src/plan/b.ts → src/plan/c.ts → src/plan/a.ts']);
  });
});
