import type { CognitoGateway } from '../../cognito/gateway.ts';
import { listAll } from '../../cognito/listing.ts';
import { readConfiguration } from '../../cognito/read-configuration.ts';
import type { PoolId } from '../../model/ids.ts';
import type { ConfigurationResource } from '../../model/pool-configuration.ts';
import type { PoolDescription } from '../../model/pool.ts';
import { matchClients } from '../../plan/new-pool/match-clients.ts';
import { inParallel } from '../../runtime/in-parallel.ts';

const CLIENTS_AT_ONCE = 8;

/** What is there of the new pool so far: so that no step is taken twice. */
export class PoolUnderConstruction {
  readonly #gateway: CognitoGateway;
  readonly #wanted: readonly ConfigurationResource[];
  readonly #signal: AbortSignal | undefined;
  #pool: PoolDescription;
  #names = new Set<string>();
  #clients: ReadonlyMap<string, string> = new Map();

  private constructor(parts: ConstructionParts) {
    this.#gateway = parts.gateway;
    this.#wanted = parts.wantedClients;
    this.#signal = parts.signal;
    this.#pool = parts.pool;
  }

  /** Nothing is in a pool that was just made. */
  static fresh(parts: ConstructionParts): PoolUnderConstruction {
    return new PoolUnderConstruction(parts);
  }

  /** An earlier run got as far as it did: only the pool itself can tell. */
  static async found(parts: ConstructionParts): Promise<PoolUnderConstruction> {
    const site = new PoolUnderConstruction(parts);
    const { resources } = await readConfiguration(parts.gateway, parts.pool, {
      includeSecrets: true,
      signal: parts.signal,
    });
    site.#names = new Set(resources.map(({ kind, key }) => `${kind} ${key}`));
    const clients = resources.filter(({ kind }) => kind === 'client');
    site.#clients = matchClients(parts.wantedClients, clients);
    return site;
  }

  get pool(): PoolDescription {
    return this.#pool;
  }

  get id(): PoolId {
    return this.#pool.id;
  }

  /** New ids of the clients that are there, by their old ones. */
  get clients(): ReadonlyMap<string, string> {
    return this.#clients;
  }

  /** By the key that it has in the new pool. */
  has(kind: ConfigurationResource['kind'], key: string): boolean {
    return this.#names.has(`${kind} ${key}`);
  }

  hasAttribute(name: string): boolean {
    return this.#pool.schema.some((attribute) => attribute.name === name);
  }

  addClient(oldId: string, newId: string): void {
    this.#clients = new Map([...this.#clients, [oldId, newId]]);
  }

  /** Looks which clients are there, and answers the new id of one of them. */
  async lookForClient(oldId: string): Promise<string | undefined> {
    await this.settleClients();
    return this.#clients.get(oldId);
  }

  /** Where several have one name, who stands for whom is settled when all are there. */
  async settleClients(): Promise<void> {
    const ids = new Set<string>();
    for await (const id of listAll(this.#gateway, 'ListUserPoolClients', { poolId: this.id }, this.#signal))
      ids.add(id);
    const there: ConfigurationResource[] = [];
    await inParallel([...ids], CLIENTS_AT_ONCE, async (clientId) => {
      const request = { poolId: this.id, clientId };
      const document = await this.#gateway.send('DescribeUserPoolClient', request, this.#signal);
      there.push({ kind: 'client', key: clientId, document });
    });
    this.#clients = matchClients(this.#wanted, there);
  }
}

export interface ConstructionParts {
  readonly gateway: CognitoGateway;
  readonly pool: PoolDescription;
  /** As the plan expects them, by their old ids. */
  readonly wantedClients: readonly ConfigurationResource[];
  readonly signal?: AbortSignal | undefined;
}
