import type { Counters } from '../../src/simulator/counters.ts';
import { ordinaryConfig, ordinaryGroups, ordinaryUsers } from '../../src/simulator/seeds/ordinary-pool.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import type { HostAnswer, HostQuestion, HostSetup, HostedPool } from './host-messages.ts';

/** A simulator in a process of its own: started with a set-up as JSON, asked through messages. */
const setup = JSON.parse(process.argv[2] ?? '{}') as HostSetup;
const simulator = await startSimulator(setup.simulator);
simulator.s3.putBucket('bench');
const poolIds = setup.pools.map((pool) => plant(simulator, pool));
tell({ kind: 'started', endpoint: simulator.endpoint, region: simulator.region, poolIds });

process.on('message', (question: HostQuestion) => {
  switch (question) {
    case 'counters':
      return tell({ kind: 'counters', counters: counted(), cpuMs: cpuMs() });
    case 'reset':
      simulator.resetCounters();
      return tell({ kind: 'counters', counters: counted(), cpuMs: cpuMs() });
    default:
      return question satisfies never;
  }
});
process.on('disconnect', () => process.exit(0));

function plant({ createPool, pool: poolOf }: Simulator, { users, groups, model, seed }: HostedPool): string {
  const id = createPool({ ...ordinaryConfig(model), UserPoolTags: { 'cognito-backup:role': 'standby' } });
  const pool = poolOf(id);
  for (const group of ordinaryGroups(groups)) pool.addGroup(group);
  for (const user of ordinaryUsers({ users, groups, model, seed })) pool.addUser(user);
  return id;
}

/** The counters are live; what is sent is what they are now. */
function counted(): Counters {
  return JSON.parse(JSON.stringify(simulator.counters)) as Counters;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function tell(answer: HostAnswer): void {
  process.send?.(answer);
}
