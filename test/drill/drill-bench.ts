import type { DrillDependencies } from '../../src/operations/drill/dependencies.ts';
import { drill, type DrillOptions } from '../../src/operations/drill/drill.ts';
import type { DrillOutcome, DrillResult } from '../../src/operations/drill/drill-result.ts';
import type { SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import { newPoolBench, type NewPoolBench } from '../new-pool/new-pool-bench.ts';

export type DrillChoices = Partial<Omit<DrillOptions, 'ref'>>;

/** A simulator with furnished pools, and drills with their snapshots. */
export interface DrillBench extends NewPoolBench {
  readonly drillDeps: DrillDependencies;
  drill(reader: SnapshotReader, options?: DrillChoices, deps?: Partial<DrillDependencies>): Promise<DrillResult>;
  /** Carries one out; fails where it is not passed. */
  pass(reader: SnapshotReader, options?: DrillChoices): Promise<DrillResult & { readonly outcome: DrillOutcome }>;
  poolNames(): readonly string[];
}

export async function drillBench(): Promise<DrillBench> {
  const bench = await newPoolBench();
  const { simulator, vault } = bench;
  const drillDeps: DrillDependencies = { ...bench.deps, vault };
  const run: DrillBench['drill'] = (reader, options = {}, deps = {}) =>
    drill(
      { ...drillDeps, ...deps },
      { ref: reader.ref, region: simulator.region, confirm: async () => true, ...options },
    );
  return {
    ...bench,
    drillDeps,
    drill: run,
    pass: async (reader, options) => {
      const result = await run(reader, options);
      const { outcome } = result;
      if (!outcome) throw new Error('Nothing was carried out');
      if (outcome.problems.length > 0) {
        const { made, comparison, signIn } = outcome;
        const seen = { problems: outcome.problems, made: { ...made, handOver: undefined }, comparison, signIn };
        throw new Error(`Not passed: ${JSON.stringify(seen, undefined, 1)}`);
      }
      return { ...result, outcome };
    },
    poolNames: () => {
      const { UserPools } = simulator.configure('ListUserPools', { MaxResults: 60 });
      return (UserPools as readonly { readonly Name: string }[]).map(({ Name }) => Name);
    },
  };
}
