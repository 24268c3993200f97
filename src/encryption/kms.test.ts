import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../simulator/simulator.ts';
import type { KmsKey } from '../simulator/kms/kms-key.ts';
import { kmsKeyService } from './kms.ts';
import { stubAws } from '../../test/support/environment.ts';

const PLACE = { vault: 'v', pool: 'p', snapshot: 's' };
const PLAIN = Buffer.from('a key');

let simulator: Simulator;
let key: KmsKey;

beforeAll(async () => {
  stubAws();
  simulator = await startSimulator();
});
afterAll(() => simulator.stop());
beforeEach(() => {
  key = simulator.kms.createKey();
});

const service = () => kmsKeyService({ endpoint: simulator.endpoint });

describe('KMS', () => {
  it('opens what it wrapped, for the same place', async () => {
    const wrapped = await service().wrap(key.arn, PLAIN, PLACE);
    expect(Buffer.from(wrapped).includes(PLAIN)).toBe(false);
    const reordered = { snapshot: 's', vault: 'v', pool: 'p' };
    expect(Buffer.from(await service().unwrap(key.arn, wrapped, reordered))).toEqual(PLAIN);
  });

  it('opens nothing for another snapshot, and nothing that was changed', async () => {
    const wrapped = await service().wrap(key.arn, PLAIN, PLACE);
    await expect(service().unwrap(key.arn, wrapped, { ...PLACE, snapshot: 'x' })).rejects.toMatchObject({
      code: 'key-wrong',
      awsName: 'InvalidCiphertextException',
    });
    const changed = Uint8Array.from(wrapped);
    changed[changed.length - 1]! ^= 1;
    await expect(service().unwrap(key.arn, changed, PLACE)).rejects.toMatchObject({ code: 'key-wrong' });
  });

  it('opens nothing under another key', async () => {
    const wrapped = await service().wrap(key.arn, PLAIN, PLACE);
    await expect(service().unwrap(simulator.kms.createKey().arn, wrapped, PLACE)).rejects.toMatchObject({
      code: 'key-wrong',
      awsName: 'IncorrectKeyException',
    });
  });

  it.each([
    ['AccessDeniedException', () => key.denied.add('Decrypt')],
    ['DisabledException', () => (key.state = 'Disabled')],
    ['KMSInvalidStateException', () => (key.state = 'PendingDeletion')],
  ])('refuses with %s, by a code and a hint of its own', async (awsName, arrange) => {
    const wrapped = await service().wrap(key.arn, PLAIN, PLACE);
    arrange();
    const error: unknown = await service()
      .unwrap(key.arn, wrapped, PLACE)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'kms-refused', awsName, hint: expect.stringMatching(/\w/) });
    expect(String(error)).toContain(key.arn);
  });

  it('refuses a key that is not there, and to write where that is denied', async () => {
    const unknown = key.arn.replace(/.{12}$/, '000000000000');
    await expect(service().wrap(unknown, PLAIN, PLACE)).rejects.toMatchObject({
      code: 'kms-refused',
      awsName: 'NotFoundException',
    });
    key.denied.add('Encrypt');
    await expect(service().wrap(key.arn, PLAIN, PLACE)).rejects.toMatchObject({ code: 'kms-refused' });
  });

  it('takes ARNs of keys alone', async () => {
    for (const name of ['alias/backup', key.arn.replace(':key/', ':alias/'), '']) {
      await expect(service().wrap(name, PLAIN, PLACE)).rejects.toMatchObject({ code: 'usage' });
    }
  });

  it('is unavailable where nobody answers', async () => {
    const nowhere = kmsKeyService({ endpoint: 'http://127.0.0.1:1' });
    await expect(nowhere.wrap(key.arn, PLAIN, PLACE)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
