import { describe, expect, it } from 'vitest';
import { parsePoolId } from '../../model/ids.ts';
import { emptyValue } from '../values/empty-value.ts';
import { planKeyOf } from './plan-key.ts';
import type { ReconcileRequest } from './requests.ts';

const SUB = '0a1b2c3d-1111-4222-8333-444455556666';

function request(onlyUsers: readonly string[], secret?: string): ReconcileRequest {
  const scope = { values: 'exact', existing: 'skip', deletes: false, onlyUsers, onlyGroups: [] } as const;
  return {
    command: 'restore',
    target: parsePoolId('eu-central-1_AbCdEfGhI'),
    desired: { ...emptyValue(scope), fingerprint: 'snapshot', ...(secret !== undefined && { secret }) },
    options: {
      engine: 'auto',
      passwords: 'random',
      adopt: false,
      recreate: false,
      mapping: { drop: [], rename: new Map() },
    },
    dryRun: false,
    allowTriggers: false,
    createMissingAttributes: false,
    suspect: false,
    confirm: async () => true,
  };
}

describe('the key of a plan', () => {
  it('tells requests for other users apart', () => {
    expect(planKeyOf(request(['ada'], SUB))).toBe(planKeyOf(request(['ada'], SUB)));
    expect(planKeyOf(request(['ada'], SUB))).not.toBe(planKeyOf(request(['ben'], SUB)));
    expect(planKeyOf(request(['ada'], SUB))).not.toBe(planKeyOf(request([], SUB)));
  });

  it('cannot be made from names and what a reader of the vault knows', () => {
    // Another secret, another key: whoever guesses a name has to guess that, too.
    expect(planKeyOf(request(['ada'], SUB))).not.toBe(planKeyOf(request(['ada'], SUB.replace('0', '1'))));
    expect(planKeyOf(request(['ada']))).toBe(planKeyOf(request(['ben'])));
  });
});
