import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carry } from '../../csv/carriage.ts';
import { headerFromSchema } from '../../csv/header-from-schema.ts';
import { encodeHeader, encodeRow } from '../../csv/import-dialect.ts';
import type { PoolDescription } from '../../model/pool.ts';
import type { Attribute } from '../../model/user.ts';
import { readImportFile } from '../../simulator/import-jobs/import-file.ts';
import type { ImportPool } from '../../simulator/import-jobs/import-pool.ts';
import { parseRow } from '../../simulator/import-jobs/import-row.ts';

const flags = { mutable: true, required: false, developerOnly: false };
const pool = {
  schema: [{ name: 'custom:note', type: 'String', ...flags }],
  autoVerifiedAttributes: ['email', 'phone_number'],
  usernameAttributes: [],
} as unknown as PoolDescription;
const header = headerFromSchema(pool.schema, { passwordHash: true });

function readBySimulator(row: string, mfa: PoolDescription['mfa'], usernameAttributes: readonly string[]) {
  const file = readImportFile(Buffer.from(`${encodeHeader(header)}\n${row}\n`), header);
  if ('unreadable' in file) throw new Error(file.unreadable);
  expect(file.lines).toHaveLength(1);
  const importPool: ImportPool = {
    id: '',
    csvHeader: () => [...header],
    importUser: () => 'imported',
    autoVerifiedAttributes: pool.autoVerifiedAttributes,
    usernameAttributes,
    mfa,
  };
  return parseRow(file.lines[0] ?? '', { pool: importPool, columns: file.columns, hashAlgorithm: 'ARGON2ID' });
}

describe('what is carried', () => {
  it('is read by the independent parser of the simulator exactly, and never refused', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.string({
        unit: fc.constantFrom(',', '\\', '"', '\n', '\r', ' ', '\t', 'a', '😀', '\ufeff', '='),
        maxLength: 5,
      }),
      fc.constantFrom('2000-02-29', '1990-02-30', 'true', 'false', 'TRUE', '0', '-1', '+15550100', '1700000000'),
    );
    const name = fc.constantFrom(...header.filter((column) => !column.startsWith('cognito:')), 'sub', 'identities');
    const attributes = fc.uniqueArray(fc.tuple(name, value), { selector: ([column]) => column, maxLength: 5 });
    const mfa = fc.constantFrom('OFF', 'ON', 'OPTIONAL');
    const signIn = fc.constantFrom<('email' | 'phone_number')[]>([], [], ['email'], ['phone_number', 'email']);
    let carried = 0;
    fc.assert(
      fc.property(
        value,
        attributes,
        mfa,
        signIn,
        fc.boolean(),
        (username, given, mfaMode, usernameAttributes, hashed) => {
          const verified: Attribute[] = [
            ['email', 'a,b@example.com'],
            ['email_verified', 'true'],
          ];
          const taken = new Set(given.map(([column]) => column));
          const all = [...given, ...verified.filter(([column]) => !taken.has(column))];
          const passwordHash = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA';
          const carriage = carry(
            { username, attributes: all },
            ...([{ ...pool, mfa: mfaMode, usernameAttributes }, header, hashed ? { passwordHash } : {}] as const),
          );
          if (carriage.kind === 'cannot') return;
          carried += 1;
          const row = readBySimulator(encodeRow(header, carriage.cells), mfaMode, usernameAttributes);
          if ('failed' in row) throw new Error(row.failed);
          const wanted = all.filter(([column]) => column !== 'sub' && column !== 'identities');
          expect(new Map(row.attributes)).toEqual(new Map(wanted));
          expect(row.passwordHash).toBe(hashed ? passwordHash : undefined);
          if (usernameAttributes.length === 0) expect(row.username).toBe(username);
        },
      ),
      { numRuns: 3000, seed: 20261122 },
    );
    expect(carried).toBeGreaterThan(300);
  });
});
