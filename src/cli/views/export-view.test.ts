import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import { parsePoolId, parseSnapshotId } from '../../model/ids.ts';
import { exportLines } from './export-view.ts';

describe('exportLines', () => {
  it('suggests an import that can be pasted, into the pool that the files are for', () => {
    const forPool = parsePoolId('eu-central-1_StandbyXY');
    const ref = { poolId: parsePoolId('eu-central-1_AbCdEfGhI'), id: parseSnapshotId('20261122T225951Z-3f9a1c') };
    const result = {
      files: [],
      users: 1,
      carried: 1,
      notCarried: {},
      groups: 0,
      memberships: 0,
      membershipsNotCarried: 0,
      erasedUsers: 0,
    };
    const lines = exportLines(
      result,
      { format: 'csv', location: '/tmp/my dir', ref, forPool, suggest: (command) => `${command} --vault v` },
      pico.createColors(false),
    );
    expect(lines.at(-1)).toContain(
      "cognito-backup import '/tmp/my dir/users-0001.csv' --groups '/tmp/my dir/groups.csv' --memberships '/tmp/my dir/memberships.csv' --pool eu-central-1_StandbyXY --vault v",
    );
  });
});
