import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { vi } from 'vitest';
import type { PoolConfig, SeedUser, SimulatedUser } from '../../src/simulator/pool-config.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { cliHere } from '../support/cli-here.ts';
import { hurryTime } from '../support/hurried-time.ts';
import type { Case, SnapshotKind } from './dimensions.ts';
import { stubAws } from '../support/environment.ts';

/** Two snapshots of one pool in a vault of their own: an older good one, and the one that a case is about. */
export interface SourceOfCase {
  readonly poolId: string;
  readonly snapshotId: string;
  readonly olderId: string;
  /** The folder that a run writes to, and what it holds before each. */
  readonly vault: string;
  readonly contents: Contents;
}

/** Every file below a folder with its bytes. */
export type Contents = ReadonlyMap<string, string>;

export interface Stage {
  readonly source: SourceOfCase;
  readonly targetId: string;
  /** For `import`: a file with whom the snapshot would hold. */
  readonly csv: string;
}

export const PEOPLE = ['ada', 'bob', 'cleo', 'eve'] as const;
const LONG_AGO = Date.UTC(2026, 0, 1);
export const FILLERS = 60;
const BADGE = 'custom:badge';
const TRIGGER = { PreSignUp: 'arn:aws:lambda:eu-central-1:123456789012:function:check' };

/** Whatever is not a read counts as a change, also an operation that nobody has thought of here. */
export const READS = /^(Describe|List|Get|AdminGet|AdminList)/;

/** Nothing here is about pacing. */
export const UNPACED = ['--max-rps', '10000'];

/** A simulator with a pool and a vault for every look that a case can want; made when first wanted, and used again. */
export class GuardWorld {
  readonly simulator: Simulator;
  readonly folder: string;
  readonly #calmTime: () => void;
  readonly #sources = new Map<string, Promise<SourceOfCase>>();

  private constructor(simulator: Simulator, folder: string, calmTime: () => void) {
    this.simulator = simulator;
    this.folder = folder;
    this.#calmTime = calmTime;
  }

  static async open(): Promise<GuardWorld> {
    const simulator = await startSimulator({ quotaScale: 'unlimited' });
    stubAws(simulator);
    return new GuardWorld(simulator, await mkdtemp(join(tmpdir(), 'cognito-backup-guards-')), hurryTime());
  }

  async close(): Promise<void> {
    this.#calmTime();
    vi.unstubAllEnvs();
    await this.simulator.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Sets pools and vault up as the case has them. */
  async set(one: Case): Promise<Stage> {
    const isOwn = one.target === 'own-source';
    const source = await this.sourceOf(
      one.snapshot,
      isOwn ? lookOf(one) : { twins: one.conflict && one.verb !== 'import' },
    );
    const targetId = isOwn ? source.poolId : this.simulator.createPool(configOf(lookOf(one)));
    this.#populate(targetId, one);
    return { source, targetId, csv: await this.#csvOf(targetId, one) };
  }

  /** Lets go of a pool that was made for one case. */
  leave({ source, targetId: UserPoolId }: Stage): void {
    if (UserPoolId !== source.poolId) this.simulator.configure('DeleteUserPool', { UserPoolId });
  }

  sourceOf(kind: SnapshotKind, look: Look): Promise<SourceOfCase> {
    const key = JSON.stringify([kind, look]);
    let source = this.#sources.get(key);
    if (!source) this.#sources.set(key, (source = this.#makeSource(kind, look, `vault-${this.#sources.size}`)));
    return source;
  }

  async #makeSource(kind: SnapshotKind, look: Look, name: string): Promise<SourceOfCase> {
    const poolId = this.simulator.createPool(configOf(look));
    const pool = this.simulator.pool(poolId);
    const vault = join(this.folder, name);
    pool.addGroup({ name: 'staff' });
    for (const user of snapshotUsers(look)) pool.addUser(user);
    const shrinks = kind === 'suspect' || kind === 'accepted';
    const fillers = shrinks ? Array.from({ length: FILLERS }, (_, at) => `filler-${at}`) : [];
    for (const username of fillers) pool.addUser({ username, attributes: [] });
    const signing = look.signKey === undefined ? [] : ['--sign-key', look.signKey];
    const olderId = await backUp(poolId, vault, signing);
    for (const username of fillers) pool.removeUser(username);
    if (kind === 'empty') for (const { username } of this.usersOf(poolId)) pool.removeUser(username);
    const sealing = look.newestFor === undefined ? [] : ['--encrypt-to', look.newestFor];
    const snapshotId = await backUp(poolId, vault, [...signing, ...sealing]);
    const at = `${poolId}@${snapshotId}`;
    if (kind === 'accepted') await succeed(['snapshots', 'accept', at, '--vault', vault, ...signing]);
    if (kind === 'damaged') await cutPart(join(vault, 'pools', poolId, 'snapshots', snapshotId, 'users'));
    return { poolId, snapshotId, olderId, vault, contents: await contentsOf(vault) };
  }

  /** Whoever is in the target before a run. */
  #populate(targetId: string, one: Case): void {
    const pool = this.simulator.pool(targetId);
    for (const { username } of this.usersOf(targetId)) pool.removeUser(username);
    if (one.verb === 'clean' && one.goes === 'nobody') return;
    if (!pool.groups().some(({ name }) => name === 'staff')) pool.addGroup({ name: 'staff' });
    const isOwn = one.target === 'own-source';
    for (const person of PEOPLE) {
      if (person === 'bob' && one.missing) continue;
      const user = userNamed(person, person === 'eve' && one.goes === 'recreated' ? 'old' : 'new');
      const isAnother = !isOwn || (person === 'cleo' && one.conflict);
      const { sub: _sub, ...rest } = user;
      pool.addUser(isAnother ? rest : user);
    }
    for (const username of extrasOf(one)) pool.addUser({ username, attributes: [], createdAt: LONG_AGO });
  }

  async #csvOf(targetId: string, one: Case): Promise<string> {
    const path = join(this.folder, 'users.csv');
    if (one.verb !== 'import') return path;
    const { body } = await this.simulator.answer('GetCSVHeader', { UserPoolId: targetId });
    const header = (body as { CSVHeader: readonly string[] }).CSVHeader;
    const rows = snapshotUsers({ twins: one.conflict }).map(({ username, attributes = [] }) => {
      const cells = new Map<string, string>([...attributes, ['cognito:username', username ?? '']]);
      return header.map((name) => cells.get(name) ?? (/verified$|mfa_enabled$/.test(name) ? 'false' : '')).join(',');
    });
    await writeFile(path, [header.join(','), ...rows, ''].join('\n'));
    return path;
  }

  usersOf(poolId: string): readonly SimulatedUser[] {
    return [...this.simulator.pool(poolId).users()].sort((a, b) => (a.username < b.username ? -1 : 1));
  }
}

/** Usernames in the target that no source holds. */
export function extrasOf({ goes }: Pick<Case, 'goes'>): readonly string[] {
  const counts = { nobody: 0, recreated: 0, extras: 2, 'over-told': 2, 'over-default': 101 };
  return Array.from({ length: counts[goes] }, (_, at) => `extra-${at}`);
}

export interface Look extends Partial<Pick<Case, 'protectedTag' | 'standbyTag' | 'trigger'>> {
  /** Two users whose names differ by case alone, which a target that folds case cannot tell apart. */
  readonly twins?: boolean;
  /** File of the key that signs both snapshots. */
  readonly signKey?: string;
  /** The newest one is encrypted for this key. */
  readonly newestFor?: string;
}

function lookOf({ protectedTag, standbyTag, trigger }: Case): Look {
  return { protectedTag, standbyTag, trigger: trigger === 'none' ? 'none' : 'fires' };
}

function configOf({ protectedTag, standbyTag, trigger = 'none', twins = false }: Look): PoolConfig {
  return {
    PoolName: 'guarded',
    Schema: [{ Name: 'badge', AttributeDataType: 'String', Mutable: false }],
    UsernameConfiguration: { CaseSensitive: twins },
    UserPoolTags: {
      ...(protectedTag && { 'cognito-backup:protected': 'true' }),
      ...(standbyTag && { 'cognito-backup:role': 'standby' }),
    },
    ...(trigger !== 'none' && { LambdaConfig: TRIGGER }),
  };
}

export const TWINS = ['dana', 'Dana'];

function snapshotUsers({ twins }: Look): readonly SeedUser[] {
  return [...PEOPLE, ...(twins ? TWINS : [])].map((name) => userNamed(name, 'new'));
}

function userNamed(username: string, badge: 'old' | 'new'): SeedUser {
  return {
    username,
    sub: subOf(username),
    createdAt: LONG_AGO,
    attributes: [
      ['email', `${username.toLowerCase()}@example.com`],
      ...(username === 'eve' ? [[BADGE, badge] as const] : []),
    ],
    groups: username === 'ada' ? ['staff'] : [],
  };
}

export function subOf(username: string): string {
  return `0000000${[...PEOPLE, ...TWINS].indexOf(username)}-1111-4222-8333-444444444444`;
}

async function backUp(poolId: string, vault: string, args: readonly string[]): Promise<string> {
  const stdout = await succeed(['backup', '--pool', poolId, '--vault', vault, ...UNPACED, '--json', ...args], [0, 3]);
  return (JSON.parse(stdout) as { snapshot: { id: string } }).snapshot.id;
}

async function succeed(args: readonly string[], exitCodes = [0]): Promise<string> {
  const { exitCode, stdout, stderr } = await cliHere(args);
  if (!exitCodes.includes(exitCode)) throw new Error(`Exit code ${exitCode} of ${args.join(' ')}\n${stderr}`);
  return stdout;
}

async function cutPart(folder: string): Promise<void> {
  const [part] = await readdir(folder);
  if (part === undefined) throw new Error(`Nothing in ${folder}`);
  await truncate(join(folder, part), 20);
}

export async function contentsOf(folder: string): Promise<Contents> {
  const contents = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    contents.set(relative(folder, path).split(sep).join('/'), await readFile(path, 'base64'));
  }
  return contents;
}

/** Puts a vault back as it was. */
export async function putBack({ vault, contents }: SourceOfCase): Promise<void> {
  await rm(vault, { recursive: true, force: true });
  for (const [key, bytes] of contents) {
    await mkdir(dirname(join(vault, key)), { recursive: true });
    await writeFile(join(vault, key), bytes, 'base64');
  }
}
