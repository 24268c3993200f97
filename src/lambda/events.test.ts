import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { cleanEvent, exportEvent, importEvent } from './events.ts';

const SOURCE = 'eu-central-1_AbCdEfGhI';
const TARGET = 'eu-central-1_IhGfEdCbA';
const VAULT = 's3://backups/vault';

/** The names in the first cell of each row of a table. */
function fieldsOf(text: string): readonly string[] {
  const cells = [...text.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
}

describe('the events of the functions', () => {
  it.each(Object.entries({ exportEvent, cleanEvent, importEvent }))(
    '%s becomes a JSON Schema with every field described',
    (_, schema) => {
      const json = z.toJSONSchema(schema) as { properties: Record<string, { description?: string }> } & Record<
        string,
        unknown
      >;
      expect(json).toMatchObject({ type: 'object', additionalProperties: false, description: expect.any(String) });
      for (const [name, { description }] of Object.entries(json.properties)) {
        expect(description, name).toMatch(/\.$/);
      }
    },
  );

  it('stand in docs/CLI.md field by field, and no other field does', async () => {
    const manual = await readFile(new URL('../../docs/CLI.md', import.meta.url), 'utf8');
    const section = manual.slice(manual.indexOf('\n## Functions\n'), manual.indexOf('\n## Environment\n'));
    const [common = '', ...own] = section.split(/^\*\*(?:export|clean|import)\*\* /m).map(fieldsOf);
    for (const [index, schema] of [exportEvent, cleanEvent, importEvent].entries()) {
      const { properties } = z.toJSONSchema(schema) as { properties: object };
      expect([...common, ...(own[index] ?? [])].toSorted()).toEqual(Object.keys(properties).toSorted());
    }
  });

  it('need no more than the pools, the vault and what is meant', () => {
    expect(exportEvent.safeParse({ poolId: SOURCE, vault: VAULT }).success).toBe(true);
    expect(cleanEvent.safeParse({ target: TARGET, sourcePoolId: SOURCE, confirm: TARGET, vault: VAULT }).success).toBe(
      true,
    );
    expect(importEvent.safeParse({ target: TARGET, vault: VAULT, snapshot: 'latest' }).success).toBe(true);
    expect(importEvent.safeParse({ target: TARGET, vault: VAULT, csv: 's3://backups/csv/1/' }).success).toBe(true);
  });

  it.each([
    ['poolId', { poolId: 'AbCdEfGhI', vault: VAULT }],
    ['vault', { poolId: SOURCE, vault: '/tmp/vault' }],
    ['vault', { poolId: SOURCE }],
    ['listing', { poolId: SOURCE, vault: VAULT, listing: 'twice' }],
    ['secondPass', { poolId: SOURCE, vault: VAULT, listing: 'single', secondPass: true }],
    [
      'continue.snapshot',
      { poolId: SOURCE, vault: VAULT, continue: { phase: 'csv', snapshot: '../x', durationMs: 1 } },
    ],
  ])('an export is told that %s is wrong', (field, event) => {
    expect(exportEvent.safeParse(event).error?.issues[0]?.path.join('.')).toBe(field);
  });

  it.each([
    ['csv', { target: TARGET, vault: VAULT }],
    ['csv', { target: TARGET, vault: VAULT, csv: 's3://b/users.csv', snapshot: 'latest' }],
    ['csv', { target: TARGET, vault: VAULT, csv: 's3://b/users' }],
    ['snapshot', { target: TARGET, vault: VAULT, snapshot: 'latest', groups: 's3://b/groups.csv' }],
    ['passwords', { target: TARGET, vault: VAULT, snapshot: 'latest', passwords: 'temporary' }],
    ['importRole', { target: TARGET, vault: VAULT, snapshot: 'latest', importRole: 'import' }],
  ])('an import is told that %s is wrong', (field, event) => {
    expect(importEvent.safeParse(event).error?.issues[0]?.path[0]).toBe(field);
  });

  it('refuse fields that they do not know, and answers that are already final', () => {
    const event = { poolId: SOURCE, vault: VAULT };
    expect(exportEvent.safeParse({ ...event, pool: SOURCE }).success).toBe(false);
    expect(exportEvent.safeParse({ ...event, done: true }).success).toBe(false);
    expect(exportEvent.safeParse({ ...event, done: false }).success).toBe(true);
  });
});
