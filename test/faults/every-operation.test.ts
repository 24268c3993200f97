import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ComposedGateway } from '../../src/cognito/compose-gateway.ts';
import type { OperationName } from '../../src/cognito/gateway.ts';
import { isBackupError, type BackupError } from '../../src/model/errors.ts';
import { FAULT_KINDS, FAULTS_BEFORE, STALLS, type FaultKind } from '../support/fault-kinds.ts';
import { setUpBrokenLine, type BrokenLine } from './broken-line.ts';
import { sampleCalls, type SampleCall } from './every-operation.ts';

/** Operations that can only be called in the course of an import: the flows cover them. */
const WITHIN_AN_IMPORT: ReadonlySet<OperationName> = new Set([
  'DescribeUserImportJob',
  'StartUserImportJob',
  'StopUserImportJob',
]);
/** Asked of other services, and never the end of anything: `src/cognito/sdk/other-services.test.ts`. */
const OTHER_SERVICES: ReadonlySet<OperationName> = new Set(['GetWebACLForResource', 'GetPolicy']);
/** Where more than a rate can run out. */
const HAS_RESOURCE_LIMIT: ReadonlySet<OperationName> = new Set([
  'CreateGroup',
  'UpdateGroup',
  'AdminCreateUser',
  'AdminSetUserPassword',
  'AdminUpdateUserAttributes',
  'AdminAddUserToGroup',
  'AdminLinkProviderForUser',
  'AdminSetUserMFAPreference',
  'AddCustomAttributes',
  'CreateUserImportJob',
  'CreateUserPool',
  'UpdateUserPool',
  'DeleteUserPool',
  'SetUserPoolMfaConfig',
  'CreateResourceServer',
  'CreateIdentityProvider',
  'CreateUserPoolClient',
  'CreateUserPoolDomain',
  'DeleteUserPoolDomain',
  'CreateManagedLoginBranding',
  'SetUICustomization',
  'CreateTerms',
  'SetRiskConfiguration',
  'SetLogDeliveryConfiguration',
  'SetUserPoolSessionConfiguration',
  'SetUserPoolClientSessionConfiguration',
]);
/** Not sent again: their callers look first. */
const MAKES_ANOTHER: ReadonlySet<OperationName> = new Set(['CreateUserPool', 'CreateUserPoolClient']);
const CREDENTIALS: ReadonlySet<FaultKind> = new Set(['expired-token', 'unrecognized-client', 'invalid-signature']);
const EMPTY: ReadonlySet<FaultKind> = new Set(['empty-200', 'empty-after']);

let line: BrokenLine;
let gateway: ComposedGateway;
let hasty: ComposedGateway;
beforeAll(async () => {
  line = await setUpBrokenLine();
  gateway = line.gateway();
  hasty = line.gateway({ isHasty: true });
});
afterAll(async () => {
  expect(line.simulator.counters.messages.causedByAdmin).toBe(0);
  await line.stop();
});

async function send(operation: OperationName, sample: SampleCall, by = gateway): Promise<BackupError | 'answered'> {
  try {
    await by.send(operation, sample.request);
    return 'answered';
  } catch (error) {
    if (!isBackupError(error)) throw error;
    return error;
  }
}

function outcomeOf(operation: OperationName, kind: FaultKind, sample: SampleCall): object | 'answered' {
  if (CREDENTIALS.has(kind)) return { code: 'credentials' };
  if (kind === 'limit-exceeded' && HAS_RESOURCE_LIMIT.has(operation)) {
    return { code: 'rejected', awsName: 'LimitExceededException', repeated: false };
  }
  const tookEffect = !(FAULTS_BEFORE as readonly FaultKind[]).includes(kind);
  const isSeen = !(EMPTY.has(kind) && sample.isSilent);
  if (tookEffect && isSeen && sample.refusedTwice) {
    return { code: 'rejected', awsName: sample.refusedTwice, repeated: true };
  }
  return 'answered';
}

/** Answers what arrived. */
async function breakOnce(operation: OperationName, kind: FaultKind): Promise<readonly string[]> {
  const sample = sampleCalls(line.simulator)[operation]();
  line.proxy.reset();
  line.proxy.arm({ kind, operation, nth: 1 });
  const outcome = await send(operation, sample, STALLS.has(kind) ? hasty : gateway);
  expect(line.proxy.fired()).toBe(1);
  const arrived = [...line.proxy.arrived].filter((name) => name === operation);
  if (MAKES_ANOTHER.has(operation) && kind !== 'throttle') {
    expect(arrived.length, `${operation} after ${kind}`).toBeLessThanOrEqual(1);
    return arrived;
  }
  const expected = outcomeOf(operation, kind, sample);
  if (expected === 'answered') expect(outcome, `${operation} after ${kind}`).toBe('answered');
  else expect(outcome, `${operation} after ${kind}`).toMatchObject(expected);
  const wasBelieved = kind === 'empty-200' && sample.isSilent;
  const isDue = outcome === 'answered' || outcome.repeated;
  if (sample.isDone && isDue && !wasBelieved) expect(sample.isDone(), `${operation} after ${kind}`).toBe(true);
  return arrived;
}

describe('every operation, each fault on its first request', () => {
  const names = (Object.keys(sampleCalls({} as never)) as OperationName[]).filter(
    (name) => !WITHIN_AN_IMPORT.has(name) && !OTHER_SERVICES.has(name),
  );
  const kinds = FAULT_KINDS.filter((kind) => !STALLS.has(kind));

  it.each(names)('%s completes with one more request, or is refused by a name its callers know', async (operation) => {
    for (const kind of kinds) {
      const arrived = await breakOnce(operation, kind);
      // What follows a body that is longer than it said spoils the next answer on the connection as well.
      const most = kind === 'length-short' ? 3 : 2;
      expect(arrived.length, `${operation} after ${kind}`).toBeLessThanOrEqual(most);
    }
  });
});

describe('an answer that never comes', () => {
  it.each(['stall-before', 'stall-after', 'stall-body'] as const)('is given up in time: %s', async (kind) => {
    for (const operation of ['ListUsers', 'AdminCreateUser', 'AdminDisableUser'] as const) {
      expect((await breakOnce(operation, kind)).length).toBeGreaterThanOrEqual(2);
    }
  });
});

describe('a fault that stays', () => {
  it.each([
    ['throttle', { code: 'throttled' }],
    ['internal-error', { code: 'unavailable' }],
    ['reset-after', { code: 'unavailable' }],
    ['truncated-body', { code: 'unavailable' }],
    ['html-200', { code: 'unreadable-answer' }],
    ['redirect-302', { code: 'unreadable-answer' }],
    ['foreign-json-403', { code: 'unreadable-answer' }],
    ['expired-token', { code: 'credentials' }],
  ] as const)('%s ends with its code, and the next call goes through', async (kind, expected) => {
    const sample = sampleCalls(line.simulator).ListUsers();
    line.proxy.reset();
    line.proxy.arm({ kind, operation: 'ListUsers', nth: 1, times: Number.POSITIVE_INFINITY });
    expect(await send('ListUsers', sample)).toMatchObject(expected);
    line.proxy.reset();
    expect(await send('ListUsers', sample)).toBe('answered');
  });
});
