import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mixedPool } from '../../src/simulator/seeds/mixed-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { startCliBench, type CliBench } from '../support/cli.ts';
import { filesBelow } from '../encryption/encryption-bench.ts';

const PASSPHRASE = 'correct horse battery staple';
const hasAge = spawnSync('age', ['--version']).status === 0;

let bench: CliBench;
let pool: string;
let recipient: string;
let kmsKey: string;
let id: string;

beforeAll(async () => {
  bench = await startCliBench();
  pool = plantSeed(bench.simulator, mixedPool({ users: 40, groups: 3 }));
  kmsKey = bench.simulator.kms.createKey().arn;
  const identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  await writeFile(bench.path('key.txt'), `# a remark\n${identity}\n`);
  await writeFile(bench.path('other.txt'), `${await generateX25519Identity()}\n`);
  await writeFile(bench.path('recipients.txt'), `# offline\n${recipient}\n`);
  await writeFile(bench.path('passphrase.txt'), `${PASSPHRASE}\n`);
  const keys = ['--encrypt-to', '@recipients.txt', '--kms-key', kmsKey, '--passphrase-file', 'passphrase.txt'];
  const { exitCode: code, document } = await bench.json(['backup', '--pool', pool, '--vault', 'vault', ...keys]);
  expect(code).toBe(0);
  id = document['snapshot'].id;
});
afterAll(() => bench.close());

const folder = () => `vault/pools/${pool}/snapshots/${id}`;

describe('an encrypted vault, by the command', () => {
  it.each([
    ['the private key', ['--identity', 'key.txt'], {}],
    ['the passphrase', ['--passphrase-file', 'passphrase.txt'], {}],
    ['KMS', [], {}],
    ['the private key that the environment names', [], { COGNITO_BACKUP_IDENTITY: 'key.txt' }],
  ])('is verified with %s', async (what, args, env) => {
    const key = bench.simulator.kms.keys.get(kmsKey)!;
    if (what === 'KMS') key.denied.clear();
    else key.denied.add('Decrypt');
    const { exitCode: code, document } = await bench.json(['verify', id, '--vault', 'vault', ...args], { env });
    expect(code).toBe(0);
    expect(document).toMatchObject({ ok: true, checked: { totals: { users: bench.simulator.pool(pool).size } } });
  });

  it.each([
    ['no key', [], 'kms-refused'],
    ['a wrong key', ['--identity', 'other.txt'], 'kms-refused'],
  ])('says with %s what would open it, and ends with 5', async (_what, args, error) => {
    bench.simulator.kms.keys.get(kmsKey)!.denied.add('Decrypt');
    const { exitCode: code, document } = await bench.json(['verify', id, '--vault', 'vault', ...args]);
    expect({ code, error: document['code'] }).toEqual({ code: 5, error });
  });

  it('holds no secret and nobody in the clear', async () => {
    const identity = (await readFile(bench.path('key.txt'), 'utf8')).split('\n')[1]!;
    const people = [...bench.simulator.pool(pool).users()];
    const canaries = [identity, 'AGE-SECRET-KEY', PASSPHRASE, ...people.map(({ sub }) => sub)];
    for (const [path, bytes] of await filesBelow(bench.path('vault'))) {
      expect(
        canaries.filter((canary) => bytes.includes(canary)),
        path,
      ).toEqual([]);
    }
  });

  it('keeps its own key under the passphrase, as an identity file of age', async () => {
    const decrypter = new Decrypter();
    decrypter.addPassphrase(PASSPHRASE);
    const identity = await decrypter.decrypt(await readFile(bench.path(folder(), 'key-passphrase.age')), 'text');
    const byHand = new Decrypter();
    byHand.addIdentity(identity.trim());
    const part = await readFile(bench.path(folder(), 'pool.json.gz.age'));
    expect(JSON.parse(gunzipSync(await byHand.decrypt(part)).toString())).toMatchObject({ id: pool });
  });

  it.skipIf(!hasAge)('opens with age, zcat and jq as FORMAT.md says (needs the age command)', async () => {
    const script = `set -eu
      cd "${bench.path(folder())}"
      jq -r '.parts[] | "\\(.sha256)  \\(.path)"' manifest.json | sha256sum -c --quiet
      jq -r '.parts[] | select(.kind == "users") | .path' manifest.json |
        while read -r part; do age -d -i "${bench.path('key.txt')}" "$part" | zcat; done | jq -r .sub | sort`;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const subs = [...bench.simulator.pool(pool).users()].map(({ sub }) => sub).sort();
    expect(stdout.trim().split('\n')).toEqual(subs);
  });

  it('plans a restore with the private key, and is refused in the clear from then on', async () => {
    const standby = bench.simulator.createPool({ ...mixedPool({ users: 40, groups: 3 }).config });
    const args = ['restore', id, '--pool', standby, '--vault', 'vault', '--identity', 'key.txt', '--dry-run'];
    bench.simulator.kms.keys.get(kmsKey)!.denied.clear();
    const planned = await bench.json(args);
    expect(planned.exitCode).toBe(0);
    expect(planned.document).toMatchObject({ dryRun: true });
    const plain = await bench.json(['backup', '--pool', pool, '--vault', 'vault']);
    expect({ code: plain.exitCode, error: plain.document['code'] }).toEqual({ code: 2, error: 'refused' });
  });

  it.each([
    [['--encrypt-to', 'ssh-ed25519 AAAA'], /Not a public key of age/],
    [['--encrypt-to', 'AGE-SECRET-KEY-1XYZ'], /private key is given where a public one/],
    [['--kms-key', 'alias/backup'], /Not the ARN of a KMS key/],
    [['--encrypt-to', '@nowhere.txt'], /Cannot read the recipients file/],
    [['--unencrypted', '--kms-key', 'arn:aws:kms:eu-central-1:123456789012:key/1'], /Both --unencrypted/],
  ])('refuses %j before anything is written', async (args, message) => {
    const { exitCode: code, stderr } = await bench.run(['backup', '--pool', pool, '--vault', 'new', ...args]);
    expect(code === 2 || code === 7).toBe(true);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('1XYZ');
    await expect(readFile(bench.path('new/vault.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
