import type { Check } from '../demo/checks.ts';
import { counted, formatCount, formatDuration } from '../figures.ts';
import { alignRows } from '../layout.ts';
import type { Colors } from '../terminal.ts';

export interface DemoSummary {
  readonly checks: readonly Check[];
  readonly durationMs: number;
  readonly quotaScale: number;
  /** Kept on request. */
  readonly folder: string | undefined;
}

export function demoLines({ checks, durationMs, quotaScale, folder }: DemoSummary, out: Colors): string[] {
  const failed = checks.filter(({ ok }) => !ok);
  const heading =
    failed.length === 0
      ? out.green(out.bold(`✔ The demo passed: ${counted(checks.length, 'check')} in ${formatDuration(durationMs)}`))
      : out.red(out.bold(`✘ The demo failed: ${formatCount(failed.length)} of ${counted(checks.length, 'check')}`));
  return [
    '',
    heading,
    ...checks.map(
      ({ name, ok, detail }) => `  ${ok ? out.green('✔') : out.red('✘')} ${name}${ok ? '' : `: ${detail}`}`,
    ),
    '',
    ...alignRows(
      [
        ['Quotas', `${formatCount(quotaScale)} times AWS's defaults; at the defaults the writes take that much longer`],
        ['Files', folder ?? 'removed (--keep keeps them)'],
        ['Next', 'cognito-backup backup --pool YOUR_POOL --vault ./vault'],
      ],
      out.dim,
    ),
  ];
}
