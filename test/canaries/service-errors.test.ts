import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createCognitoClient } from '../../src/cognito/client.ts';
import type { CognitoGateway, OperationName } from '../../src/cognito/gateway.ts';
import { withRetry } from '../../src/cognito/retrying.ts';
import { createSdkGateway } from '../../src/cognito/sdk-gateway.ts';
import { uploadFile } from '../../src/cognito/sdk/upload-file.ts';
import { kmsKeyService } from '../../src/encryption/kms.ts';
import { isBackupError } from '../../src/model/errors.ts';
import type { BackupEvent } from '../../src/model/events.ts';
import { createS3Client } from '../../src/storage/s3-client.ts';
import { openS3 } from '../../src/storage/s3.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { sampleCalls } from '../faults/every-operation.ts';
import { eventRuntime } from '../support/event-runtime.ts';
import { COGNITO_ECHOES, QUOTE, S3_ECHOES, startEchoingService, type EchoingService } from './echoing-service.ts';
import { everythingOf, thrownBy } from './everything-of.ts';
import { expectNobody, Net, type Channel } from './net.ts';
import { stubAws } from '../support/environment.ts';

const net = new Net();
let simulator: Simulator;
let service: EchoingService;
let gateway: CognitoGateway;
let storage: Storage;

beforeAll(async () => {
  stubAws();
  simulator = await startSimulator({ quotaScale: 'unlimited' });
  service = await startEchoingService();
  const client = createCognitoClient({ region: 'eu-central-1', endpoint: service.endpoint });
  gateway = createSdkGateway(client);
  storage = openS3(createS3Client({ endpoint: service.endpoint, region: 'eu-central-1' }), {
    bucket: 'bucket',
    prefix: '',
  });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await service.stop();
  await simulator.stop();
});

/** What a call throws, if it does: some answers are as good as any to an operation that expects none. */
async function leftBy(name: string, work: () => Promise<unknown>): Promise<Channel[]> {
  try {
    await work();
    return [];
  } catch (error) {
    expect(isBackupError(error), name).toBe(true);
    return everythingOf(error, name);
  }
}

describe('an error of Cognito names nobody whom its answer quotes:', () => {
  it.each(COGNITO_ECHOES)('%s, for every operation', async (_, echo) => {
    const calls = sampleCalls(simulator);
    service.answer(echo);
    const channels: Channel[] = [];
    for (const operation of Object.keys(calls) as OperationName[]) {
      const { request } = calls[operation]();
      channels.push(...(await leftBy(operation, () => gateway.send(operation, request))));
    }
    expect(channels.length).toBeGreaterThan(0);
    expectNobody(net, channels);
  });

  it('nor do the events of trying again, and the error at their end', async () => {
    const events: BackupEvent[] = [];
    const retrying = withRetry(gateway, {
      runtime: eventRuntime(),
      observer: (event) => void events.push(event),
      patienceMs: 1_000,
    });
    const channels: Channel[] = [];
    for (const [what, echo] of COGNITO_ECHOES) {
      service.answer(echo);
      channels.push(
        ...(await leftBy(what, () => retrying.send('ListUsers', { poolId: 'eu-central-1_AbCdEfGhI' as never }))),
      );
    }
    expect(events.map(({ kind }) => kind)).toContain('retried');
    expectNobody(net, [...channels, { name: 'events', text: JSON.stringify(events) }]);
  });

  it('an upload that is refused, or answered by a proxy, or whose address is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-canaries-'));
    const file = join(folder, 'users.csv');
    await writeFile(file, `cognito:username\n${QUOTE}\n`);
    const channels: Channel[] = [];
    for (const [what, echo] of S3_ECHOES) {
      service.answer({ ...echo, status: Math.max(300, echo.status) });
      channels.push(...everythingOf(await thrownBy(() => uploadFile(`${service.endpoint}/_import/x`, file)), what));
    }
    channels.push(...everythingOf(await thrownBy(() => uploadFile(`no address of ${QUOTE}`, file))));
    await rm(folder, { recursive: true });
    expectNobody(net, channels);
  });
});

describe('an error of S3 names nobody whom its answer quotes:', () => {
  it.each(S3_ECHOES)('%s, for every call', async (_, echo) => {
    service.answer(echo);
    const bytes = Buffer.from(QUOTE);
    const channels = [
      ...(await leftBy('put', () => storage.put('key', bytes))),
      ...(await leftBy('putIfAbsent', () => storage.putIfAbsent('key', bytes))),
      ...(await leftBy('putIfMatch', () => storage.putIfMatch('key', bytes, '"etag"'))),
      ...(await leftBy('get', () => storage.get('key'))),
      ...(await leftBy('stream', async () => storage.stream('key'))),
      ...(await leftBy('head', () => storage.head('key'))),
      ...(await leftBy('list', () => storage.list('')[Symbol.asyncIterator]().next())),
      ...(await leftBy('folders', () => storage.folders('')[Symbol.asyncIterator]().next())),
      ...(await leftBy('delete', () => storage.delete('key'))),
    ];
    expectNobody(net, channels);
  });

  it('nor does an error of the client itself', async () => {
    for (const error of [
      new Error(QUOTE),
      Object.assign(new Error(QUOTE), { name: `It is ${QUOTE}`, code: QUOTE }),
      QUOTE,
    ]) {
      const client = createS3Client({ endpoint: service.endpoint, region: 'eu-central-1' });
      client.middlewareStack.add(
        () => async () => {
          // oxlint-disable-next-line typescript/only-throw-error -- a library may throw anything
          throw error;
        },
        { step: 'deserialize' },
      );
      const broken = openS3(client, { bucket: 'bucket', prefix: '' });
      expectNobody(net, await leftBy('get', () => broken.get('key')));
    }
  });
});

describe('an error of KMS', () => {
  it('names nobody either', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_KMS', service.endpoint);
    const keys = kmsKeyService({});
    const arn = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-4333-8444-555555555555';
    const channels: Channel[] = [];
    for (const [what, echo] of COGNITO_ECHOES.slice(0, 3).concat(COGNITO_ECHOES.slice(-14))) {
      service.answer(echo);
      channels.push(...(await leftBy(what, () => keys.wrap(arn, new Uint8Array(16), {}))));
    }
    expectNobody(net, channels);
  });
});
