import { createHash } from 'node:crypto';
import type { CognitoGateway, Page } from '../../src/cognito/gateway.ts';
import { BackupError } from '../../src/model/errors.ts';
import type { Group } from '../../src/model/group.ts';
import type { User } from '../../src/model/user.ts';
import type { ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import type { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { samplePool } from '../fakes/sample-pool.ts';
import { NO_CONFIGURATION, scriptedGateway } from '../fakes/scripted-gateway.ts';
import type { History } from './history.ts';

/** [D] A ListUsers token expires after 1 hour; the other listings are taken to do the same. */
const TOKEN_LIFE_MS = 60 * 60 * 1000;

export interface ShiftingOptions {
  readonly runtime: ManualRuntime;
  readonly random: SeededRandom;
  /** How far back a listing may look: drawn anew for each record at each call, so it may even go back in time. */
  readonly lagMs: number;
  /** Longest time that a call takes. */
  readonly stepMs: number;
  /** A page holds 0 to this many. */
  readonly pageSize: number;
  /** Whether a changed record takes another place in the order. */
  readonly moves: boolean;
}

interface Cursor {
  readonly request: string;
  /** Each listing that is begun has an order of its own. */
  readonly chain: number;
  readonly after: string;
  /** [D] One token chain returns no duplicates, wherever a changed record may have moved. */
  readonly given: ReadonlySet<string>;
  readonly issuedAtMs: number;
}

type Shown<Item> = readonly [id: string, version: number, item: Item];

/**
 * A pool whose users, groups and memberships change between any two calls, listed as Cognito documents it: in no known
 * order, by opaque tokens of one hour, in short and empty pages, behind the writes. It keeps every version of every
 * record, so that a test can tell afterwards who was unchanged.
 */
export class ShiftingPool {
  readonly description = samplePool();
  readonly users = new Map<string, History<User>>();
  readonly groups = new Map<string, History<Group>>();
  /** By `membershipKey`. */
  readonly memberships = new Map<string, History<true>>();
  readonly gateway: CognitoGateway;
  /** Called before each call is answered: the place for changes, and for the end of a process. */
  onCall: () => void = () => undefined;
  readonly #options: ShiftingOptions;
  readonly #cursors = new Map<string, Cursor>();
  #chains = 0;
  #answeredAtMs: number | undefined;

  constructor(options: ShiftingOptions) {
    this.#options = options;
    const pool = this.description;
    const gateway = scriptedGateway(
      {
        ...NO_CONFIGURATION,
        DescribeUserPool: () => this.#answer(() => ({ ...pool, estimatedUsers: this.#liveUsers() })),
        ListGroups: ({ nextToken }) => this.#answer(() => this.#page('groups', nextToken, this.#shownGroups())),
        ListUsers: ({ filter = '', nextToken }) =>
          this.#answer(() => this.#page(`users ${filter}`, nextToken, this.#shownUsers(filter))),
        ListUsersInGroup: ({ group, nextToken }) =>
          this.#answer(() => this.#page(`members ${group}`, nextToken, this.#shownMembers(group))),
      },
      () => this.#serviceTime(),
    );
    this.gateway = gateway;
  }

  get nowMs(): number {
    return this.#options.runtime.now().getTime();
  }

  #answer<Answer>(answer: () => Answer): Answer {
    const { runtime, random, stepMs } = this.#options;
    runtime.advance(random.below(stepMs + 1));
    this.onCall();
    this.#answeredAtMs = this.nowMs;
    return answer();
  }

  /** As the `Date` header of the latest answer says it: whole seconds. */
  #serviceTime(): Date | undefined {
    return this.#answeredAtMs === undefined ? undefined : new Date(Math.floor(this.#answeredAtMs / 1000) * 1000);
  }

  #liveUsers(): number {
    return [...this.users.values()].filter(({ latest }) => latest !== undefined).length;
  }

  #see<Value>(history: History<Value>): ReturnType<History<Value>['at']> {
    return history.at(this.nowMs - this.#options.random.below(this.#options.lagMs + 1));
  }

  *#shownUsers(filter: string): Generator<Shown<User>> {
    const [, prefix = ''] = /^sub \^= "([0-9a-f])"$/.exec(filter) ?? [];
    for (const [sub, history] of this.users) {
      if (!sub.startsWith(prefix)) continue;
      const { value, version } = this.#see(history);
      if (value !== undefined) yield [sub, version, value];
    }
  }

  *#shownGroups(): Generator<Shown<Group>> {
    for (const [name, history] of this.groups) {
      const { value, version } = this.#see(history);
      if (value !== undefined) yield [name, version, value];
    }
  }

  #shownMembers(group: string): Iterable<Shown<User>> {
    const found = this.groups.get(group);
    if (found === undefined || this.#see(found).value === undefined) {
      throw new BackupError('rejected', 'Group not found', { awsName: 'ResourceNotFoundException' });
    }
    return this.#visibleMembers(group);
  }

  *#visibleMembers(group: string): Generator<Shown<User>> {
    for (const [key, history] of this.memberships) {
      const [ofGroup = '', sub = ''] = key.split('\0');
      const user = this.users.get(sub);
      if (ofGroup !== group || user === undefined) continue;
      const seen = this.#see(history);
      const { value } = this.#see(user);
      if (seen.value !== undefined && value !== undefined) yield [sub, seen.version, value];
    }
  }

  #page<Item>(request: string, token: string | undefined, shown: Iterable<Shown<Item>>): Page<Item> {
    const { random, pageSize, moves } = this.#options;
    const cursor = token === undefined ? this.#begin(request) : this.#resume(request, token);
    const place = (id: string, version: number): string =>
      `${createHash('md5')
        .update(`${cursor.chain} ${id} ${moves ? version : 0}`)
        .digest('hex')} ${id}`;
    const ahead = [...shown]
      .filter(([id]) => !cursor.given.has(id))
      .map(([id, version, item]) => ({ id, place: place(id, version), item }))
      .filter((candidate) => candidate.place > cursor.after)
      .sort((a, b) => (a.place < b.place ? -1 : 1));
    const taken = ahead.slice(0, random.below(pageSize + 1));
    const items = taken.map(({ item }) => item);
    const isLast = taken.length === ahead.length && random.fraction() < 0.7;
    if (isLast) return { items };
    const given = new Set([...cursor.given, ...taken.map(({ id }) => id)]);
    const after = taken.at(-1)?.place ?? cursor.after;
    const nextToken = `token-${this.#cursors.size}`;
    this.#cursors.set(nextToken, { ...cursor, after, given, issuedAtMs: this.nowMs });
    return { items, nextToken };
  }

  #begin(request: string): Cursor {
    this.#chains += 1;
    return { request, chain: this.#chains, after: '', given: new Set(), issuedAtMs: this.nowMs };
  }

  #resume(request: string, token: string): Cursor {
    const cursor = this.#cursors.get(token);
    const isGood = cursor?.request === request && this.nowMs - cursor.issuedAtMs <= TOKEN_LIFE_MS;
    if (!isGood) throw new BackupError('rejected', 'Bad token', { awsName: 'InvalidParameterException' });
    return cursor;
  }
}

export function membershipKey(group: string, sub: string): string {
  return `${group}\0${sub}`;
}
