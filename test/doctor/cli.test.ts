import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allReads } from '../../src/operations/doctor/command-needs.ts';
import { isMutation } from '../support/dying-gateway.ts';
import { startCliBench, type CliBench } from '../support/cli.ts';
import { doctorDocument, probedDocument } from '../e2e/json-contract.ts';

const FAST = ['--max-rps', '1000'];
const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';

let bench: CliBench;
let pool: string;
let vault: readonly string[];

beforeAll(async () => {
  bench = await startCliBench();
  pool = bench.simulator.createPool({
    AutoVerifiedAttributes: ['email'],
    DeletionProtection: 'ACTIVE',
    EmailConfiguration: {
      EmailSendingAccount: 'DEVELOPER',
      SourceArn: 'arn:aws:ses:eu-central-1:123456789012:identity/x',
    },
  });
  bench.simulator.pool(pool).addUser({ username: 'ada', attributes: [['email', 'ada@example.com']] });
  vault = ['--vault', 's3://bucket/vault'];
  const backup = await bench.run(['backup', '--pool', pool, ...vault, ...FAST]);
  expect(backup.exitCode, backup.stderr).toBe(0);
});
afterAll(async () => {
  expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
  await bench.close();
});

const doctor = (...more: readonly string[]): string[] => ['doctor', '--pool', pool, ...FAST, ...more];
const poolNames = (): readonly string[] => {
  const { UserPools } = bench.simulator.configure('ListUserPools', { MaxResults: 60 });
  return (UserPools as readonly { readonly Id: string }[]).map(({ Id }) => Id);
};

describe('doctor, by the command', () => {
  it('ends with 0 where nothing is worse than a warning, and with 3 under --strict', async () => {
    const lax = await bench.run(doctor(...vault));
    expect(lax.exitCode, lax.stderr).toBe(0);
    expect(lax.stdout).toContain('▲ The newest snapshot is not encrypted');
    expect(lax.stdout).toMatch(/▲ Look after what is marked: \d warnings, \d notes?, \d fine/);
    expect((await bench.run(doctor(...vault, '--strict'))).exitCode).toBe(3);
  });

  it('ends with 3 for a problem, and says what to type', async () => {
    const { exitCode, stdout } = await bench.run(doctor('--vault', 's3://bucket/vault', '--max-age', '0s'));
    expect(exitCode).toBe(3);
    expect(stdout).toContain(`cognito-backup backup --pool ${pool} --vault s3://bucket/vault`);
    const absent = await bench.run(doctor('--vault', bench.path('nowhere')));
    expect(absent.exitCode).toBe(3);
    expect(absent.stdout).toContain('cannot be read: vault-not-found');
  });

  it('prints one document that programs can rely on', async () => {
    const { exitCode, document } = await bench.json(doctor(...vault, '--target', pool));
    expect(exitCode).toBe(0);
    expect(doctorDocument.parse(document)).toBeDefined();
    expect(document).toMatchObject({ level: 'warning', probe: null, vault: 's3://bucket/vault', target: { id: pool } });
    expect(document['quotas']).toHaveLength(6);
  });

  it.each([
    ['keeps nothing', { versioned: false, objectLock: false }, 'versioning-off', 'object-lock-off'],
    ['keeps versions', { versioned: true, objectLock: false }, 'versioning-on', 'object-lock-off'],
    ['may lock', { versioned: true, objectLock: true }, 'versioning-on', 'object-lock-no-default'],
  ])('asks S3 about a bucket that %s', async (_what, settings, ...codes) => {
    Object.assign(bench.simulator.s3.putBucket('bucket'), settings);
    const { document } = await bench.json(doctor(...vault));
    const found = (document['findings'] as readonly { readonly code: string }[]).map(({ code }) => code);
    expect(found).toEqual(expect.arrayContaining(codes));
  });

  it('says that S3 does not say', async () => {
    const { faults } = bench.simulator.s3;
    faults.add({ operation: 'GetBucketVersioning', effect: { status: 403, code: 'AccessDenied' } });
    const { exitCode, stdout } = await bench.run(doctor(...vault));
    faults.clear();
    expect(exitCode).toBe(0);
    expect(stdout).toContain('GetBucketVersioning: AccessDenied');
  });

  it('prints the policy of a command', async () => {
    const { stdout } = await bench.run(doctor('--policy', 'clean'));
    const text = stdout.slice(stdout.indexOf('{'), stdout.lastIndexOf('}') + 1);
    const { Statement } = JSON.parse(text) as { readonly Statement: readonly { readonly Action: readonly string[] }[] };
    expect(Statement.flatMap(({ Action }) => Action)).toContain('cognito-idp:AdminDeleteUser');
    const ofVault = await bench.run(doctor(...vault, '--policy', 'vault'));
    expect(ofVault.stdout).toContain('"arn:aws:s3:::bucket/vault/*"');
    expect((await bench.run(doctor('--policy', 'vault'))).stdout).toContain('There is no IAM policy for a vault');
  });

  it('fails for a pool that is not there, and for credentials that nobody accepts', async () => {
    const absent = await bench.json(['doctor', '--pool', 'eu-central-1_Nobody001', ...FAST]);
    expect(absent).toMatchObject({ exitCode: 7, document: { code: 'pool-not-found' } });
    bench.simulator.faults.add({ kind: 'expired-token' });
    const expired = await bench.json(doctor());
    bench.simulator.faults.clear();
    expect(expired).toMatchObject({ exitCode: 4, document: { code: 'credentials' } });
  });

  it.each([
    ['no pool', ['doctor'], '--pool'],
    ['an unknown policy', ['doctor', '--pool', 'eu-central-1_AbCdEfGhI', '--policy', 'everything'], 'One of backup'],
    ['an age that is none', ['doctor', '--pool', 'eu-central-1_AbCdEfGhI', '--max-age', 'long'], 'span of time'],
    ['--yes without --probe', ['doctor', '--pool', 'eu-central-1_AbCdEfGhI', '--yes'], '--probe'],
    ['a role without --probe', ['doctor', '--pool', 'eu-central-1_AbCdEfGhI', '--import-role', ROLE], '--probe'],
    [
      'a profile without --target',
      ['doctor', '--pool', 'eu-central-1_AbCdEfGhI', '--target-profile', 'default'],
      '--target',
    ],
  ])('ends with 2 for %s', async (_what, args, hint) => {
    const { exitCode, stderr } = await bench.run(args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(hint);
  });

  it('names no user, and writes nothing', async () => {
    const { stdout, stderr } = await bench.run(doctor(...vault, '--target', pool, '--json'));
    expect(stdout + stderr).not.toContain('ada');
    const reads: ReadonlySet<string> = allReads();
    const { calls } = bench.simulator.counters;
    expect(Object.keys(calls).filter((name) => !reads.has(name))).toEqual([]);
    expect([...allReads()].filter(isMutation)).toEqual([]);
  });
});

describe('doctor --probe, by the command', () => {
  it('asks nothing of anybody without a yes', async () => {
    const { exitCode, stderr } = await bench.run(doctor('--probe'));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--yes');
    expect(poolNames()).toEqual([pool]);
  });

  it('prints facts with their dates and the Region, and leaves no pool', async () => {
    const { exitCode, document } = await bench.json(doctor(...vault, '--probe', '--yes', '--import-role', ROLE));
    expect(exitCode).toBe(0);
    const { probe } = probedDocument.parse(document);
    expect(probe.remains).toBeNull();
    const verdicts = Object.fromEntries(probe.facts.map(({ id, verdict }) => [id, verdict]));
    expect(verdicts).toMatchObject({
      'prefix-listing-complete': 'observed',
      'import-job-throughput': 'observed',
      'mau-of-reads-and-deletes': 'unproven',
    });
    expect(poolNames()).toEqual([pool]);
    const text = await bench.run(doctor('--probe', '--yes'));
    expect(text.stdout).toContain('Asked of Cognito in eu-central-1');
    expect(text.stdout).toContain('unproven: Pass --import-role ARN');
    expect(text.stdout).toMatch(/scratch pool eu-central-1_\w+ is deleted/);
    expect(poolNames()).toEqual([pool]);
  });
});
