import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportJob } from '../../../cognito/gateway.ts';
import { encodeHeader, encodeRow } from '../../../csv/import-dialect.ts';
import { cannotWriteTemporary } from '../../../runtime/temporary-data.ts';
import { createUnnamedFile } from '../../../runtime/unnamed-file.ts';
import type { Probe, ProbeAnswer, ProbeContext } from './probe-fact.ts';
import { PROBE_USERS, probeEmail } from './probe-users.ts';

const ROWS = 200;
/** Longer than this is not waited for a job; it is then stopped. */
const LONGEST_JOB_MS = 150_000;
const LOOK_EVERY_MS = 2_000;
const FINAL: ReadonlySet<ImportJob['state']> = new Set(['Stopped', 'Succeeded', 'Failed', 'Expired']);

export const headerProbe: Probe = {
  id: 'newer-infrastructure',
  question: 'Does the header of import files tell the newer infrastructure, which takes password hashes?',
  async ask({ gateway, pool, signal }) {
    const header = await gateway.send('GetCSVHeader', { poolId: pool.id }, signal);
    const hasHash = header.includes('password_hash');
    return {
      verdict: 'observed',
      tried: 'GetCSVHeader of a pool made today',
      observed: `${header.length} columns, password_hash ${hasHash ? 'among them' : 'not among them'}`,
    };
  },
};

export const importProbe: Probe = {
  id: 'import-job-throughput',
  question: 'How many users a second does an import job create?',
  ask: (context) =>
    withRole(context, async (roleArn) => {
      const { job, tookMs } = await runJob(context, roleArn);
      const rate = tookMs > 0 ? Math.round(job.imported / (tookMs / 1_000)) : job.imported;
      return {
        verdict: job.state === 'Succeeded' ? 'observed' : 'inconclusive',
        tried: `A job of ${ROWS} rows, watched every ${LOOK_EVERY_MS / 1_000} s from its start to its end`,
        observed: `${stateText(job)} in ${Math.round(tookMs / 1_000)} s, ${rate} a second, waiting for its turn included`,
      };
    }),
};

export const thresholdProbe: Probe = {
  id: 'import-job-threshold',
  question: 'Does a job fail when most of its rows are skipped?',
  ask: (context) =>
    withRole(context, async (roleArn) => {
      const { job } = await runJob(context, roleArn);
      return {
        verdict: FINAL.has(job.state) && job.skipped > 0 ? 'observed' : 'inconclusive',
        tried: `The same ${ROWS} rows once more: every user is there already`,
        observed: stateText(job),
      };
    }),
};

async function withRole(
  { importRole }: ProbeContext,
  ask: (roleArn: string) => Promise<ProbeAnswer>,
): Promise<ProbeAnswer> {
  if (importRole !== undefined) return ask(importRole);
  return {
    verdict: 'unproven',
    tried: 'Nothing: a job wants a role that may write its log',
    observed: 'Pass --import-role ARN',
  };
}

async function runJob(
  context: ProbeContext,
  roleArn: string,
): Promise<{ readonly job: ImportJob; readonly tookMs: number }> {
  const { gateway, pool, runtime, signal } = context;
  const { id: poolId } = pool;
  const created = await gateway.send('CreateUserImportJob', { poolId, name: 'cognito-backup-probe', roleArn }, signal);
  await upload(context, created);
  const startedMs = runtime.monotonicMs();
  let job = await gateway.send('StartUserImportJob', { poolId, jobId: created.jobId }, signal);
  let isStopped = false;
  while (!FINAL.has(job.state)) {
    // A pool with a job in it cannot be deleted.
    if (!isStopped && runtime.monotonicMs() - startedMs > LONGEST_JOB_MS) {
      isStopped = true;
      await gateway.send('StopUserImportJob', { poolId, jobId: created.jobId }, signal);
    }
    await runtime.sleep(LOOK_EVERY_MS, signal);
    job = await gateway.send('DescribeUserImportJob', { poolId, jobId: created.jobId }, signal);
  }
  return { job, tookMs: runtime.monotonicMs() - startedMs };
}

async function upload(context: ProbeContext, { preSignedUrl = '' }: ImportJob): Promise<void> {
  const { gateway, pool, signal } = context;
  const header = await gateway.send('GetCSVHeader', { poolId: pool.id }, signal);
  const rows = Array.from({ length: ROWS }, (_, index) => encodeRow(header, cellsOf(PROBE_USERS + index)));
  const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-')).catch((error: unknown) => {
    throw cannotWriteTemporary(error, tmpdir());
  });
  try {
    const file = await createUnnamedFile(join(folder, 'probe.csv'));
    try {
      await file.write(`${[encodeHeader(header), ...rows].join('\n')}\n`);
      await gateway.upload(preSignedUrl, { path: file.path }, signal);
    } finally {
      await file.remove();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function cellsOf(index: number): ReadonlyMap<string, string> {
  const email = probeEmail(index);
  return new Map([
    ['cognito:username', email.slice(0, email.indexOf('@'))],
    ['email', email],
    ['email_verified', 'true'],
    ['phone_number_verified', 'false'],
    ['cognito:mfa_enabled', 'false'],
  ]);
}

function stateText({ state, imported, skipped, failed, completionMessage }: ImportJob): string {
  const message = completionMessage === undefined ? '' : `, and says: ${JSON.stringify(completionMessage)}`;
  return `It ended as ${state}: ${imported} imported, ${skipped} skipped, ${failed} failed${message}`;
}
