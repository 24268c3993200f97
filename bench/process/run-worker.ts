import { builtFile } from './built-files.ts';
import { runMeasured, type MeasuredRun } from './run-measured.ts';
import type { WorkerResult, WorkerTask } from './worker-task.ts';

/** Lists a pool in a process of its own. */
export async function runWorker(
  task: WorkerTask,
  env: Readonly<Record<string, string>>,
): Promise<MeasuredRun & WorkerResult> {
  const run = await runMeasured([builtFile('worker.mjs'), JSON.stringify(task)], { env });
  return { ...run, ...(JSON.parse(run.stdout) as WorkerResult) };
}
