import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ImportJobs } from './import-jobs.ts';
import type { ImportPool, ImportRow } from './import-pool.ts';

const ROLE = 'arn:aws:iam::123456789012:role/CognitoImportLogs';
const DURATIONS = { pendingMs: 1000, inProgressMs: 1000, perRowMs: 10, stoppingMs: 500 };
const HEADER = 'cognito:username,email,email_verified';

let nowMs: number;
let jobs: ImportJobs;
let server: Server;
let users: Map<string, ImportRow>;

const makePool = (id: string, more: Partial<ImportPool> = {}): ImportPool => ({
  id,
  csvHeader: () => HEADER.split(','),
  autoVerifiedAttributes: ['email'],
  usernameAttributes: [],
  mfa: 'OFF',
  importUser: (row) => {
    if (row.username.startsWith('bad')) return { failed: 'The user data does not match the schema.' };
    if (users.has(row.username)) return 'skipped';
    users.set(row.username, row);
    return 'imported';
  },
  ...more,
});
const pool = makePool('eu-central-1_Test00000');

beforeEach(async () => {
  nowMs = Date.parse('2026-11-22T12:00:00.000Z');
  users = new Map();
  server = createServer((request, response) => void jobs.handleUpload(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let state = 1;
  jobs = new ImportJobs({
    clock: () => nowMs,
    endpoint: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accountId: '123456789012',
    region: 'eu-central-1',
    random: () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    },
    durations: DURATIONS,
  });
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const create = (target = pool, more: object = {}) =>
  jobs.create(target, { JobName: 'restore', UserPoolId: target.id, CloudWatchLogsRoleArn: ROLE, ...more })
    .UserImportJob;
const ofJob = (JobId: string) => ({ UserPoolId: pool.id, JobId });
const describeJob = (JobId: string) => jobs.describe(pool, ofJob(JobId)).UserImportJob;
const upload = (
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = { 'x-amz-server-side-encryption': 'aws:kms' },
) => fetch(url, { method: 'PUT', headers, body });
const codeOf = async (response: Response) => [response.status, /<Code>(.*)<\/Code>/.exec(await response.text())?.[1]];
const row = (username: string): string => `${username},${username}@example.com,true`;

const startWith = async (rows: readonly string[], header = HEADER): Promise<string> => {
  const job = create();
  expect((await upload(job.PreSignedUrl, [header, ...rows].join('\n'))).status).toBe(200);
  jobs.start(pool, ofJob(job.JobId));
  return job.JobId;
};

describe('the life of a job', () => {
  test('passes through its states by the clock and imports as it goes', async () => {
    const job = create(pool, { PasswordHashingAlgorithm: 'BCRYPT' });
    expect(job).toMatchObject({
      JobName: 'restore',
      UserPoolId: pool.id,
      Status: 'Created',
      CreationDate: nowMs / 1000,
      CloudWatchLogsRoleArn: ROLE,
      ImportedUsers: 0,
      PasswordHashingAlgorithm: 'BCRYPT',
    });
    expect(job.JobId).toMatch(/^import-[0-9a-zA-Z]{10}$/);
    await upload(job.PreSignedUrl, [HEADER, ...Array.from({ length: 100 }, (_, at) => row(`u${at}`))].join('\n'));
    nowMs += 60_000;
    const startedMs = nowMs;
    expect(jobs.start(pool, ofJob(job.JobId)).UserImportJob).toMatchObject({
      Status: 'Pending',
      StartDate: startedMs / 1000,
    });
    nowMs = startedMs + 999;
    expect(describeJob(job.JobId).Status).toBe('Pending');
    nowMs = startedMs + 2000;
    expect(describeJob(job.JobId)).toMatchObject({ Status: 'InProgress', ImportedUsers: 50 });
    expect(jobs.isImporting(pool.id)).toBe(true);
    nowMs = startedMs + 9999;
    expect(describeJob(job.JobId)).toMatchObject({
      Status: 'Succeeded',
      ImportedUsers: 100,
      CompletionDate: (startedMs + 3000) / 1000,
      CompletionMessage: 'Import Job Completed Successfully.',
    });
    expect(jobs.isImporting(pool.id)).toBe(false);
    expect(users.size).toBe(100);
  });

  test('succeeds with skipped and failed rows, logged by line number', async () => {
    users.set('there', { username: 'there', attributes: [] });
    const JobId = await startWith([
      row('new'),
      row('there'),
      row('bad'),
      'two words,x@example.com,true',
      'unverified,y@example.com,false',
    ]);
    nowMs += 60_000;
    expect(describeJob(JobId)).toMatchObject({
      Status: 'Succeeded',
      ImportedUsers: 1,
      SkippedUsers: 1,
      FailedUsers: 3,
    });
    expect(jobs.rowLog(JobId).map((entry) => [entry.lineNumber, entry.result])).toEqual([
      [2, 'SUCCEEDED'],
      [3, 'SKIPPED'],
      [4, 'FAILED'],
      [5, 'FAILED'],
      [6, 'FAILED'],
    ]);
    expect(jobs.rowLog(JobId)[4]?.message).toContain('auto verified attributes');
  });

  test('fails on a wrong header and imports nobody', async () => {
    const JobId = await startWith([row('a')], 'cognito:username,email');
    nowMs += 1000;
    expect(describeJob(JobId)).toMatchObject({
      Status: 'Failed',
      ImportedUsers: 0,
      CompletionMessage: 'The header in the CSV file does not match the expected headers.',
    });
    expect(users.size).toBe(0);
  });

  test('fails when too many of its users fail or are skipped', async () => {
    const half = Array.from({ length: 200 }, (_, at) => row(at % 2 === 0 ? `u${at}` : `bad${at}`));
    const tolerated = await startWith(half);
    nowMs += 60_000;
    expect(describeJob(tolerated).Status).toBe('Succeeded');
    const JobId = await startWith([
      ...half.map((line) => line.replace('u', 'v')).slice(0, 99),
      ...Array.from({ length: 60 }, (_, at) => row(`bad${at}`)),
    ]);
    nowMs += 60_000;
    expect(describeJob(JobId)).toMatchObject({
      Status: 'Failed',
      CompletionMessage: expect.stringContaining('Too many users'),
    });
    expect(jobs.rowLog(JobId)).toHaveLength(101);
  });

  test('stops midway and keeps what it imported', async () => {
    const JobId = await startWith(Array.from({ length: 100 }, (_, at) => row(`u${at}`)));
    nowMs += 2000;
    expect(jobs.stop(pool, ofJob(JobId)).UserImportJob).toMatchObject({ Status: 'Stopping', ImportedUsers: 50 });
    nowMs += 500;
    expect(describeJob(JobId)).toMatchObject({ Status: 'Stopped', ImportedUsers: 50 });
    expect(() => jobs.stop(pool, ofJob(JobId))).toThrow(
      expect.objectContaining({ name: 'PreconditionNotMetException' }),
    );
  });

  test('expires when it is not started within a day', async () => {
    const job = create();
    await upload(job.PreSignedUrl, HEADER);
    nowMs += 24 * 3600 * 1000;
    expect(describeJob(job.JobId).Status).toBe('Expired');
    expect(() => jobs.start(pool, ofJob(job.JobId))).toThrow(
      expect.objectContaining({ name: 'PreconditionNotMetException' }),
    );
  });
});

describe('what is refused', () => {
  const refused = (call: () => unknown, name: string): void => expect(call).toThrow(expect.objectContaining({ name }));

  test.each([
    ['no role', { CloudWatchLogsRoleArn: undefined }],
    ['a role that is no ARN', { CloudWatchLogsRoleArn: 'CognitoImportLogsRole1' }],
    ['the ARN of something else', { CloudWatchLogsRoleArn: 'arn:aws:iam::123456789012:user/someone' }],
    ['an empty name', { JobName: '' }],
    ['a name with a slash', { JobName: 'a/b' }],
    ['an unknown algorithm', { PasswordHashingAlgorithm: 'MD5' }],
  ])('creating with %s', (_fault, change) => {
    refused(() => create(pool, change), 'InvalidParameterException');
  });

  test('starting before the upload, in a pool without auto-verified contact, or a second job of the account', async () => {
    refused(() => jobs.start(pool, ofJob(create().JobId)), 'PreconditionNotMetException');
    const bare = makePool('eu-central-1_Bare00000', { autoVerifiedAttributes: [] });
    const bareJob = create(bare);
    await upload(bareJob.PreSignedUrl, HEADER);
    refused(() => jobs.start(bare, { UserPoolId: bare.id, JobId: bareJob.JobId }), 'PreconditionNotMetException');
    const other = makePool('eu-central-1_Other0000');
    const otherJob = create(other);
    await upload(otherJob.PreSignedUrl, HEADER);
    await startWith([row('a')]);
    const startOther = () => jobs.start(other, { UserPoolId: other.id, JobId: otherJob.JobId });
    refused(startOther, 'PreconditionNotMetException');
    nowMs += 60_000;
    expect(startOther().UserImportJob.Status).toBe('Pending');
  });

  test('the 1,001st job of a pool', () => {
    for (let made = 0; made < 1000; made += 1) create();
    refused(() => create(), 'LimitExceededException');
    expect(create(makePool('eu-central-1_Other0000')).Status).toBe('Created');
  });

  test('a job of another pool', () => {
    const { JobId } = create();
    refused(() => jobs.describe(makePool('eu-central-1_Other0000'), { JobId }), 'ResourceNotFoundException');
    refused(() => jobs.describe(pool, { JobId: 'import-none' }), 'ResourceNotFoundException');
    refused(() => jobs.describe(pool, { JobId: 'none' }), 'InvalidParameterException');
  });
});

describe('the upload', () => {
  test('wants the encryption header, the signature and the URL to be fresh', async () => {
    const { PreSignedUrl } = create();
    expect(await codeOf(await upload(PreSignedUrl, HEADER, {}))).toEqual([403, 'SignatureDoesNotMatch']);
    expect(await codeOf(await upload(PreSignedUrl, HEADER, { 'x-amz-server-side-encryption': 'AES256' }))).toEqual([
      403,
      'SignatureDoesNotMatch',
    ]);
    expect(await codeOf(await upload(PreSignedUrl.slice(0, -1), HEADER))).toEqual([403, 'SignatureDoesNotMatch']);
    expect(await codeOf(await fetch(PreSignedUrl))).toEqual([403, 'SignatureDoesNotMatch']);
    expect(await codeOf(await upload(PreSignedUrl.replace('import-', 'import-x'), HEADER))).toEqual([
      403,
      'AccessDenied',
    ]);
    nowMs += 15 * 60 * 1000 - 1;
    expect((await upload(PreSignedUrl, HEADER)).status).toBe(200);
    nowMs += 1;
    expect(await codeOf(await upload(PreSignedUrl, HEADER))).toEqual([403, 'AccessDenied']);
  });

  test('wants a length, of at most 100 MB', async () => {
    const { PreSignedUrl } = create();
    const chunked = fetch(PreSignedUrl, {
      method: 'PUT',
      headers: { 'x-amz-server-side-encryption': 'aws:kms' },
      body: new Blob([HEADER]).stream(),
      duplex: 'half',
    });
    expect(await codeOf(await chunked)).toEqual([501, 'NotImplemented']);
    expect(await codeOf(await upload(PreSignedUrl, Buffer.alloc(100_000_001)))).toEqual([400, 'EntityTooLarge']);
    expect((await upload(PreSignedUrl, Buffer.alloc(100_000_000))).status).toBe(200);
  });
});

test('jobs are listed newest first in pages', () => {
  const made: string[] = [];
  for (let job = 0; job < 5; job += 1) made.unshift(create().JobId);
  create(makePool('eu-central-1_Other0000'));
  const listed: string[] = [];
  let PaginationToken: string | undefined;
  do {
    const page = jobs.list(pool, { UserPoolId: pool.id, MaxResults: 2, PaginationToken });
    listed.push(...page.UserImportJobs.map((job) => job.JobId));
    PaginationToken = page.PaginationToken;
  } while (PaginationToken !== undefined);
  expect(listed).toEqual(made);
  for (const MaxResults of [undefined, 0, 61]) {
    expect(() => jobs.list(pool, { MaxResults })).toThrow(
      expect.objectContaining({ name: 'InvalidParameterException' }),
    );
  }
});
