import { cliHere } from '../support/cli-here.ts';
import type { SimulatedUser } from '../../src/simulator/pool-config.ts';
import type { Case } from './dimensions.ts';
import { contentsOf, putBack, READS, UNPACED, type Contents, type GuardWorld, type Stage } from './guard-world.ts';
import type { Question } from './oracle.ts';

/** What a run did, seen from outside: by whoever typed it, at the service, and in the vault. */
export interface Observed {
  readonly exitCode: number;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly asked: readonly Question[];
  /** Calls that were not reads, by operation. */
  readonly mutations: readonly string[];
  readonly messagesSent: number;
  readonly before: readonly SimulatedUser[];
  readonly after: readonly SimulatedUser[];
  /** Keys below the vault. */
  readonly added: readonly string[];
  readonly changedOrGone: readonly string[];
  /** Leases that are not given back. */
  readonly heldLeases: number;
  readonly stderr: string;
}

export async function runCase(world: GuardWorld, one: Case, stage: Stage): Promise<Observed> {
  const { simulator } = world;
  const { targetId, source } = stage;
  const before = world.usersOf(targetId);
  simulator.resetCounters();
  const asked: Question[] = [];
  const answer = (question: Question): string => {
    asked.push(question);
    if (one.terminal === 'answers-right') return question === 'yes' ? 'yes\r' : `${targetId}\r`;
    return question === 'yes' ? 'maybe\r' : 'eu-central-1_Another01\r';
  };
  const result = await cliHere(argumentsOf(one, stage), one.terminal === 'none' ? undefined : answer);
  const { calls, messages } = simulator.counters;
  const document = parsed(result.stdout);
  const observed = {
    exitCode: result.exitCode,
    code: document['code'],
    message: document['message'],
    asked,
    mutations: Object.keys(calls).filter((operation) => !READS.test(operation)),
    messagesSent: messages.causedByAdmin,
    before,
    after: world.usersOf(targetId),
    ...differences(source.contents, await contentsOf(source.vault)),
    stderr: result.stderr,
  };
  if (observed.added.length + observed.changedOrGone.length > 0) await putBack(source);
  return observed;
}

function argumentsOf(one: Case, { targetId, source, csv }: Stage): readonly string[] {
  const from = one.source === 'pool' ? `pool:${source.poolId}` : `${source.poolId}@${source.snapshotId}`;
  const subject = { restore: [from], mirror: [from], import: [csv], clean: [] }[one.verb];
  const says = {
    nothing: [],
    yes: ['--yes'],
    confirm: ['--confirm', targetId],
    'confirms-other': ['--confirm', 'eu-central-1_Another01', '--yes'],
    'dry-run': ['--dry-run'],
  }[one.says];
  return [
    one.verb,
    ...subject,
    '--pool',
    targetId,
    '--vault',
    source.vault,
    '--json',
    ...UNPACED,
    ...says,
    ...(one.trigger === 'allowed' ? ['--allow-triggers'] : []),
    ...(one.goes === 'over-told' ? ['--max-deletes', '1'] : []),
    ...(one.goes === 'recreated' ? ['--recreate'] : []),
    ...(one.goes === 'recreated' && one.verb !== 'mirror' ? ['--existing', 'update'] : []),
  ];
}

function parsed(stdout: string): Readonly<Record<string, string | undefined>> {
  try {
    return JSON.parse(stdout) as Record<string, string>;
  } catch {
    return { message: `Not one JSON document: ${stdout.slice(0, 200)}` };
  }
}

function differences(before: Contents, after: Contents): Pick<Observed, 'added' | 'changedOrGone' | 'heldLeases'> {
  const leases = [...after].filter(([key]) => key.startsWith('locks/'));
  return {
    heldLeases: leases.filter(([, bytes]) => !Buffer.from(bytes, 'base64').includes('"state":"free"')).length,
    added: [...after.keys()].filter((key) => !before.has(key)),
    changedOrGone: [...before].filter(([key, bytes]) => after.get(key) !== bytes).map(([key]) => key),
  };
}
