import { readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliHere } from '../support/cli-here.ts';
import { effort } from '../support/effort.ts';
import { coveringByEnd, productOf, type Strength } from './combinations.ts';
import { contentsOf, putBack, READS, type SourceOfCase } from './guard-world.ts';
import { holdEvery } from './hold-every.ts';
import {
  isPossible,
  NEW_POOL_DIMENSIONS,
  NEW_POOL_REFUSALS,
  newPoolEndOf,
  questionsOf,
  refusalOf,
  takesLease,
  type NewPoolCase,
} from './new-pool-oracle.ts';
import { NewPoolStage, OWN_TRIGGER } from './new-pool-stage.ts';

const TIMEOUT_MS = effort({ ordinary: 10, long: 240 }) * 60_000;

describe('what the documents promise of every restore into a new pool', () => {
  let stage: NewPoolStage;
  beforeAll(async () => (stage = await NewPoolStage.open()));
  afterAll(() => stage.close());

  it(
    'is what it does',
    async () => {
      const broken = await holdEvery('new pool', chosen(), async (one, index) => {
        const breaches = await breachesOf(stage, one, `risen-${index}`);
        return breaches.length > 0 ? [newPoolEndOf(one), ...breaches] : [];
      });
      expect(broken).toBe('');
    },
    TIMEOUT_MS,
  );

  it('has every rule decide something', () => {
    const decided = new Set(possible().map((one) => refusalOf(one)?.name));
    expect(NEW_POOL_REFUSALS.map(({ name }) => name).filter((name) => !decided.has(name))).toEqual([]);
  });
});

function possible(): readonly NewPoolCase[] {
  return [...productOf<NewPoolCase>(NEW_POOL_DIMENSIONS)].filter(isPossible);
}

/** Of some 20,000 all pairs of those that make a pool from nothing, every value of the rest; in the long run all. */
function chosen(): readonly NewPoolCase[] {
  const isMade = (one: NewPoolCase): boolean => writes(one) && one.name === 'free';
  const all = possible();
  const covered = (holds: (one: NewPoolCase) => boolean, strength: Strength): readonly NewPoolCase[] =>
    coveringByEnd(all.filter(holds), newPoolEndOf, strength);
  return effort({
    ordinary: () => [...covered(isMade, 2), ...covered((one) => !isMade(one), 1)],
    long: () => all,
  })();
}

async function breachesOf(stage: NewPoolStage, one: NewPoolCase, name: string): Promise<readonly string[]> {
  const { simulator } = stage.world;
  const source = await stage.sourceOf(one);
  const before = await stage.setName(one, source, name);
  const poolsBefore = JSON.stringify(stage.pools());
  simulator.resetCounters();
  let asked = 0;
  const answer = (): string => {
    asked += 1;
    return one.terminal === 'answers-right' ? 'yes\r' : 'maybe\r';
  };
  const result = await cliHere(stage.argumentsOf(one, source, name), one.terminal === 'none' ? undefined : answer);
  const mutations = Object.keys(simulator.counters.calls).filter((operation) => !READS.test(operation));
  const seen: Seen = { ...result, name, document: documentOf(result.stdout), asked, mutations, before };
  const breaches = [
    ...endBreaches(one, seen),
    ...(writes(one) ? madeBreaches(stage, one, seen) : seen.mutations.map((operation) => `calls ${operation}`)),
    ...(writes(one) || JSON.stringify(stage.pools()) === poolsBefore ? [] : ['changes the pools']),
    ...(simulator.counters.messages.causedByAdmin > 0 ? ['sends messages'] : []),
    ...(simulator.counters.triggersFired > 0 ? ['fires triggers'] : []),
    ...(await fileBreaches(stage, one, name)),
    ...(await vaultBreaches(stage, one, source, name)),
  ];
  stage.remove(name);
  await putBack(source);
  return breaches;
}

interface Seen {
  readonly name: string;
  readonly exitCode: number;
  readonly stderr: string;
  readonly document: Document;
  readonly asked: number;
  readonly mutations: readonly string[];
  /** Pools of that name before. */
  readonly before: readonly string[];
}

interface Document {
  readonly code?: string;
  readonly message?: string;
  readonly origin?: string;
  readonly losses?: readonly { readonly kind: string }[];
}

function documentOf(stdout: string): Document {
  try {
    return JSON.parse(stdout) as Document;
  } catch {
    return { message: `Not one JSON document: ${stdout.slice(0, 200)}` };
  }
}

function writes(one: NewPoolCase): boolean {
  return refusalOf(one) === undefined && one.says !== 'dry-run' && one.name !== 'complete';
}

function endBreaches(one: NewPoolCase, { exitCode, document, asked, stderr }: Seen): string[] {
  const by = refusalOf(one);
  const breaches: string[] = [];
  const wanted = { exitCode: by?.exitCode ?? 0, code: by?.code };
  if (exitCode !== wanted.exitCode || document.code !== wanted.code) {
    breaches.push(`ends with ${exitCode} ${document.code} (${document.message}), not ${JSON.stringify(wanted)}`);
  } else if (by && !by.message.test(document.message ?? '')) breaches.push(`refused otherwise: ${document.message}`);
  if (asked !== questionsOf(one)) breaches.push(`asks ${asked} times, not ${questionsOf(one)}`);
  if (by) return breaches;
  const isWarned = stderr.includes('suspect');
  if (isWarned !== (one.snapshot === 'suspect' && one.name !== 'complete'))
    breaches.push('warns of a suspect one wrongly');
  const isLost = document.losses?.some(({ kind }) => kind === 'identity-provider');
  if (isLost !== (one.files !== 'secrets')) breaches.push('names the provider wrongly');
  return breaches;
}

/** One pool, whole: whom and what the snapshot holds, its trigger, its protection. */
function madeBreaches(stage: NewPoolStage, one: NewPoolCase, { name, document, before }: Seen): string[] {
  const { simulator } = stage.world;
  const [poolId = '', ...more] = stage.poolsNamed(name);
  if (poolId === '' || more.length > 0) return [`${more.length} pools too many, or none`];
  const breaches: string[] = [];
  if (before.length > 0 && before[0] !== poolId) breaches.push('makes another pool than the one begun');
  if (document.origin !== (one.name === 'begun' ? 'resumed' : 'created')) breaches.push(`is ${document.origin}`);
  const users = stage.world.usersOf(poolId).map(({ username, enabled }) => `${username} ${enabled}`);
  if (users.join() !== (one.snapshot === 'empty' ? '' : 'ada true,bob false')) breaches.push(`holds ${users.join()}`);
  const { UserPool } = simulator.configure('DescribeUserPool', { UserPoolId: poolId });
  const {
    LambdaConfig,
    DeletionProtection,
    Domain = '',
  } = UserPool as {
    readonly LambdaConfig: { readonly PreSignUp?: string };
    readonly DeletionProtection: string;
    readonly Domain?: string;
  };
  if (LambdaConfig.PreSignUp !== OWN_TRIGGER) breaches.push(`has the trigger ${LambdaConfig.PreSignUp}`);
  if (DeletionProtection !== 'ACTIVE') breaches.push('is not protected');
  const domain = { free: /^origin-\d+$/, replaced: /-domain$/, 'left-out': /^$/, taken: /never/ }[one.domain];
  if (!domain.test(Domain)) breaches.push(`has the domain ${Domain}`);
  return breaches;
}

/** The file with secrets is there where it was asked for and something was made, for its owner alone. */
async function fileBreaches(stage: NewPoolStage, one: NewPoolCase, name: string): Promise<string[]> {
  const facts = await stat(stage.envFileOf(name)).catch(() => undefined);
  const isWanted = one.files === 'env' && (one.name === 'complete' || writes(one));
  const breaches: string[] = [];
  if ((facts !== undefined) !== isWanted) breaches.push(facts ? 'writes an env file' : 'writes no env file');
  if (facts && (facts.mode & 0o777) !== 0o600) breaches.push('lets others read the env file');
  if ((await readFile(stage.files.strange, 'utf8')) !== 'MINE=1\n') breaches.push('changes a file of others');
  return breaches;
}

/** Refused, the vault is as before, but for a lease that is free. */
async function vaultBreaches(
  stage: NewPoolStage,
  one: NewPoolCase,
  { vault, contents, poolId }: SourceOfCase,
  name: string,
): Promise<string[]> {
  const after = await contentsOf(vault);
  const made = writes(one) ? stage.poolsNamed(name) : [];
  const allowed = [
    ...(takesLease(one) ? [`locks/${poolId}.json`] : []),
    ...made.flatMap((id) => [`locks/${id}.json`, `runs/${id}/`]),
  ];
  const added = [...after].filter(([key]) => !contents.has(key));
  const changed = [...contents].filter(([key, bytes]) => after.get(key) !== bytes);
  return [
    ...changed.map(([key]) => `changes ${key}`),
    ...added.filter(([key]) => !allowed.some((prefix) => key.startsWith(prefix))).map(([key]) => `adds ${key}`),
    ...added
      .filter(([key, bytes]) => key.startsWith('locks/') && !Buffer.from(bytes, 'base64').includes('"state":"free"'))
      .map(([key]) => `holds ${key}`),
  ];
}
