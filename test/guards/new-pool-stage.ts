import { readdir, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { cliHere } from '../support/cli-here.ts';
import { contentsOf, GuardWorld, putBack, type SourceOfCase } from './guard-world.ts';
import type { NewPoolCase } from './new-pool-oracle.ts';

const FAST = ['--max-rps', '1000'];
const SECRET = 'provider-secret';
const LAMBDA = (account: string): string => `arn:aws:lambda:eu-central-1:${account}:function:check`;
export const OWN_TRIGGER = LAMBDA('123456789012');
const FOREIGN_TRIGGER = LAMBDA('999999999999');
/** What the configuration is read by, beside the description of the pool. */
const CONFIGURATION_READS = [
  'ListUserPoolClients',
  'GetUserPoolMfaConfig',
  'GetUserPoolSessionConfiguration',
  'GetLogDeliveryConfiguration',
  'DescribeRiskConfiguration',
  'GetUICustomization',
  'ListResourceServers',
  'ListIdentityProviders',
  'DescribeUserPoolDomain',
  'ListTerms',
  'ListUserPoolReplicas',
];

/** A snapshot for every kind of case, in a vault of its own; made when first wanted, and used again. */
export class NewPoolStage {
  readonly world: GuardWorld;
  readonly files: { readonly [Name in 'secrets' | 'malformed' | 'strange' | 'identity']: string };
  #recipient = '';
  readonly #sources = new Map<string, Promise<SourceOfCase>>();

  private constructor(world: GuardWorld) {
    this.world = world;
    const at = (name: string): string => join(world.folder, name);
    this.files = {
      secrets: at('secrets.json'),
      malformed: at('malformed.json'),
      strange: at('strange.env'),
      identity: at('identity.txt'),
    };
  }

  async close(): Promise<void> {
    await this.world.close();
  }

  static async open(): Promise<NewPoolStage> {
    const world = await GuardWorld.open();
    const stage = new NewPoolStage(world);
    await writeFile(stage.files.secrets, JSON.stringify({ Google: { client_secret: SECRET } }));
    await writeFile(stage.files.malformed, JSON.stringify({ Google: SECRET }));
    await writeFile(stage.files.strange, 'MINE=1\n');
    const identity = await generateX25519Identity();
    await writeFile(stage.files.identity, `${identity}\n`);
    stage.#recipient = await identityToRecipient(identity);
    return stage;
  }

  async sourceOf({ snapshot, arns, domain }: Pick<NewPoolCase, 'snapshot' | 'arns' | 'domain'>): Promise<SourceOfCase> {
    const kind = snapshot === 'without-key' ? 'sealed' : snapshot;
    const key = [kind, arns === 'own'].join();
    let making = this.#sources.get(key);
    if (!making) this.#sources.set(key, (making = this.#makeSource(kind, arns, `origin-${this.#sources.size}`)));
    const source = await making;
    this.#setDomain(source, domain === 'taken');
    return source;
  }

  /** The snapshot has it, whatever became of it since. */
  #setDomain({ poolId: UserPoolId, vault }: SourceOfCase, isTaken: boolean): void {
    const { simulator } = this.world;
    const Domain = basename(vault);
    const { UserPool } = simulator.configure('DescribeUserPool', { UserPoolId });
    const has = (UserPool as { readonly Domain?: string }).Domain !== undefined;
    if (has !== isTaken) {
      simulator.configure(isTaken ? 'CreateUserPoolDomain' : 'DeleteUserPoolDomain', { UserPoolId, Domain });
    }
  }

  async #makeSource(kind: NewPoolCase['snapshot'], arns: NewPoolCase['arns'], name: string): Promise<SourceOfCase> {
    const { simulator, folder } = this.world;
    const vault = join(folder, name);
    const poolId = this.#plant(name, arns === 'own' ? OWN_TRIGGER : FOREIGN_TRIGGER);
    const pool = simulator.pool(poolId);
    const fillers = kind === 'suspect' ? Array.from({ length: 60 }, (_, at) => `filler-${at}`) : [];
    for (const username of fillers) pool.addUser({ username, attributes: [] });
    const sealing = kind === 'sealed' ? ['--encrypt-to', this.#recipient] : [];
    const backUp = async (): Promise<string> => {
      const { exitCode, stdout, stderr } = await cliHere([
        'backup',
        '--pool',
        poolId,
        '--vault',
        vault,
        '--json',
        ...FAST,
        ...sealing,
      ]);
      if (exitCode !== 0 && exitCode !== 3) throw new Error(stderr);
      return (JSON.parse(stdout) as { readonly snapshot: { readonly id: string } }).snapshot.id;
    };
    const olderId = kind === 'suspect' ? await backUp() : '';
    for (const username of fillers) pool.removeUser(username);
    if (kind === 'empty') for (const { username } of this.world.usersOf(poolId)) pool.removeUser(username);
    if (kind === 'unconfigured') {
      simulator.faults.add(...CONFIGURATION_READS.map((operation) => ({ kind: 'access-denied' as const, operation })));
    }
    const snapshotId = await backUp();
    simulator.faults.clear();
    if (kind === 'damaged') {
      const users = join(vault, 'pools', poolId, 'snapshots', snapshotId, 'users');
      await truncate(join(users, (await readdir(users))[0] ?? ''), 20);
    }
    return { poolId, snapshotId, olderId, vault, contents: await contentsOf(vault) };
  }

  /** A pool with a domain, a provider that has a secret, a client that uses it, a trigger that would fire, and people. */
  #plant(name: string, trigger: string): string {
    const { simulator } = this.world;
    const { UserPool } = simulator.configure('CreateUserPool', {
      PoolName: name,
      LambdaConfig: { PreSignUp: trigger },
      DeletionProtection: 'ACTIVE',
    });
    const { Id: UserPoolId } = UserPool as { readonly Id: string };
    simulator.configure('CreateUserPoolDomain', { UserPoolId, Domain: name });
    simulator.configure('CreateIdentityProvider', {
      UserPoolId,
      ProviderName: 'Google',
      ProviderType: 'Google',
      ProviderDetails: { client_id: 'id', client_secret: SECRET, authorize_scopes: 'openid' },
    });
    const SupportedIdentityProviders = ['COGNITO', 'Google'];
    simulator.configure('CreateUserPoolClient', { UserPoolId, ClientName: 'app', SupportedIdentityProviders });
    const pool = simulator.pool(UserPoolId);
    pool.addGroup({ name: 'staff' });
    pool.addUser({ username: 'ada', attributes: [['email', 'ada@example.com']], groups: ['staff'] });
    pool.addUser({ username: 'bob', attributes: [], enabled: false });
    return UserPoolId;
  }

  /** Makes sure that the pool which the case wants to be there is. Answers the ids of the pools of that name. */
  async setName(one: NewPoolCase, source: SourceOfCase, name: string): Promise<readonly string[]> {
    const { simulator } = this.world;
    const mark = `${source.poolId}@${source.snapshotId}`;
    if (one.name === 'taken') simulator.configure('CreateUserPool', { PoolName: name });
    if (one.name === 'begun') {
      const UserPoolTags = { 'cognito-backup:restore': mark };
      simulator.configure('CreateUserPool', { PoolName: name, UserPoolTags });
    }
    if (one.name === 'complete') {
      const { exitCode, stderr } = await cliHere(this.argumentsOf({ ...one, says: 'yes' }, source, name));
      if (exitCode !== 0) throw new Error(stderr);
      await putBack(source);
    }
    return this.poolsNamed(name);
  }

  argumentsOf(one: NewPoolCase, { vault, poolId, snapshotId }: SourceOfCase, name: string): readonly string[] {
    const { secrets, malformed, strange, identity } = this.files;
    const files = {
      none: [],
      secrets: ['--provider-secrets', secrets],
      'malformed-secrets': ['--provider-secrets', malformed],
      env: ['--write-env', this.envFileOf(name)],
      'strange-env': ['--write-env', strange],
    }[one.files];
    const says = {
      nothing: [],
      yes: ['--yes'],
      'dry-run': ['--dry-run'],
      confirm: ['--confirm', poolId],
      'other-target-too': ['--pool', poolId, '--yes'],
    }[one.says];
    return [
      'restore',
      `${poolId}@${snapshotId}`,
      '--new-pool',
      name,
      '--vault',
      vault,
      '--json',
      ...FAST,
      ...files,
      ...says,
      ...(one.snapshot === 'sealed' ? ['--identity', identity] : []),
      ...(one.arns === 'mapped' ? ['--map-arn', `${FOREIGN_TRIGGER}=${OWN_TRIGGER}`] : []),
      ...(one.domain === 'replaced' ? ['--domain', `${name}-domain`] : []),
      ...(one.domain === 'left-out' ? ['--no-domain'] : []),
    ];
  }

  envFileOf(name: string): string {
    return join(this.world.folder, `${name}.env`);
  }

  pools(): readonly { readonly Id: string; readonly Name: string }[] {
    const { UserPools } = this.world.simulator.configure('ListUserPools', { MaxResults: 60 });
    return UserPools as readonly { readonly Id: string; readonly Name: string }[];
  }

  poolsNamed(name: string): readonly string[] {
    return this.pools().flatMap((pool) => (pool.Name === name ? [pool.Id] : []));
  }

  remove(name: string): void {
    const { simulator } = this.world;
    for (const UserPoolId of this.poolsNamed(name)) {
      const { UserPool } = simulator.configure('DescribeUserPool', { UserPoolId });
      const { Domain } = UserPool as { readonly Domain?: string };
      if (Domain !== undefined) simulator.configure('DeleteUserPoolDomain', { UserPoolId, Domain });
      simulator.configure('UpdateUserPool', { UserPoolId, DeletionProtection: 'INACTIVE' });
      simulator.configure('DeleteUserPool', { UserPoolId });
    }
  }
}
