import type { Counters } from '../../src/simulator/counters.ts';
import type { OrdinaryPoolOptions } from '../../src/simulator/seeds/ordinary-pool.ts';
import type { SimulatorOptions } from '../../src/simulator/simulator.ts';

/** A pool as one meets them. The same seed makes the same pool. */
export type HostedPool = OrdinaryPoolOptions;

export interface HostSetup {
  readonly simulator: Omit<SimulatorOptions, 'clock'>;
  readonly pools: readonly HostedPool[];
}

export type HostQuestion = 'counters' | 'reset';

export type HostAnswer =
  | {
      readonly kind: 'started';
      readonly endpoint: string;
      readonly region: string;
      /** In the order of the set-up. */
      readonly poolIds: readonly string[];
    }
  | { readonly kind: 'counters'; readonly counters: Counters; readonly cpuMs: number };
