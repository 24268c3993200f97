import { describe, expect, it } from 'vitest';
import { parsePoolId } from '../model/ids.ts';
import { refuseUnknownPool } from './snapshot-source.ts';

describe('refuseUnknownPool', () => {
  it('takes nothing of a pool that was named for a mistake, and nothing at all for an empty vault', () => {
    const pool = parsePoolId('eu-central-1_AbCdEfGhI');
    expect(() => refuseUnknownPool(pool, 0)).toThrow(expect.objectContaining({ code: 'snapshot-not-found' }));
    expect(() => refuseUnknownPool(pool, 1)).not.toThrow();
    expect(() => refuseUnknownPool(undefined, 0)).not.toThrow();
  });
});
