import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { LambdaHost } from './lambda-host.ts';

export const BUCKET = 'backups';

/** The file of a function as it ships. */
export function bundleOf(name: string): URL {
  return new URL(`../../dist/lambda/${name}.mjs`, import.meta.url);
}

/** The three functions, started from their bundles, on a simulated account with an empty bucket. */
export interface Functions {
  readonly simulator: Simulator;
  readonly export: LambdaHost;
  readonly clean: LambdaHost;
  readonly import: LambdaHost;
  /** Keys in the bucket. */
  keys(): readonly string[];
  /** Every request so far that could have changed a pool. */
  writes(): readonly string[];
  stop(): Promise<void>;
}

const READS = /^(Describe|List|Get|AdminGet|AdminList)/;

/** With variables added to their environment, for example to put another S3 in the place of the simulated one. */
export async function startFunctions(added: NodeJS.ProcessEnv = {}): Promise<Functions> {
  const simulator = await startSimulator({ quotaScale: 'unlimited' });
  const env = environment(simulator);
  const bucket = simulator.s3.putBucket(BUCKET);
  const start = (name: string): Promise<LambdaHost> =>
    LambdaHost.start(bundleOf(name).href, { ...process.env, ...env, ...added });
  const hosts = { export: await start('export'), clean: await start('clean'), import: await start('import') };
  return {
    simulator,
    ...hosts,
    keys: () => bucket.keys,
    writes: () => Object.keys(simulator.counters.calls).filter((operation) => !READS.test(operation)),
    stop: async () => {
      for (const host of Object.values(hosts)) await host.stop();
      await simulator.stop();
    },
  };
}

function environment({ endpoint, region }: Simulator): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    COGNITO_BACKUP_DEADLINE_MARGIN_MS: '1000',
  };
}
