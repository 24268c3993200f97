import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-codes.ts';
import { isBackupError, type BackupError } from '../../src/model/errors.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import { setUpBrokenLine, type BrokenLine } from './broken-line.ts';
import { flowsOn, type Flow } from './flows.ts';

const EXPIRES_AT = 20;
const FOR_EVER = Number.POSITIVE_INFINITY;

let line: BrokenLine;
let restore: Flow;
beforeAll(async () => {
  line = await setUpBrokenLine();
  restore = (await flowsOn(line)).get('restore by api');
});
afterAll(() => line.stop());

/** As a role or an SSO session has them: other keys each time it is asked anew. */
function renewing() {
  let asked = 0;
  const credentials = async () => {
    asked += 1;
    return { accessKeyId: `KEY${asked}`, secretAccessKey: 'secret', sessionToken: `session-${asked}` };
  };
  return { credentials, asked: () => asked };
}

async function errorOf(run: Promise<unknown>): Promise<BackupError | undefined> {
  try {
    await run;
    return undefined;
  } catch (error) {
    if (!isBackupError(error)) throw error;
    return error;
  }
}

describe.each(['expired-token', 'unrecognized-client', 'invalid-signature'] as const)(
  'credentials that end: %s',
  (kind) => {
    it('goes on with fresh ones, asked for once', async () => {
      const started = await restore.begin();
      const { credentials, asked } = renewing();
      line.proxy.reset();
      line.proxy.arm({ kind, nth: EXPIRES_AT, times: FOR_EVER, accessKeyId: 'KEY1/' });
      await started.run(line.gateway({ credentials }));
      expect(line.proxy.fired()).toBeGreaterThan(0);
      await started.check(kind);
      expect(asked()).toBe(2);
    });

    it('stops with exit code 4 where there are no others, and completes when run again with some', async () => {
      const started = await restore.begin();
      line.proxy.reset();
      line.proxy.arm({ kind, nth: EXPIRES_AT, times: FOR_EVER });
      const error = await errorOf(started.run(line.gateway()));
      expect(error?.code).toBe('credentials');
      expect(exitCodeOf(error?.code ?? 'internal')).toBe(4);
      line.proxy.reset();
      await started.run(line.gateway());
      await started.check(kind);
    });
  },
);

it('others that are refused as well are not replaced without end', async () => {
  const poolId = parsePoolId(line.simulator.createPool());
  const { credentials, asked } = renewing();
  line.proxy.reset();
  line.proxy.arm({ kind: 'expired-token', operation: 'ListUsers', nth: 1, times: FOR_EVER });
  await expect(line.gateway({ credentials }).send('ListUsers', { poolId })).rejects.toMatchObject({
    code: 'credentials',
  });
  expect(asked()).toBe(2);
  expect(line.proxy.fired()).toBe(2);
});

it('credentials that cannot be fetched anew leave the refusal as it is', async () => {
  const poolId = parsePoolId(line.simulator.createPool());
  let asked = 0;
  const credentials = async () => {
    asked += 1;
    if (asked > 1) throw new Error('The session has ended');
    return { accessKeyId: 'KEY1', secretAccessKey: 'secret' };
  };
  line.proxy.reset();
  line.proxy.arm({ kind: 'expired-token', operation: 'ListUsers', nth: 1, times: FOR_EVER });
  const refused = line.gateway({ credentials }).send('ListUsers', { poolId });
  await expect(refused).rejects.toMatchObject({ code: 'credentials', awsName: 'ExpiredTokenException' });
});
