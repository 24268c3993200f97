import { describe, expect, it } from 'vitest';
import { BackupError } from '../model/errors.ts';
import { parsePoolId } from '../model/ids.ts';
import { fakeGateway } from './fake-gateway.ts';
import { listAll, listPages } from './listing.ts';

const poolId = parsePoolId('eu-central-1_Example01');
const page = (items: readonly string[], nextToken?: string) => (nextToken ? { items, nextToken } : { items });

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('listing', () => {
  it('goes on through short and empty pages, to the page without a token', async () => {
    const pages = [page(['a'], 't1'), page([], 't2'), page([], 't3'), page(['b', 'c'])];
    const gateway = fakeGateway((_call, index) => pages[index]);
    expect(await collect(listAll(gateway, 'ListUsers', { poolId, filter: 'f' }))).toEqual(['a', 'b', 'c']);
    expect(gateway.sent.map(({ request }) => request)).toEqual([
      { poolId, filter: 'f' },
      { poolId, filter: 'f', nextToken: 't1' },
      { poolId, filter: 'f', nextToken: 't2' },
      { poolId, filter: 'f', nextToken: 't3' },
    ]);
  });

  it('goes on from a token of an earlier run', async () => {
    const gateway = fakeGateway(() => page(['z']));
    await collect(listPages(gateway, 'ListGroups', { poolId, nextToken: 'kept' }));
    expect(gateway.sent).toEqual([{ operation: 'ListGroups', request: { poolId, nextToken: 'kept' } }]);
  });

  it.each([[['t1', 't1']], [['t1', 't2', 't1']]])('reports tokens that come back: %j', async (tokens) => {
    const gateway = fakeGateway((_call, index) => page(['a'], tokens[index]));
    await expect(collect(listPages(gateway, 'ListUsers', { poolId }))).rejects.toMatchObject({
      code: 'listing-broken',
    });
  });

  it.each(['InvalidParameterException', 'NotAuthorizedException'])(
    'takes %s on a token for its end',
    async (awsName) => {
      const gateway = fakeGateway((_call, index) => {
        if (index === 0) return page(['a'], 't1');
        throw new BackupError('rejected', 'x', { awsName });
      });
      await expect(collect(listPages(gateway, 'ListUsers', { poolId }))).rejects.toMatchObject({
        code: 'token-expired',
      });
    },
  );

  it('leaves the same refusal of a first page as it is', async () => {
    const gateway = fakeGateway(() => {
      throw new BackupError('rejected', 'x', { awsName: 'InvalidParameterException' });
    });
    await expect(collect(listPages(gateway, 'ListUsers', { poolId }))).rejects.toMatchObject({ code: 'rejected' });
  });
});
