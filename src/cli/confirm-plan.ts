import type { Finding } from '../operations/reconcile/make-plan.ts';
import type { PlanReport } from '../operations/reconcile/requests.ts';
import type { ApplyCommand, Confirmation } from '../plan/guards.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import type { ApplyArguments } from './apply-arguments.ts';
import { ask } from './ask.ts';
import type { CommandContext } from './command.ts';
import { confirmationStep } from './confirmation.ts';
import { planLines } from './views/plan-view.ts';

/** A plan that waits for its confirmation. */
export interface ShownPlan {
  readonly command: ApplyCommand;
  readonly plan: PlanReport;
  readonly confirmation: Confirmation;
  readonly findings: readonly Finding[];
}

/** Shows the plan on stderr, then confirms it by flag or by asking. Throws `refused`, `interrupted`. */
export async function confirmPlan(
  context: CommandContext,
  options: ApplyArguments,
  { command, plan, confirmation, findings }: ShownPlan,
): Promise<boolean> {
  const { terminal, output, signal } = context;
  const given = {
    yes: options.yes === true,
    confirm: options.confirm,
    target: options.pool,
    interactive: terminal.interactive,
  };
  // Nobody answers a question about a plan that they have not seen.
  const isAsked = terminal.interactive && confirmationStep(confirmation, given) !== 'proceed';
  if (!output.quiet || isAsked) {
    const view = { command, findings, details: options.details === true, width: terminal.errWidth };
    for (const line of ['', ...planLines(plan, view, terminal.err), '']) terminal.log(line);
  }
  const step = confirmationStep(confirmation, given);
  if (step === 'proceed') return true;
  const isConfirmed = await ask(context, step, plan.target);
  throwIfInterrupted(signal);
  return isConfirmed;
}
