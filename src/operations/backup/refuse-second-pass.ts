import { BackupError } from '../../model/errors.ts';

/** One chain is what a second pass compares with: there is nothing to compare it with itself. Throws `usage`. */
export function refuseSecondPass({
  listing,
  secondPass,
}: {
  readonly listing?: string;
  readonly secondPass?: boolean;
}): void {
  if (!secondPass || listing !== 'single') return;
  throw new BackupError('usage', 'A second pass compares sixteen listings with one chain, and one chain is asked for', {
    hint: 'Leave one of the two out: the listing "single", or the second pass',
  });
}
