import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import { parsePoolId, parseSnapshotId } from '../../model/ids.ts';
import type { QuickVerifyResult } from '../../operations/verify/quick-verify.ts';
import { snapshotLines } from './verify-view.ts';

describe('snapshotLines', () => {
  it('names a damaged file once, and where to find other snapshots', () => {
    const ref = { poolId: parsePoolId('eu-central-1_AbCdEfGhI'), id: parseSnapshotId('20261122T225951Z-3f9a1c') };
    const problems = [
      { code: 'part-damaged', message: 'a.gz is damaged: it is missing', path: 'a.gz' },
      { code: 'user-misplaced', message: 'a user stands in another part', path: 'b.gz' },
    ];
    const checked = { ok: false, problems } as unknown as QuickVerifyResult;
    const lines = snapshotLines(checked, ref, {
      out: pico.createColors(false),
      suggest: (text) => `${text} --vault v`,
    });
    expect(lines.slice(1)).toEqual([
      '  a.gz is damaged: it is missing',
      '  b.gz: a user stands in another part',
      '  Next          restore from another snapshot: cognito-backup snapshots --vault v',
    ]);
  });
});
