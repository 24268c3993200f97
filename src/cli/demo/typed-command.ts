import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { environmentFor } from '../commands/simulate.ts';
import type { DemoWorld } from './demo-world.ts';

export interface TypedCommandOptions {
  readonly world: DemoWorld;
  /** Its data goes to our stderr: stdout is for the one document of `--json`. */
  readonly aside: boolean;
}

/** Runs this very program as a person would, in a process of its own; answers the exit code. */
export async function runTyped(args: readonly string[], { world, aside }: TypedCommandOptions): Promise<number> {
  const [, program = ''] = process.argv;
  const child = spawn(process.execPath, [...process.execArgv, program, ...args], {
    stdio: ['ignore', aside ? 2 : 'inherit', 'inherit'],
    cwd: world.folder,
    env: childEnvironment(world),
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

/** Nothing of the real AWS configuration: the demo cannot reach a real pool. */
function childEnvironment({ simulator }: DemoWorld): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(own),
    ...Object.fromEntries(environmentFor(simulator)),
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    COGNITO_BACKUP_VAULT: './vault',
  };
}
