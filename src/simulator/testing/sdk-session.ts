import { CognitoIdentityProvider, type UserType } from '@aws-sdk/client-cognito-identity-provider';
import { onTestFinished } from 'vitest';
import type { PoolConfig } from '../pool-config.ts';
import type { SimulatedPool } from '../simulated-pool.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator.ts';

/** One simulator, one pool, and the unmodified SDK talking to it. */
export interface SdkSession {
  readonly simulator: Simulator;
  readonly sdk: CognitoIdentityProvider;
  readonly poolId: string;
  readonly pool: SimulatedPool;
  /** Milliseconds; moves only by `advance`. */
  now(): number;
  advance(ms: number): void;
  /** An app client for password sign-in. */
  clientId(): Promise<string>;
  /** Every page of ListUsers. */
  listAll(filter?: string): Promise<UserType[]>;
}

export interface SessionOptions extends SimulatorOptions {
  readonly pool?: PoolConfig;
}

/** Starts both for one test and stops them with it. The clock stands still. */
export async function sdkSession({ pool: config = {}, ...options }: SessionOptions = {}): Promise<SdkSession> {
  let now = Date.UTC(2026, 10, 22, 12);
  const simulator = await startSimulator({ quotaScale: 'unlimited', clock: () => now, ...options });
  const sdk = new CognitoIdentityProvider({
    endpoint: simulator.endpoint,
    region: simulator.region,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    sdk.destroy();
    await simulator.stop();
  });
  const poolId = simulator.createPool(config);
  return {
    simulator,
    sdk,
    poolId,
    pool: simulator.pool(poolId),
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    clientId: () => newClient(sdk, poolId),
    listAll: (filter) => listAll(sdk, poolId, filter),
  };
}

async function newClient(sdk: CognitoIdentityProvider, poolId: string): Promise<string> {
  const { UserPoolClient } = await sdk.createUserPoolClient({
    UserPoolId: poolId,
    ClientName: 'app',
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_ADMIN_USER_PASSWORD_AUTH'],
  });
  return UserPoolClient?.ClientId ?? '';
}

async function listAll(sdk: CognitoIdentityProvider, poolId: string, filter?: string): Promise<UserType[]> {
  const users: UserType[] = [];
  let token: string | undefined;
  do {
    const page = await sdk.listUsers({ UserPoolId: poolId, Limit: 60, Filter: filter, PaginationToken: token });
    users.push(...(page.Users ?? []));
    token = page.PaginationToken;
  } while (token !== undefined);
  return users;
}

export function attribute(user: { Attributes?: UserType['Attributes'] }, name: string): string | undefined {
  return user.Attributes?.find((candidate) => candidate.Name === name)?.Value;
}

export function attributes(values: Readonly<Record<string, string>>): { Name: string; Value: string }[] {
  return Object.entries(values).map(([Name, Value]) => ({ Name, Value }));
}
