import { describe, expect, it } from 'vitest';
import { parsePoolId, parseSnapshotId } from '../../model/ids.ts';
import { checkDrill, type DrillCheck } from './check-drill.ts';

const GOOD: DrillCheck = {
  ref: { poolId: parsePoolId('eu-central-1_AbCdEfGhI'), id: parseSnapshotId('20261122T225951Z-3f9a1c') },
  state: 'complete',
  users: 10,
  hasConfiguration: true,
  sample: undefined,
};

describe('checkDrill', () => {
  it('lets pass what can be proven', () => {
    expect(() => checkDrill(GOOD)).not.toThrow();
    expect(() => checkDrill({ ...GOOD, state: 'accepted', sample: 1, users: 1 })).not.toThrow();
  });

  it.each<[string, Partial<DrillCheck>, string]>([
    ['a suspect snapshot', { state: 'suspect' }, 'refused'],
    ['an empty snapshot', { users: 0 }, 'refused'],
    ['a snapshot without configuration', { hasConfiguration: false }, 'refused'],
    ['a sample of nobody', { sample: 0 }, 'usage'],
  ])('refuses %s, with advice', (_what, change, code) => {
    expect(() => checkDrill({ ...GOOD, ...change })).toThrow(
      expect.objectContaining({ code, hint: expect.any(String) }),
    );
  });

  it('names the suspect snapshot in the commands of its advice', () => {
    expect(() => checkDrill({ ...GOOD, state: 'suspect' })).toThrow(
      expect.objectContaining({
        hint: expect.stringMatching(/diff eu-\w+-1_\w+@latest eu-\S+@2026\S+; .* accept eu-\S+@2026/),
      }),
    );
  });
});
