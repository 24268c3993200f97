import type { AddressInfo, Socket } from 'node:net';
import { createPool, type AccountState } from './account-state.ts';
import { CounterBook, type Counters } from './counters.ts';
import { FaultPlan } from './faults.ts';
import { ImportJobs } from './import-jobs/import-jobs.ts';
import { createKmsService, type KmsService } from './kms/kms-service.ts';
import { createLambdaService, type LambdaService } from './lambda/lambda-service.ts';
import { OPERATION_TABLE } from './operations/operation-table.ts';
import { PageTokens } from './page-tokens.ts';
import type { PoolConfig } from './pool-config.ts';
import { QuotaBuckets } from './quota-buckets.ts';
import { parseRequest } from './request-reader.ts';
import { createS3Service, type S3Service } from './s3/s3-handler.ts';
import { SeededRandom } from './seeded-random.ts';
import { answerTo, createSimulatorServer, type Answer } from './server.ts';
import { SimulatedPool } from './simulated-pool.ts';
import { randomUuid } from './uuid.ts';
import { createWafService, type WafService } from './wafv2/waf-service.ts';

export interface SimulatorOptions {
  /** Default 0: any free port of 127.0.0.1. */
  readonly port?: number;
  readonly seed?: number;
  /** 1: the documented quotas; N: N times them, announced by GetProvisionedLimit. Default 1. */
  readonly quotaScale?: number | 'unlimited';
  /** Requests that a quota lets through at once, times the scale. Default 5. */
  readonly burst?: number;
  /** `second` counts by wall-clock second instead of a token bucket. */
  readonly quotaWindow?: 'bucket' | 'second';
  /** Longest lag of user listings behind writes; each write draws its own. Default 0. */
  readonly lagMs?: number;
  /** Wait before every Cognito answer. */
  readonly latencyMs?: number;
  /** Short and empty pages. */
  readonly pageJitter?: boolean;
  readonly region?: string;
  readonly accountId?: string;
  /** Milliseconds since 1970. Default: the wall clock. */
  readonly clock?: () => number;
}

/** A Cognito, and the parts of S3, KMS, WAF and Lambda that the tool uses, running on this machine. */
export interface Simulator {
  /** `http://127.0.0.1:<port>`, for Cognito, S3 (path style), KMS, WAF and Lambda. */
  readonly endpoint: string;
  readonly region: string;
  /** Creates a pool without a request; returns its id. */
  createPool(config?: PoolConfig): string;
  /** A pool as it really is. Throws for an unknown id. */
  pool(id: string): SimulatedPool;
  /** One request to Cognito without HTTP and its cost: AWS's JSON in and out; no latency and no faults. */
  answer(operation: string, request: object): Promise<Answer>;
  /** Carries one operation out for a seed: no quota, no fault, no count. Throws what the operation throws. */
  configure(operation: string, request: object): Record<string, unknown>;
  readonly counters: Counters;
  readonly faults: FaultPlan;
  /** The S3 side: buckets, its own faults, calls. */
  readonly s3: S3Service;
  /** The KMS side: keys and calls. */
  readonly kms: KmsService;
  /** The WAF side: web ACLs, associations, calls. */
  readonly waf: WafService;
  /** The Lambda side: functions, their policies, calls. */
  readonly lambda: LambdaService;
  /** Per-row results of an import job, as its log stream would hold them. */
  readonly importJobs: Pick<ImportJobs, 'rowLog'>;
  resetCounters(): void;
  stop(): Promise<void>;
}

/** Starts a simulator on 127.0.0.1. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const clock = options.clock ?? Date.now;
  const seed = options.seed ?? 1;
  let endpoint = '';
  const account = newAccount(options, { seed, clock, endpoint: () => endpoint });
  const faults = new FaultPlan(new SeededRandom(seed + 4));
  const s3 = createS3Service({ clock });
  const keyRandom = new SeededRandom(seed + 5);
  const { region, accountId } = account;
  const kms = createKmsService({ region, accountId, random: () => randomUuid(keyRandom) });
  const waf = createWafService({
    region,
    accountId,
    random: () => randomUuid(keyRandom),
    exists: (arn) => [...account.pools.values()].some((pool) => pool.arn === arn),
  });
  const lambda = createLambdaService({ region, accountId, random: () => randomUuid(keyRandom) });
  const server = createSimulatorServer({
    account,
    faults,
    latencyMs: options.latencyMs ?? 0,
    kms,
    waf,
    lambda,
    handleS3: s3.handle,
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    region: account.region,
    createPool: (config = {}) => createPool(account, config).id,
    pool: (id) => {
      const pool = account.pools.get(id);
      if (!pool) throw new Error(`The simulator has no pool ${id}`);
      account.importJobs.advance();
      return new SimulatedPool(account, pool);
    },
    answer: (operation, request) => answerTo(account, operation, { body: JSON.stringify(request) }),
    configure: (operation, request) => configure(account, operation, request),
    counters: account.counters,
    faults,
    s3,
    kms,
    waf,
    lambda,
    importJobs: account.importJobs,
    resetCounters: () => account.counters.reset(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function configure(account: AccountState, operation: string, request: object): Record<string, unknown> {
  const run = OPERATION_TABLE.get(operation);
  if (!run) throw new Error(`The simulator does not know the operation ${operation}`);
  const answer = run({ account, operation, request: parseRequest(JSON.stringify(request)) });
  if (answer instanceof Promise) throw new Error(`${operation} configures nothing`);
  return answer as Record<string, unknown>;
}

interface AccountParts {
  readonly seed: number;
  readonly clock: () => number;
  readonly endpoint: () => string;
}

function newAccount(options: SimulatorOptions, { seed, clock, endpoint }: AccountParts): AccountState {
  const random = new SeededRandom(seed);
  const region = options.region ?? 'eu-central-1';
  const accountId = options.accountId ?? '123456789012';
  const jobRandom = new SeededRandom(seed + 3);
  return {
    region,
    accountId,
    clock,
    endpoint,
    random,
    lagRandom: new SeededRandom(seed + 1),
    requestRandom: new SeededRandom(seed + 2),
    subDigit: random.hex(1),
    lagMs: options.lagMs ?? 0,
    pageJitter: options.pageJitter ?? false,
    pools: new Map(),
    clients: new Map(),
    sessions: new Map(),
    counters: new CounterBook(),
    quotas: new QuotaBuckets({
      scale: options.quotaScale ?? 1,
      burst: options.burst ?? 5,
      window: options.quotaWindow ?? 'bucket',
      clock,
    }),
    tokens: new PageTokens(random, clock),
    importJobs: new ImportJobs({ clock, endpoint, accountId, region, random: () => jobRandom.fraction() }),
  };
}
