import { describe, expect, it } from 'vitest';
import { BackupError } from '../model/errors.ts';
import type { BackupEvent } from '../model/events.ts';
import { parsePoolId } from '../model/ids.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import { fakeGateway } from './fake-gateway.ts';
import type { ImportJob, OperationName } from './gateway.ts';
import { adoptActiveJob, runImportJob } from './import-job.ts';

const poolId = parsePoolId('eu-central-1_Example01');
const base: ImportJob = { jobId: 'import-1', name: 'n', state: 'Created', imported: 0, skipped: 0, failed: 0 };
const created: ImportJob = { ...base, preSignedUrl: 'https://upload' };
const job = (state: ImportJob['state'], failed = 0): ImportJob => ({ ...base, state, failed });
const rejected = (awsName: string) => new BackupError('rejected', 'x', { awsName });

type Answers = Partial<Record<OperationName, readonly unknown[]>>;

function setUp(answers: Answers) {
  const runtime = manualRuntime();
  const events: BackupEvent[] = [];
  const counts = new Map<OperationName, number>();
  const gateway = fakeGateway(({ operation }) => {
    const index = counts.get(operation) ?? 0;
    counts.set(operation, index + 1);
    const list = answers[operation] ?? [];
    const answer = list[Math.min(index, list.length - 1)];
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const observer = (event: BackupEvent) => void events.push(event);
  const options = { poolId, roleArn: 'arn:role', csvPath: '/tmp/x.csv', name: 'n', runtime, observer };
  return { runtime, events, gateway, options };
}

describe('runImportJob', () => {
  it('creates, uploads, starts and polls, ever more slowly, to the end', async () => {
    const { runtime, events, gateway, options } = setUp({
      CreateUserImportJob: [created],
      StartUserImportJob: [job('Pending')],
      DescribeUserImportJob: [...Array.from({ length: 8 }, () => job('InProgress')), job('Succeeded', 3)],
    });
    expect(await runImportJob(gateway, { ...options, hashes: 'bcrypt' })).toEqual(job('Succeeded', 3));
    expect(gateway.uploads).toEqual(['/tmp/x.csv']);
    expect(gateway.sent[0]?.request).toEqual({ poolId, name: 'n', roleArn: 'arn:role', hashes: 'bcrypt' });
    expect(runtime.sleeps[0]).toBe(2000);
    expect(runtime.sleeps.at(-1)).toBe(15_000);
    expect(events.at(-1)).toMatchObject({ kind: 'import-job', state: 'Succeeded', failed: 3 });
  });

  it('gives a failed job back as it is', async () => {
    const { gateway, options } = setUp({
      CreateUserImportJob: [created],
      StartUserImportJob: [job('Pending')],
      DescribeUserImportJob: [job('Failed', 9)],
    });
    expect((await runImportJob(gateway, options)).state).toBe('Failed');
  });

  it.each(['CreateUserImportJob', 'StartUserImportJob'] as const)(
    'says that another job is active when %s hits the limit',
    async (operation) => {
      const { gateway, options } = setUp({
        CreateUserImportJob: [created],
        DescribeUserImportJob: [created],
        [operation]: [rejected('LimitExceededException')],
        ...(operation === 'CreateUserImportJob'
          ? {}
          : { StartUserImportJob: [rejected('PreconditionNotMetException')] }),
      });
      await expect(runImportJob(gateway, options)).rejects.toMatchObject({ code: 'locked' });
    },
  );

  it('goes on when the start was refused because its lost first attempt had started the job', async () => {
    const { gateway, options } = setUp({
      CreateUserImportJob: [created],
      StartUserImportJob: [rejected('PreconditionNotMetException')],
      DescribeUserImportJob: [job('InProgress'), job('Succeeded')],
    });
    expect((await runImportJob(gateway, options)).state).toBe('Succeeded');
  });

  it('says that the pool takes no import job', async () => {
    const { gateway, options } = setUp({ CreateUserImportJob: [rejected('PreconditionNotMetException')] });
    await expect(runImportJob(gateway, options)).rejects.toMatchObject({ code: 'import-failed' });
  });

  it('stops polling when the signal aborts', async () => {
    const abort = new AbortController();
    const { gateway, options } = setUp({
      CreateUserImportJob: [created],
      StartUserImportJob: [job('Pending')],
      DescribeUserImportJob: [job('InProgress')],
    });
    const observer = (event: BackupEvent) => {
      if (event.kind === 'import-job' && event.state === 'InProgress') abort.abort();
    };
    const run = runImportJob(gateway, { ...options, observer, signal: abort.signal });
    await expect(run).rejects.toMatchObject({ code: 'interrupted' });
  });
});

describe('adoptActiveJob', () => {
  it('follows the active job, on whatever page it is listed', async () => {
    const { gateway, options, events } = setUp({
      ListUserImportJobs: [
        { items: [job('Created'), job('Succeeded')], nextToken: 't' },
        { items: [{ ...job('Stopping'), jobId: 'import-7' }] },
      ],
      DescribeUserImportJob: [{ ...job('Stopped'), jobId: 'import-7' }],
    });
    expect(await adoptActiveJob(gateway, poolId, options)).toMatchObject({ jobId: 'import-7', state: 'Stopped' });
    expect(events[0]).toEqual({ kind: 'resumed', what: 'import-job', id: 'import-7' });
  });

  it('finds nothing where no job is active', async () => {
    const { gateway, options } = setUp({ ListUserImportJobs: [{ items: [job('Created'), job('Expired')] }] });
    expect(await adoptActiveJob(gateway, poolId, options)).toBeUndefined();
  });
});
