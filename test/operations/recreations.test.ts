import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CognitoGateway } from '../../src/cognito/gateway.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import { importCsv } from '../../src/operations/import.ts';
import { HOSTILE_CONFIG } from '../../src/simulator/seeds/hostile-pool.ts';
import { dyingGateway } from '../support/dying-gateway.ts';
import { refusingGateway } from '../support/refusing-gateway.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

/** A user with an immutable badge, whose names and group no file tells: only the pool knows them. */
describe('a user who is deleted to be created anew with another badge', () => {
  let bench: Workbench;
  let target: string;
  beforeEach(async () => {
    bench = await setUpWorkbench();
    target = bench.simulator.createPool({
      ...HOSTILE_CONFIG,
      MfaConfiguration: 'OPTIONAL',
      Schema: [{ Name: 'badge', AttributeDataType: 'String', Mutable: false }],
    });
    bench.simulator.pool(target).addGroup({ name: 'staff' });
    bench.simulator.pool(target).addUser({
      username: 'ann',
      groups: ['staff'],
      attributes: [
        ['email', 'ann@example.org'],
        ['email_verified', 'true'],
        ['family_name', 'Smith'],
        ['custom:badge', 'old'],
      ],
    });
  });
  afterEach(() => bench.close());

  const importBadge = async (badge: string, gateway: CognitoGateway = bench.gateway) => {
    const header = await bench.gateway.send('GetCSVHeader', { poolId: parsePoolId(target) });
    const row: Record<string, string> = {
      'cognito:username': 'ann',
      email: 'ann@example.org',
      email_verified: 'true',
      'custom:badge': badge,
    };
    const text = `${header.join(',')}\n${header.map((column) => row[column] ?? '').join(',')}\n`;
    const file = {
      name: 'users.csv',
      read: async function* () {
        yield Buffer.from(text);
      },
    };
    return importCsv(
      { ...bench.deps, gateway },
      {
        files: { users: [file] },
        target: parsePoolId(target),
        confirm: async () => true,
        existing: 'update',
        recreate: true,
      },
    );
  };
  const ann = () => {
    const user = bench.simulator.pool(target).user('ann');
    return user && { groups: user.groups, ...Object.fromEntries(user.attributes) };
  };
  const WHOLE = { groups: ['staff'], family_name: 'Smith', 'custom:badge': 'new' };

  it('comes back whole once Cognito takes them, however often it did not', async () => {
    const refusing = refusingGateway(bench.gateway, 'AdminCreateUser');
    for (const _time of ['first', 'second']) {
      expect(await importBadge('new', refusing)).toMatchObject({ done: true, remaining: { missing: 1 } });
      expect(ann()).toBeUndefined();
    }
    await importBadge('new');
    expect(ann()).toMatchObject(WHOLE);
  });

  it('comes back whole when the run was killed and the file is mended before the next', async () => {
    await expect(importBadge('nwe', dyingGateway(bench.gateway, 1, 'after'))).rejects.toThrow();
    expect(ann()).toBeUndefined();
    await importBadge('new');
    expect(ann()).toMatchObject(WHOLE);
  });

  it('is forgotten once they are back: a later run deletes nobody anew', async () => {
    await expect(importBadge('new', dyingGateway(bench.gateway, 1, 'after'))).rejects.toThrow();
    await importBadge('new');
    expect(await importBadge('new')).toMatchObject({ counts: { deleteUsers: 0, createUsers: 0, updateUsers: 0 } });
    expect(ann()).toMatchObject(WHOLE);
  });
});
