import { readFile, stat, writeFile } from 'node:fs/promises';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../support/effort.ts';
import { filesBelow, startCanaryBench, type CanaryBench } from './canary-bench.ts';
import { COGNITO_ECHOES } from './echoing-service.ts';
import { DIGITS, markedEmail, markedName, WORD } from './marks.ts';

const FAST = ['--max-rps', '1000'];
const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const FOREIGN = 'arn:aws:iam::999999999999:role/foreign';
/** Marked like people, and as secret. */
const CLIENT_SECRET = `${WORD}_client_secret_000000000`;
const PROVIDER_SECRET = `${WORD}-provider-secret`;
const PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----\n${WORD}${DIGITS}\n-----END PRIVATE KEY-----`;

let bench: CanaryBench;
let open: string[];
let snapshot: string;
let names = 0;

beforeAll(async () => {
  bench = await startCanaryBench();
  const configure = (operation: string, request: object) =>
    bench.simulator.configure(operation, { UserPoolId: bench.source, ...request });
  configure('CreateUserPoolClient', { ClientName: 'app', ClientSecret: CLIENT_SECRET });
  configure('CreateIdentityProvider', {
    ProviderName: 'Corporate',
    ProviderType: 'OIDC',
    ProviderDetails: {
      client_id: 'oidc-id',
      client_secret: PROVIDER_SECRET,
      attributes_request_method: 'GET',
      oidc_issuer: 'https://login.example.com',
      authorize_scopes: 'openid',
    },
  });
  const apple = { client_id: 'a', team_id: 't', key_id: 'k', private_key: PRIVATE_KEY, authorize_scopes: 'email' };
  configure('CreateIdentityProvider', {
    ProviderName: 'SignInWithApple',
    ProviderType: 'SignInWithApple',
    ProviderDetails: apple,
  });
  const identity = await generateX25519Identity();
  await writeFile(bench.path('identity'), `${identity}\n`);
  await writeFile(bench.path('secrets.json'), JSON.stringify({ SignInWithApple: { private_key: PRIVATE_KEY } }));
  open = ['--vault', bench.path('vault'), '--identity', bench.path('identity')];
  const sealing = ['--encrypt-to', await identityToRecipient(identity), '--include-secrets'];
  const { json } = await bench.sweep(() => ['backup', '--pool', bench.source, ...open, ...sealing, ...FAST]);
  snapshot = `${bench.source}@${JSON.parse(json.stdout).snapshot.id}`;
});
afterEach(async () => {
  bench.proxy.reset();
  await bench.expectNothingLeft();
});
afterAll(() => bench.close());

const newName = (): string => `risen-${(names += 1)}`;

function restore(...more: readonly string[]): string[] {
  const target = more.includes('--new-pool') ? [] : ['--new-pool', newName()];
  return ['restore', snapshot, ...target, '--map-arn', `${FOREIGN}=${ROLE}`, ...open, ...FAST, ...more];
}

/** Makes known whom the new pools hold: their `sub` is one that no test chose. */
function addNewPeople(): void {
  const { UserPools } = bench.simulator.configure('ListUserPools', { MaxResults: 60 });
  for (const { Id } of UserPools as readonly { readonly Id: string }[]) {
    bench.net.add(...[...bench.simulator.pool(Id).users()].map(({ sub }) => sub));
  }
}

describe('nothing that a restore into a new pool prints names anybody, or holds a secret:', () => {
  it('its plan', async () => {
    const { plain } = await bench.sweep(() => restore('--dry-run'));
    expect(plain.exitCode, plain.stderr).toBe(0);
    expect(plain.stdout).toContain('Made, in this order');
  });

  it('what it made, and handed over; the client secrets are in the file for its owner alone, those of providers in none', async () => {
    const { plain, json } = await bench.sweep((run) =>
      restore('--yes', '--provider-secrets', bench.path('secrets.json'), '--write-env', bench.path(`${run}.env`)),
    );
    // Twins of the pool are in conflict in no new pool; nothing else is left.
    expect(plain.exitCode, plain.stderr + plain.stdout).toBe(0);
    expect(plain.stdout).toContain('Hand-over');
    expect(JSON.parse(json.stdout).handOver.clients).toMatchObject([{ name: 'app', secret: 'kept' }]);
    for (const run of ['plain', 'json', 'live']) {
      const path = bench.path(`${run}.env`);
      const text = await readFile(path, 'utf8');
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect(text).toContain(`COGNITO_CLIENT_SECRET_APP=${CLIENT_SECRET}\n`);
      const rest = text.replace(CLIENT_SECRET, '');
      addNewPeople();
      expect(bench.net.caught({ name: path, text: rest })).toEqual([]);
    }
  });

  it('the same with temporary passwords, and with hashes by import job', async () => {
    const temporary = (run: string): string[] =>
      restore('--yes', '--passwords', 'temporary', '--password-file', bench.path(`passwords-${run}`));
    const first = await bench.sweep(temporary);
    expect(first.plain.exitCode, first.plain.stderr).toBe(0);
    const kept = (await readFile(bench.path('passwords-json'), 'utf8')).trim().split('\n');
    bench.net.add(...kept.map((line) => (JSON.parse(line) as { temporaryPassword: string }).temporaryPassword));
    const hash = `$2b$10$${WORD}${WORD}${WORD}${WORD}${WORD}${WORD}abcde`;
    await writeFile(bench.path('hashes.csv'), `username,hash\n${markedName('plain')},${hash}\n`);
    const hashes = ['--hashes', bench.path('hashes.csv'), '--import-role', ROLE];
    const second = await bench.sweep(() => restore('--yes', ...hashes));
    expect([0, 3], second.plain.stderr).toContain(second.plain.exitCode);
    await writeFile(bench.path('broken.csv'), `username,hash\n${markedName('plain')},${WORD}\n`);
    const broken = await bench.sweep(() =>
      restore('--yes', '--hashes', bench.path('broken.csv'), '--import-role', ROLE),
    );
    expect(broken.plain.exitCode).toBe(2);
  });

  it('what it refuses', async () => {
    await writeFile(bench.path('bad.json'), JSON.stringify({ SignInWithApple: PRIVATE_KEY, [markedEmail('x')]: 1 }));
    for (const [args, exitCode] of [
      [['--provider-secrets', bench.path('bad.json')], 2],
      [['--only-user', markedEmail('nobody'), '--yes'], 7],
      [['--config-only', '--users-only'], 2],
      [[], 2],
    ] as const) {
      const { plain } = await bench.sweep(() => restore(...args));
      expect(plain.exitCode, plain.stderr).toBe(exitCode);
    }
  });

  it('what is in the vault of it', async () => {
    addNewPeople();
    const files = await filesBelow(bench.path('vault'));
    const runs = files.filter(({ path }) => path.startsWith('runs/'));
    expect(runs.length).toBeGreaterThan(5);
    // All of it is encrypted but the records of runs, which name nobody.
    for (const { path, text } of files) expect(bench.net.caught({ name: path, text: `${path}\n${text}` })).toEqual([]);
    expect(files.filter(({ mode }) => mode !== 0o600)).toEqual([]);
  });
});

const ECHOED = effort({
  ordinary: ['InvalidParameterException', 'a text with status 200'],
  long: [
    'InvalidParameterException',
    'AccessDeniedException',
    'a refusal named by what it quotes',
    'a text with status 200',
  ],
});
const OPERATIONS = [
  'ListUserPools',
  'CreateUserPool',
  'CreateIdentityProvider',
  'CreateUserPoolClient',
  'SetUserPoolMfaConfig',
  'CreateGroup',
  'AdminCreateUser',
  'UpdateUserPool',
  'DescribeUserPoolClient',
  'DescribeIdentityProvider',
];

describe('an answer that quotes somebody, or a secret, goes no further:', () => {
  it.each(OPERATIONS)('of %s', async (operation) => {
    for (const [what, echo] of COGNITO_ECHOES.filter(([name]) => ECHOED.includes(name))) {
      bench.proxy.reset();
      const body = echo.body.replaceAll(markedEmail('quoted'), `${CLIENT_SECRET} ${PROVIDER_SECRET}`);
      const raw = { type: 'application/x-amz-json-1.1', status: echo.status, body };
      bench.proxy.arm({ kind: 'not-json', operation, nth: 1, times: 1, answer: () => raw });
      const args = ['--yes', '--provider-secrets', bench.path('secrets.json')];
      const result = await bench.look(restore(...args, ...(what.startsWith('a text') ? [] : ['--json'])));
      expect(result.exitCode).toBeTypeOf('number');
      expect(bench.proxy.fired()).toBe(1);
    }
  });
});
