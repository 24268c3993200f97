import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CATEGORY_OF } from '../../src/cognito/quotas.ts';
import { filesBelow } from '../encryption/encryption-bench.ts';
import { startCliBench, type CliBench } from '../support/cli.ts';
import { createConfiguredPool, SECRETS, type ConfiguredPool } from '../support/configured-pool.ts';
import { backupDocument, diffDocument } from './json-contract.ts';

let bench: CliBench;
let sdk: CognitoIdentityProvider;
let pool: ConfiguredPool;
let secrets: readonly string[];
let identity: string;
let recipient: string;

beforeAll(async () => {
  bench = await startCliBench();
  sdk = new CognitoIdentityProvider({
    endpoint: bench.simulator.endpoint,
    region: bench.simulator.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  pool = await createConfiguredPool(sdk);
  secrets = [pool.clientSecret, ...Object.values(SECRETS)];
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  await writeFile(bench.path('key.txt'), `${identity}\n`);
});
afterAll(async () => {
  sdk?.destroy();
  await bench?.close();
});

const backup = (...more: readonly string[]) => bench.json(['backup', '--pool', pool.poolId, ...more]);

function leaked(bytes: Uint8Array | string): readonly string[] {
  const text = Buffer.from(bytes).toString('latin1');
  return secrets.filter((secret) => text.includes(secret));
}

async function leakedBelow(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [path, bytes] of await filesBelow(folder)) {
    found.push(...leaked(path.endsWith('.gz') ? gunzipSync(bytes) : bytes));
  }
  return found;
}

describe('the configuration of a pool, by the command', () => {
  it('is refused with its secrets where nothing is encrypted, before anything is read', async () => {
    const before = { ...bench.simulator.counters.calls };
    for (const more of [[], ['--unencrypted', '--passphrase-file', 'key.txt']]) {
      const { exitCode, document } = await backup('--vault', 'refused', '--include-secrets', ...more);
      expect({ exitCode, code: document['code'] }).toEqual({ exitCode: 2, code: 'usage' });
    }
    expect(bench.simulator.counters.calls).toEqual(before);
    await expect(readFile(bench.path('refused', 'vault.json'))).rejects.toThrow(/ENOENT/);
  });

  it('stands in the vault without a secret, and the output says so', async () => {
    const { exitCode, document } = await backup('--vault', 'plain');
    expect(exitCode).toBe(0);
    expect(backupDocument.parse(document)).toMatchObject({
      configuration: { client: 2, 'identity-provider': 2, domain: 1 },
    });
    expect(document['notCaptured']).toContainEqual({
      kind: 'client-secrets',
      reason: 'secrets-not-included',
      count: 1,
    });
    expect(document['notCaptured']).not.toContainEqual(expect.objectContaining({ kind: 'ui-images' }));
    expect(await leakedBelow(bench.path('plain'))).toEqual([]);
    const { stdout } = await bench.run(['show', 'latest', '--vault', 'plain']);
    expect(stdout).toMatch(/Settings .*2 clients/);
    expect(stdout).toContain('1 client secret, 2 identity provider secrets (left out');
  });

  it('keeps its secrets, encrypted, and no command prints them', async () => {
    const { exitCode, document } = await backup('--vault', 'sealed', '--include-secrets', '--encrypt-to', recipient);
    expect(exitCode).toBe(0);
    expect(await leakedBelow(bench.path('sealed'))).toEqual([]);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const part = `sealed/pools/${pool.poolId}/snapshots/${document['snapshot'].id}/config.jsonl.gz.age`;
    expect(leaked(gunzipSync(await decrypter.decrypt(await readFile(bench.path(part)))))).toEqual(secrets);
    for (const command of [
      ['show', 'latest', '--config'],
      ['show', 'latest', '--config', 'client'],
      ['show', 'latest', '--config', 'identity-provider', '--json'],
      ['verify', 'latest', '--pool', pool.poolId, '--details', '--json'],
      ['diff', 'latest', `pool:${pool.poolId}`, '--details'],
    ]) {
      const result = await bench.run([...command, '--vault', 'sealed', '--identity', 'key.txt']);
      expect({ ...result, leaked: leaked(result.stdout + result.stderr) }, command.join(' ')).toMatchObject({
        exitCode: 0,
        leaked: [],
      });
    }
  });

  it('is compared field by field, unless that is not wanted', async () => {
    await backup('--vault', 'drift');
    const { poolId: UserPoolId, web: ClientId } = pool;
    await sdk.updateUserPoolClient({ UserPoolId, ClientId, ClientName: 'web', CallbackURLs: ['https://evil.example'] });

    const compare = ['verify', 'latest', '--vault', 'drift', '--pool', UserPoolId, '--exit-code'];
    const { exitCode, document } = await bench.json(compare);
    expect(exitCode).toBe(6);
    expect(document).toMatchObject({
      differences: { missing: 0, extra: 0, changed: 0 },
      configuration: { changed: 1, differences: [{ kind: 'changed', resource: 'client', key: ClientId }] },
    });
    const text = await bench.run(compare);
    expect(text.stdout).toContain(`~ client ${ClientId}`);
    expect(text.stdout).toContain('CallbackURLs[]: none → https://evil.example');
    expect((await bench.json([...compare, '--no-config'])).exitCode).toBe(0);
    const diff = await bench.json(['diff', 'latest', `pool:${UserPoolId}`, '--vault', 'drift', '--exit-code']);
    expect(diff.exitCode).toBe(6);
    expect(diffDocument.parse(diff.document)).toMatchObject({ configuration: { changed: 1 } });
  });

  it('may be forbidden as a whole: the backup is as good as before, and names what it lacks', async () => {
    const reads = Object.entries(CATEGORY_OF).filter(
      ([name, category]) => /ResourceRead|ClientRead/.test(category) && name !== 'ListGroups',
    );
    bench.simulator.faults.add(...reads.map(([operation]) => ({ kind: 'access-denied', operation }) as const));
    const { exitCode, document } = await backup('--vault', 'poor');
    bench.simulator.faults.clear();
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({ status: 'complete', configuration: {} });
    const denied = document['notCaptured'].filter(({ reason }: { reason: string }) => reason === 'not-authorized');
    expect(denied.length).toBeGreaterThan(8);
    expect((await bench.run(['verify', 'latest', '--vault', 'poor'])).exitCode).toBe(0);
  });
});
