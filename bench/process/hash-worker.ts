import { createReadStream } from 'node:fs';
import { withHashes } from '../../src/operations/values/with-hashes.ts';
import type { DesiredValue } from '../../src/plan/desired.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';

/** Reads a file of hashes and joins it with as many users, in a process of its own; the rest of a restore is left out. */
const { path = '', users = 0 } = JSON.parse(process.argv[2] ?? '{}') as {
  readonly path?: string;
  readonly users?: number;
};
const value: DesiredValue = {
  fingerprint: '',
  source: undefined,
  scope: { values: 'exact', existing: 'skip', deletes: false, onlyUsers: [], onlyGroups: [] },
  expectedUsers: users,
  groups: [],
  readUsers: async (take) => {
    for (let number = 0; number < users; number += 1) await take(userNamed(number));
  },
  readMemberships: undefined,
  membershipKey: ({ sub }) => sub ?? '',
};
const file = { name: 'hashes.csv', read: () => createReadStream(path) };
const { value: hashed } = await withHashes(value, file, { runtime: realRuntime });
let withHash = 0;
await hashed.readUsers(async ({ passwordHash }) => {
  if (passwordHash !== undefined) withHash += 1;
});
process.stdout.write(JSON.stringify({ withHash }));

function userNamed(number: number) {
  const username = `user-${number}`;
  return {
    username,
    sub: `${number.toString(16).padStart(8, '0')}-1111-4222-8333-444455556666`,
    status: 'CONFIRMED' as const,
    enabled: true,
    attributes: [
      ['email', `${username}@example.com`],
      ['email_verified', 'true'],
      ['name', `Somebody Called ${number}`],
      ['locale', 'en-GB'],
    ] as const,
  };
}
