import { createRequire } from 'node:module';
import { Agent, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CognitoIdentityProviderClient,
  ListUsersCommand,
  paginateListUsers,
} from '@aws-sdk/client-cognito-identity-provider';
import { readUsers } from '../../src/cognito/read-pool.ts';
import { composeGateways } from '../../src/compose.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import type { WorkerResult, WorkerTask } from './worker-task.ts';

const SHARDS = [...'0123456789abcdef'].map((digit) => `sub ^= "${digit}"`);
const PAGE = 60;
const RIVAL = 'cognito-backup-restore';

/** Lists one pool in one way, in a process of its own; everything else it would do is left out. */
const task = JSON.parse(process.argv[2] ?? '{}') as WorkerTask;
const startedMs = performance.now();
const startedCpu = process.cpuUsage();
const users = await list(task);
const { user, system } = process.cpuUsage(startedCpu);
const cpuMs = (user + system) / 1_000;
const result: WorkerResult = { users, elapsedMs: performance.now() - startedMs, cpuMs };
process.stdout.write(JSON.stringify(result), () => process.exit(0));

function list(work: WorkerTask): Promise<number> {
  switch (work.how) {
    case 'pausing-loop':
      return loop(work.poolId, { pauseMs: 150 });
    case 'sdk-paginator':
      return paginate(work.poolId);
    case 'npm-package':
      return backUpByPackage(work);
    case 'sdk-chains':
    case 'sdk-chains-without-logger':
      return chains(work);
    case 'our-gateway':
      return readThroughOurs(work.poolId);
    case 'no-sdk-chains':
      return rawChains(work);
    default:
      return work.how satisfies never;
  }
}

/** As the first Lambda functions for this did it. */
async function loop(poolId: string, { pauseMs }: { readonly pauseMs: number }): Promise<number> {
  const client = new CognitoIdentityProviderClient({});
  let count = 0;
  let token: string | undefined;
  do {
    const page = await client.send(new ListUsersCommand({ UserPoolId: poolId, Limit: PAGE, PaginationToken: token }));
    count += page.Users?.length ?? 0;
    token = page.PaginationToken;
    if (token !== undefined) await delay(pauseMs);
  } while (token !== undefined);
  return count;
}

async function paginate(poolId: string): Promise<number> {
  const client = new CognitoIdentityProviderClient({});
  let count = 0;
  for await (const page of paginateListUsers({ client, pageSize: PAGE }, { UserPoolId: poolId })) {
    count += page.Users?.length ?? 0;
  }
  return count;
}

interface BackupPackage {
  backupUsers(client: unknown, poolId: string, directory: string): Promise<void>;
}

/** `cognito-backup-restore` through its library API, with the aws-sdk v2 that it brings along. */
async function backUpByPackage({ poolId, packageFolder = '', outFolder = '' }: WorkerTask): Promise<number> {
  // Nothing of ours depends on it: it is installed for this run.
  const load = createRequire(join(packageFolder, 'node_modules', RIVAL, 'package.json'));
  const aws = load('aws-sdk') as { CognitoIdentityServiceProvider: new (options: object) => unknown };
  const { backupUsers } = load(RIVAL) as BackupPackage;
  const client = new aws.CognitoIdentityServiceProvider({
    endpoint: process.env['AWS_ENDPOINT_URL'],
    region: process.env['AWS_REGION'],
  });
  await backupUsers(client, poolId, outFolder);
  return Number.NaN;
}

/** Sixteen chains side by side, nothing between them and the service. */
async function chains({ poolId, how }: WorkerTask): Promise<number> {
  const client = new CognitoIdentityProviderClient({
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 64 } },
  });
  if (how === 'sdk-chains-without-logger') client.middlewareStack.remove('loggerMiddleware');
  const counts = await Promise.all(
    SHARDS.map(async (filter) => {
      let count = 0;
      let token: string | undefined;
      do {
        const request = { UserPoolId: poolId, Limit: PAGE, Filter: filter, PaginationToken: token };
        const page = await client.send(new ListUsersCommand(request));
        count += page.Users?.length ?? 0;
        token = page.PaginationToken;
      } while (token !== undefined);
      return count;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function readThroughOurs(poolId: string): Promise<number> {
  const id = parsePoolId(poolId);
  const gateway = composeGateways().forPool(id);
  let count = 0;
  await readUsers(gateway, { id, estimatedUsers: Number.MAX_SAFE_INTEGER }, async () => {
    count += 1;
  });
  return count;
}

/** The same chains with nothing but Node's HTTP: what the simulator can give at most. */
async function rawChains({ poolId }: WorkerTask): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const counts = await Promise.all(
    SHARDS.map(async (Filter) => {
      let count = 0;
      let token: string | undefined;
      do {
        const request = { UserPoolId: poolId, Limit: PAGE, Filter, PaginationToken: token };
        const page = await post(agent, JSON.stringify(request));
        count += page.toString('latin1').split('"Username"').length - 1;
        token = /"PaginationToken":"([^"]*)"/.exec(page.toString('latin1'))?.[1];
      } while (token !== undefined);
      return count;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

function post(agent: Agent, body: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-amz-target': 'AWSCognitoIdentityProviderService.ListUsers' };
    const request = httpRequest(process.env['AWS_ENDPOINT_URL'] ?? '', { method: 'POST', agent, headers });
    request.on('error', reject).on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      response.on('end', () => resolve(Buffer.concat(chunks)));
    });
    request.end(body);
  });
}
