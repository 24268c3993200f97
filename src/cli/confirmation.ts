import { BackupError } from '../model/errors.ts';
import type { Confirmation } from '../plan/guards.ts';

/** What the command line says in advance, and whether anybody can be asked. */
export interface ConfirmationGiven {
  readonly yes: boolean;
  readonly confirm: string | undefined;
  readonly target: string;
  readonly interactive: boolean;
}

export type ConfirmationStep = 'proceed' | 'ask-yes' | 'ask-pool-id';

/** A `--confirm` that names another pool is a mistake in the call, whatever the plan. Throws `refused`. */
export function checkConfirmedPool({ confirm, target }: Pick<ConfirmationGiven, 'confirm' | 'target'>): void {
  if (confirm === undefined || confirm === target) return;
  throw new BackupError('refused', `--confirm names ${JSON.stringify(confirm)}, but the target is ${target}`, {
    hint: 'Check which pool you mean; nothing was changed',
  });
}

/**
 * How a confirmation comes about: by flag, else by asking at a terminal, else not at all. Typing the pool's id is the
 * stronger one: it stands for a yes, never the other way round. Throws `refused`, with the flag that is missing.
 */
export function confirmationStep(wanted: Confirmation, given: ConfirmationGiven): ConfirmationStep {
  checkConfirmedPool(given);
  const isNamed = given.confirm === given.target;
  switch (wanted) {
    case 'none':
      return 'proceed';
    case 'yes':
      if (given.yes || isNamed) return 'proceed';
      if (given.interactive) return 'ask-yes';
      throw unconfirmed(given, '--yes');
    case 'pool-id':
      if (isNamed) return 'proceed';
      if (given.interactive) return 'ask-pool-id';
      throw unconfirmed(given, `--confirm ${given.target}`);
    default:
      return wanted satisfies never;
  }
}

function unconfirmed({ target }: ConfirmationGiven, flag: string): BackupError {
  return new BackupError('refused', `Not confirmed for ${target}: nobody can be asked here, and nothing was changed`, {
    hint: `Look at the plan with --dry-run, then confirm it with ${flag}`,
  });
}
