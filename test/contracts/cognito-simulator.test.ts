import { startSimulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import { cognitoContract } from './cognito.contract.ts';
import type { CognitoUnderTest } from './cognito/contract-bed.ts';
import { emulatorAt } from './cognito/service-at.ts';

async function simulated(options: SimulatorOptions): Promise<CognitoUnderTest> {
  const simulator = await startSimulator({ quotaScale: 10, ...options });
  const { endpoint, region, stop, counters } = simulator;
  const messagesSent = (): number => counters.messages.causedByAdmin;
  return emulatorAt({ endpoint, region, stop, lagMs: options.lagMs ?? 0, messagesSent });
}

cognitoContract('The simulator', () => simulated({}));
cognitoContract('The simulator with lagging listings and short pages', () =>
  simulated({ seed: 2, lagMs: 150, pageJitter: true }),
);
