import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isBackupError } from '../../src/model/errors.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import { mirrorSnapshot } from '../../src/operations/mirror.ts';
import { restoreSnapshot, type RestoreOptions } from '../../src/operations/restore.ts';
import { verifyPool } from '../../src/operations/verify/verify-pool.ts';
import { knownPairs } from '../../src/runs/known-pairs.ts';
import type { PoolConfig, SchemaAttributeConfig } from '../../src/simulator/pool-config.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const SUB = 'custom:legacy_sub';
const CONFIG: PoolConfig = { AutoVerifiedAttributes: ['email'] };
const NOTHING = { missing: 0, extra: 0, changed: 0 };

describe('--sub-attribute', () => {
  let bench: Workbench;
  let source: string;

  beforeEach(async () => {
    bench = await setUpWorkbench();
    source = bench.simulator.createPool({ ...CONFIG, PoolName: 'source' });
    for (const username of ['ada', 'bob']) {
      bench.simulator.pool(source).addUser({
        username,
        attributes: [
          ['email', `${username}@example.org`],
          ['email_verified', 'true'],
        ],
      });
    }
    bench.simulator.pool(source).addUser({ username: 'off', enabled: false, attributes: [] });
  });
  afterEach(() => bench.close());

  const targetWith = (attribute?: Partial<SchemaAttributeConfig>): string =>
    bench.simulator.createPool({
      ...CONFIG,
      PoolName: 'target',
      ...(attribute && {
        Schema: [{ Name: 'legacy_sub', AttributeDataType: 'String', Mutable: true, ...attribute }],
      }),
    });

  const legacySubs = (pool: string): Map<string, string | undefined> =>
    new Map(
      [...bench.simulator.pool(pool).users()].map(({ username, attributes }) => [
        username,
        attributes.find(([name]) => name === SUB)?.[1],
      ]),
    );
  const subs = (pool: string): Map<string, string> =>
    new Map([...bench.simulator.pool(pool).users()].map(({ username, sub }) => [username, sub]));

  async function restore(target: string, options: Partial<RestoreOptions> & Pick<RestoreOptions, 'reader'>) {
    const result = await restoreSnapshot(bench.deps, {
      target: parsePoolId(target),
      subAttribute: SUB,
      confirm: async () => true,
      ...options,
    });
    if (!result.done) throw new Error('Not done');
    return result;
  }

  it.each([
    ['the API', {}, true],
    ['import jobs', { importRole: ROLE }, true],
    ['the API where it is immutable', {}, false],
  ])('writes the old sub by %s, and no later plan or verify finds a difference', async (_how, engine, Mutable) => {
    const target = targetWith({ Mutable });
    const reader = await bench.snapshotOf(source);
    expect(await restore(target, { reader, ...engine })).toMatchObject({ failed: 0, remaining: NOTHING });
    expect(legacySubs(target)).toEqual(subs(source));

    const again = await restore(target, { reader, ...engine, existing: 'update', dryRun: true });
    expect(again).toMatchObject({ remaining: NOTHING, plan: { schemaGaps: [] } });
    const verify = (subAttribute: { subAttribute?: string }) =>
      verifyPool({ gateway: bench.gateway, runtime: bench.deps.runtime }, reader, {
        poolId: parsePoolId(target),
        knownPairs: () =>
          knownPairs(bench.deps.storage, reader.ref.poolId, parsePoolId(target), { vault: bench.vault }),
        ...subAttribute,
      });
    expect(await verify({ subAttribute: SUB })).toMatchObject({ differences: NOTHING, changedBy: {} });
    if (Mutable) expect(await verify({})).toMatchObject({ differences: { changed: 3 }, changedBy: { [SUB]: 3 } });
  });

  it('creates the attribute where it is asked to, once', async () => {
    const target = targetWith();
    const reader = await bench.snapshotOf(source);
    const result = await restore(target, { reader, createMissingAttributes: true, importRole: ROLE });
    expect(result).toMatchObject({ failed: 0, remaining: NOTHING });
    expect(legacySubs(target)).toEqual(subs(source));
    expect(await restore(target, { reader, createMissingAttributes: true })).toMatchObject({ remaining: NOTHING });
  });

  it('keeps the first sub where the snapshot is of a pool that was restored itself', async () => {
    const second = targetWith({});
    await restore(second, { reader: await bench.snapshotOf(source) });
    bench.simulator.pool(second).addUser({ username: 'new', attributes: [] });
    const third = targetWith({});
    await restore(third, { reader: await bench.snapshotOf(second) });
    expect(legacySubs(third)).toEqual(new Map([...subs(source), ['new', subs(second).get('new')]]));
  });

  it('stays as it is under a mirror, which fills in whom it finds without', async () => {
    const target = targetWith({});
    bench.simulator.pool(target).addUser({ username: 'ada', attributes: [] });
    const reader = await bench.snapshotOf(source);
    const verified = await bench.verified(reader);
    const request = { reader, verified, target: parsePoolId(target), subAttribute: SUB, confirm: async () => true };
    expect(await mirrorSnapshot(bench.deps, request)).toMatchObject({ failed: 0, remaining: NOTHING });
    expect(legacySubs(target)).toEqual(subs(source));
    expect(await mirrorSnapshot(bench.deps, request)).toMatchObject({ planned: { updateUsers: 0, createUsers: 0 } });
  });

  it.each([
    ['is not there', undefined, SUB, 'schema-gap'],
    ['is a number', { AttributeDataType: 'Number' }, SUB, 'schema-gap'],
    ['is too short', { StringAttributeConstraints: { MinLength: '0', MaxLength: '35' } }, SUB, 'schema-gap'],
    ['is no custom one', {}, 'nickname', 'usage'],
  ] as const)('is refused before the first write where the attribute %s', async (_what, attribute, name, code) => {
    const target = targetWith(attribute);
    const reader = await bench.snapshotOf(source);
    const error: unknown = await restore(target, { reader, subAttribute: name }).catch((thrown: unknown) => thrown);
    expect(isBackupError(error, code)).toBe(true);
    expect(bench.simulator.pool(target).size).toBe(0);
  });

  it('cannot be dropped or mapped at the same time', async () => {
    const reader = await bench.snapshotOf(source);
    const mapping = { drop: [], rename: new Map([['custom:old', SUB]]) };
    await expect(restore(targetWith({}), { reader, mapping })).rejects.toMatchObject({ code: 'usage' });
    const dropping = { drop: [SUB], rename: new Map() };
    await expect(restore(targetWith({}), { reader, mapping: dropping })).rejects.toMatchObject({ code: 'usage' });
  });
});
