import { BackupError } from '../../model/errors.ts';
import { timedId } from '../../model/ids.ts';
import type { ScratchMark } from '../../plan/scratch-pool/scratch-mark.ts';
import { ownProcessTag } from '../../runtime/process-mark.ts';
import type { Runtime } from '../../runtime/runtime.ts';

export interface NewMarkOptions extends Pick<ScratchMark, 'purpose' | 'lease'> {
  /** The service's clock; a run has asked it something before. */
  readonly serviceTime: Date | undefined;
  readonly runtime: Runtime;
  /** How long the run can take at most. */
  readonly lifeMs: number;
}

/** The mark of a scratch pool that this run will make. */
export async function newScratchMark({
  serviceTime,
  runtime,
  lifeMs,
  ...fields
}: NewMarkOptions): Promise<ScratchMark> {
  if (!serviceTime) throw new BackupError('internal', 'The clock of the service is not known yet');
  const run = timedId(serviceTime, runtime.randomBytes(3));
  return { ...fields, run, until: new Date(serviceTime.getTime() + lifeMs), owner: await ownProcessTag() };
}
