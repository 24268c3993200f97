import {
  CreateUserImportJobCommand,
  DescribeUserImportJobCommand,
  GetCSVHeaderCommand,
  ListUserImportJobsCommand,
  StartUserImportJobCommand,
  StopUserImportJobCommand,
  type PasswordHashingAlgorithmType,
  type UserImportJobType,
} from '@aws-sdk/client-cognito-identity-provider';
import { BackupError } from '../../model/errors.ts';
import type { PasswordHashAlgorithm } from '../../model/password-hash.ts';
import type { ImportJob } from '../gateway.ts';
import { PAGE_LIMIT, pageOf, type SdkOperations } from './operation.ts';

const SDK_ALGORITHM: Record<PasswordHashAlgorithm, PasswordHashingAlgorithmType> = {
  bcrypt: 'BCRYPT',
  scrypt: 'SCRYPT',
  argon2id: 'ARGON2ID',
  'pbkdf2-sha256': 'PBKDF2_SHA256',
};

export const importOperations: SdkOperations<
  | 'GetCSVHeader'
  | 'CreateUserImportJob'
  | 'StartUserImportJob'
  | 'StopUserImportJob'
  | 'DescribeUserImportJob'
  | 'ListUserImportJobs'
> = {
  async GetCSVHeader(client, { poolId }, options) {
    const { CSVHeader } = await client.send(new GetCSVHeaderCommand({ UserPoolId: poolId }), options);
    if (!CSVHeader?.length) throw new BackupError('unreadable-answer', 'GetCSVHeader answered without columns');
    return CSVHeader;
  },

  async CreateUserImportJob(client, { poolId, name, roleArn, hashes }, options) {
    const command = new CreateUserImportJobCommand({
      UserPoolId: poolId,
      JobName: name,
      CloudWatchLogsRoleArn: roleArn,
      PasswordHashingAlgorithm: hashes && SDK_ALGORITHM[hashes],
    });
    return toImportJob((await client.send(command, options)).UserImportJob);
  },

  async StartUserImportJob(client, { poolId, jobId }, options) {
    const answer = await client.send(new StartUserImportJobCommand({ UserPoolId: poolId, JobId: jobId }), options);
    return toImportJob(answer.UserImportJob);
  },

  async StopUserImportJob(client, { poolId, jobId }, options) {
    const answer = await client.send(new StopUserImportJobCommand({ UserPoolId: poolId, JobId: jobId }), options);
    return toImportJob(answer.UserImportJob);
  },

  async DescribeUserImportJob(client, { poolId, jobId }, options) {
    const answer = await client.send(new DescribeUserImportJobCommand({ UserPoolId: poolId, JobId: jobId }), options);
    return toImportJob(answer.UserImportJob);
  },

  async ListUserImportJobs(client, { poolId, nextToken }, options) {
    const command = new ListUserImportJobsCommand({
      UserPoolId: poolId,
      MaxResults: PAGE_LIMIT,
      PaginationToken: nextToken,
    });
    const answer = await client.send(command, options);
    // The model wants at least one job in the list, so a pool without jobs may well answer without one.
    return pageOf(answer.UserImportJobs ?? [], toImportJob, answer.PaginationToken);
  },
};

function toImportJob(job: UserImportJobType | undefined): ImportJob {
  if (!job?.JobId || !job.Status) {
    throw new BackupError('unreadable-answer', 'Cognito described an import job without id or state');
  }
  return {
    jobId: job.JobId,
    name: job.JobName ?? '',
    state: job.Status,
    ...(job.PreSignedUrl === undefined ? {} : { preSignedUrl: job.PreSignedUrl }),
    imported: job.ImportedUsers ?? 0,
    skipped: job.SkippedUsers ?? 0,
    failed: job.FailedUsers ?? 0,
    ...(job.CompletionMessage === undefined ? {} : { completionMessage: job.CompletionMessage }),
  };
}
