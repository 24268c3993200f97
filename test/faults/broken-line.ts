import { createCognitoClient, type CognitoClientOptions } from '../../src/cognito/client.ts';
import { createGateway, type ComposedGateway } from '../../src/cognito/compose-gateway.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import { eventRuntime } from '../support/event-runtime.ts';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';

/** The whole way to Cognito (retry, governor, SDK, sockets) with a proxy on it that breaks things, on a clock that nobody waits for. */
export interface BrokenLine {
  readonly simulator: Simulator;
  readonly proxy: FaultProxy;
  readonly runtime: Runtime;
  gateway(options?: LineOptions): ComposedGateway;
  stop(): Promise<void>;
}

export interface LineOptions extends Pick<CognitoClientOptions, 'credentials'> {
  /** Whether to give up an answer soon: only where one stalls, since a busy machine stalls as well. */
  readonly isHasty?: boolean;
}

const HASTY_TIMEOUT_MS = 500;
const STATIC = { accessKeyId: 'test', secretAccessKey: 'test' };

export async function setUpBrokenLine(options: SimulatorOptions = {}): Promise<BrokenLine> {
  const runtime = eventRuntime();
  const simulator = await startSimulator({
    quotaScale: 'unlimited',
    clock: () => runtime.now().getTime(),
    ...options,
  });
  const proxy = await startFaultProxy(simulator.endpoint);
  return {
    simulator,
    proxy,
    runtime,
    gateway: ({ credentials = STATIC, isHasty = false } = {}) => {
      const client = createCognitoClient({
        region: simulator.region,
        endpoint: proxy.endpoint,
        ...(isHasty && { requestTimeoutMs: HASTY_TIMEOUT_MS }),
        credentials,
      });
      return createGateway({ client, runtime, observer: () => undefined, patienceMs: 60_000 });
    },
    stop: async () => {
      await proxy.stop();
      await simulator.stop();
    },
  };
}
