import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { builtFile } from '../process/built-files.ts';
import type { HostAnswer, HostQuestion, HostSetup } from './host-messages.ts';

type Told<Kind extends HostAnswer['kind']> = Extract<HostAnswer, { readonly kind: Kind }>;

/** A simulator in a process of its own, so that its work and memory are not those of what is measured. */
export interface HostedSimulator {
  readonly endpoint: string;
  readonly poolIds: readonly string[];
  /** What makes every AWS tool talk to it. */
  readonly env: Readonly<Record<string, string>>;
  counters(): Promise<Told<'counters'>>;
  resetCounters(): Promise<Told<'counters'>>;
  stop(): Promise<void>;
}

/** A million users take about a gigabyte. */
const HEAP_MEGABYTES = 8_192;

async function hostSimulator(setup: HostSetup): Promise<HostedSimulator> {
  const child = fork(builtFile('host.mjs'), [JSON.stringify(setup)], {
    execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
    serialization: 'advanced',
  });
  const started = await answerOf(child, 'started');
  const ask = (question: HostQuestion) => {
    const answer = answerOf(child, 'counters');
    child.send(question);
    return answer;
  };
  return {
    endpoint: started.endpoint,
    poolIds: started.poolIds,
    env: {
      AWS_ENDPOINT_URL: started.endpoint,
      AWS_REGION: started.region,
      AWS_ACCESS_KEY_ID: 'simulated',
      AWS_SECRET_ACCESS_KEY: 'simulated',
    },
    counters: () => ask('counters'),
    resetCounters: () => ask('reset'),
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** Hosts a simulator for the time of some work. */
export async function withSimulator<Result>(
  setup: HostSetup,
  work: (simulator: HostedSimulator) => Promise<Result>,
): Promise<Result> {
  const simulator = await hostSimulator(setup);
  try {
    return await work(simulator);
  } finally {
    await simulator.stop();
  }
}

function answerOf<Kind extends HostAnswer['kind']>(child: ChildProcess, kind: Kind): Promise<Told<Kind>> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`The simulator ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', (answer: HostAnswer) => {
      child.off('exit', onExit);
      if (answer.kind === kind) resolve(answer as Told<Kind>);
      else reject(new Error(`The simulator answered ${answer.kind} instead of ${kind}`));
    });
  });
}
