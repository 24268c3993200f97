import { describe, expect, it } from 'vitest';
import { isBackupError } from '../model/errors.ts';
import type { Confirmation } from '../plan/guards.ts';
import { confirmationStep, type ConfirmationGiven } from './confirmation.ts';

const TARGET = 'eu-central-1_Standby01';

function outcome(wanted: Confirmation, given: Partial<ConfirmationGiven>): string {
  try {
    return confirmationStep(wanted, { yes: false, confirm: undefined, target: TARGET, interactive: false, ...given });
  } catch (error) {
    if (!isBackupError(error, 'refused')) throw error;
    return `refused: ${error.hint}`;
  }
}

const NEEDS_YES = 'refused: Look at the plan with --dry-run, then confirm it with --yes';
const NEEDS_ID = `refused: Look at the plan with --dry-run, then confirm it with --confirm ${TARGET}`;

describe('confirmationStep', () => {
  it.each([
    // With nothing to do nobody is asked.
    ['none', {}, 'proceed'],
    ['none', { interactive: true }, 'proceed'],
    // A yes: by flag, by the stronger flag, by asking, and not at all without a terminal.
    ['yes', {}, NEEDS_YES],
    ['yes', { interactive: true }, 'ask-yes'],
    ['yes', { yes: true }, 'proceed'],
    ['yes', { yes: true, interactive: true }, 'proceed'],
    ['yes', { confirm: TARGET }, 'proceed'],
    // The pool's id: --yes alone never stands for it.
    ['pool-id', {}, NEEDS_ID],
    ['pool-id', { yes: true }, NEEDS_ID],
    ['pool-id', { yes: true, interactive: true }, 'ask-pool-id'],
    ['pool-id', { interactive: true }, 'ask-pool-id'],
    ['pool-id', { confirm: TARGET }, 'proceed'],
    ['pool-id', { confirm: TARGET, interactive: true }, 'proceed'],
  ] as const)('answers %s with %o by %s', (wanted, given, expected) => {
    expect(outcome(wanted, given)).toBe(expected);
  });

  it.each(['none', 'yes', 'pool-id'] as const)('refuses %s when --confirm names another pool', (wanted) => {
    const given = { confirm: 'eu-central-1_Source001', yes: true, interactive: true };
    expect(outcome(wanted, given)).toBe('refused: Check which pool you mean; nothing was changed');
  });
});
