import { describe, expect, it } from 'vitest';
import { sampleScope, targetPool } from '../../test/fakes/sample-plan.ts';
import { samplePool } from '../../test/fakes/sample-pool.ts';
import type { ActionCounts } from '../model/counts.ts';
import { checkGuards, checkGuardsBeforePlanning, confirmationFor, type GuardInput } from './guards.ts';
import { PlanTally } from './plan-summary.ts';

const PROTECTED = [['cognito-backup:protected', 'true']] as const;
const STANDBY = [['cognito-backup:role', 'standby']] as const;

function input(overrides: Partial<GuardInput> = {}, planned: Partial<ActionCounts> = {}): GuardInput {
  const summary = new PlanTally(sampleScope()).summary();
  return {
    command: 'restore',
    source: samplePool(),
    target: targetPool(),
    summary: {
      ...summary,
      valueUsers: 10,
      wantedUsers: 10,
      targetUsers: 1_000,
      planned: { ...summary.planned, ...planned },
    },
    passwords: 'random',
    allowTriggers: false,
    maxDeletes: undefined,
    suspect: false,
    ...overrides,
  };
}

const refused = (...args: Parameters<typeof input>): boolean => {
  try {
    checkGuards(input(...args));
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'refused', hint: expect.any(String) });
    return true;
  }
};

describe('checkGuards', () => {
  it('refuses to mirror a pool to itself, which a restore may', () => {
    const target = samplePool();
    expect([refused({ command: 'mirror', target }), refused({ target })]).toEqual([true, false]);
    expect(() => checkGuardsBeforePlanning(input({ command: 'mirror', target }))).toThrow('itself');
  });

  it('refuses clean and mirror of a protected pool, and every other delete there', () => {
    const target = targetPool({ tags: PROTECTED });
    expect(refused({ command: 'clean', target })).toBe(true);
    expect(refused({ command: 'mirror', target })).toBe(true);
    expect(refused({ target })).toBe(false);
    expect(refused({ target }, { deleteUsers: 1 })).toBe(true);
    expect(refused({ command: 'clean', target: targetPool({ tags: [['cognito-backup:protected', 'false']] }) })).toBe(
      false,
    );
  });

  it('refuses to mirror from a suspect or an empty snapshot', () => {
    expect(refused({ command: 'mirror', suspect: true })).toBe(true);
    expect(refused({ suspect: true })).toBe(false);
    expect(refused({ command: 'mirror', summary: { ...input().summary, valueUsers: 0 } })).toBe(true);
  });

  it('caps the deletes of a mirror at 100 or 5 %, or as told', () => {
    expect(refused({ command: 'mirror' }, { deleteUsers: 100 })).toBe(false);
    expect(refused({ command: 'mirror' }, { deleteUsers: 101 })).toBe(true);
    expect(refused({ command: 'mirror', maxDeletes: 101 }, { deleteUsers: 101 })).toBe(false);
    expect(refused({ command: 'mirror', maxDeletes: 0 }, { deleteUsers: 1 })).toBe(true);
    const large = { ...input().summary, targetUsers: 10_000 };
    expect(refused({ command: 'mirror', summary: { ...large, planned: { ...large.planned, deleteUsers: 500 } } })).toBe(
      false,
    );
    expect(refused({ command: 'clean' }, { deleteUsers: 1_000 })).toBe(false);
  });

  it('refuses triggers that would fire, unless nothing fires them or they are allowed', () => {
    for (const trigger of ['PreSignUp', 'CustomEmailSender', 'CustomSMSSender']) {
      const target = targetPool({ triggers: [trigger, 'PostConfirmation'] });
      expect(refused({ target }, { createUsers: 1 })).toBe(true);
      expect(refused({ target }, { updateUsers: 1 })).toBe(true);
      expect(refused({ target, allowTriggers: true }, { createUsers: 1 })).toBe(false);
      expect(refused({ target }, { deleteUsers: 1, addMemberships: 1 })).toBe(false);
    }
    expect(refused({ target: targetPool({ triggers: ['PostConfirmation'] }) }, { createUsers: 1 })).toBe(false);
  });

  it('refuses to leave passwords away where no code lets anybody in', () => {
    expect(refused({ passwords: 'none' }, { createUsers: 1 })).toBe(true);
    expect(
      refused({ passwords: 'none', target: targetPool({ firstFactors: ['EMAIL_OTP'] }) }, { createUsers: 1 }),
    ).toBe(false);
  });
});

describe('confirmationFor', () => {
  const wants = (...args: Parameters<typeof input>): string => confirmationFor(input(...args));

  it('wants nothing where nothing changes', () => {
    expect(wants({ command: 'clean' })).toBe('none');
  });

  it('wants the pool id for a restore into the source, a clean, and the deletes of a mirror', () => {
    expect(wants({ target: samplePool() }, { createUsers: 1 })).toBe('pool-id');
    expect(wants({ command: 'clean' }, { deleteUsers: 1 })).toBe('pool-id');
    expect(wants({ command: 'mirror' }, { deleteUsers: 1 })).toBe('pool-id');
    expect(wants({ command: 'mirror' }, { deleteGroups: 1 })).toBe('pool-id');
  });

  it('wants the pool id wherever somebody is deleted, to be created anew too', () => {
    for (const command of ['restore', 'import'] as const) {
      expect(wants({ command, target: targetPool() }, { deleteUsers: 1, createUsers: 1 })).toBe('pool-id');
    }
  });

  it('wants a yes for everything else, and for a standby', () => {
    expect(wants({}, { createUsers: 1 })).toBe('yes');
    expect(wants({ command: 'mirror' }, { createUsers: 1 })).toBe('yes');
    expect(wants({ command: 'clean', target: targetPool({ tags: STANDBY }) }, { deleteUsers: 1 })).toBe('yes');
  });
});
