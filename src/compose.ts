import { resolve } from 'node:path';
import type { CognitoClientOptions } from './cognito/client.ts';
import { createGateway, type ComposedGateway } from './cognito/compose-gateway.ts';
import type { RateOptions } from './cognito/rates.ts';
import { kmsKeyService } from './encryption/kms.ts';
import { openVaultKeys, type KeyOptions } from './encryption/open-keys.ts';
import { addCalls, type CallCounts } from './model/call-counts.ts';
import type { Observer } from './model/events.ts';
import { regionOfPool, type PoolId } from './model/ids.ts';
import type { NamedVault } from './operations/doctor/look-at-vault.ts';
import type { ReconcileDependencies } from './operations/reconcile/dependencies.ts';
import { caBundle } from './runtime/ca-bundle.ts';
import { realRuntime } from './runtime/real-runtime.ts';
import type { Runtime } from './runtime/runtime.ts';
import { openVaultTrust, type TrustOptions } from './signing/vault-trust.ts';
import { openVault, type Vault } from './snapshot/vault.ts';
import { locationProtection } from './storage/location-protection.ts';
import { openStorage } from './storage/open-storage.ts';
import type { Storage } from './storage/storage.ts';

/** How the outside world is reached; whatever is absent, the AWS SDK finds as every AWS tool does. */
export interface Surroundings extends RateOptions {
  readonly runtime?: Runtime;
  readonly observer?: Observer;
  /** Profile for the pools; `vaultProfile` for S3 where it differs. */
  readonly profile?: string;
  readonly vaultProfile?: string;
  readonly region?: string;
  /** Cognito's endpoint. S3's is `AWS_ENDPOINT_URL_S3`. */
  readonly endpointUrl?: string;
  /** How long throttling is borne without one success. */
  readonly patienceMs?: number;
  /** To whom a vault is written, and what opens it. KMS's endpoint is `AWS_ENDPOINT_URL_KMS`. */
  readonly keys?: KeyOptions;
  /** Who signs what is written to a vault, and whose signature is asked for. */
  readonly trust?: TrustOptions;
}

/** Gateways by Region, all under one governor each, and what they have called. */
export interface Gateways {
  /** The gateway for a pool: its Region is in its id, unless a Region or endpoint was given for it. */
  forPool(poolId: PoolId): ComposedGateway;
  forRegion(region: string): ComposedGateway;
  counts(): CallCounts;
}

export function composeGateways(surroundings: Surroundings = {}): Gateways {
  const composed = new Map<string, ComposedGateway>();
  const forRegion = (region: string): ComposedGateway => {
    let gateway = composed.get(region);
    if (!gateway) composed.set(region, (gateway = composeGateway(region, surroundings)));
    return gateway;
  };
  return {
    forRegion,
    forPool: (poolId) => forRegion(surroundings.region ?? regionOfPool(poolId)),
    counts: () => {
      const all = [...composed.values()].map((gateway) => gateway.counts());
      const throttles = all.reduce((sum, counts) => sum + counts.throttles, 0);
      return { calls: addCalls(...all.map(({ calls }) => calls)), throttles };
    },
  };
}

function composeGateway(region: string, surroundings: Surroundings): ComposedGateway {
  const { profile, endpointUrl, maxRps, quotaShare, patienceMs } = surroundings;
  const ca = caBundle(process.env);
  const client: CognitoClientOptions = {
    region,
    ...(profile !== undefined && { profile }),
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    ...(ca && { ca }),
  };
  return createGateway({
    // Loaded when the first call is made: the SDK is most of what there is to load.
    client: async () => (await import('./cognito/client.ts')).createCognitoClient(client),
    runtime: surroundings.runtime ?? realRuntime,
    observer: surroundings.observer ?? ignore,
    ...(maxRps !== undefined && { maxRps }),
    ...(quotaShare !== undefined && { quotaShare }),
    ...(patienceMs !== undefined && { patienceMs }),
    ...(ca && { ca }),
  });
}

/** Opens a folder or `s3://bucket/prefix`, with retries. */
export async function composeStorage(
  location: string,
  surroundings: Surroundings & { readonly create?: boolean } = {},
): Promise<Storage> {
  const { region, observer, create = false } = surroundings;
  const profile = surroundings.vaultProfile ?? surroundings.profile;
  return openStorage(location, {
    runtime: surroundings.runtime ?? realRuntime,
    create,
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(observer && { observer }),
  });
}

/** Opens a vault; with `create` it is made where there is none. */
export async function composeVault(
  location: string,
  surroundings: Surroundings & { readonly create?: boolean } = {},
): Promise<Vault> {
  const { runtime = realRuntime, create = false } = surroundings;
  const profile = surroundings.vaultProfile ?? surroundings.profile;
  const keyService = kmsKeyService(profile === undefined ? {} : { profile });
  // Before the storage is touched: a vault is not made for a key that cannot be read.
  const keys = await openVaultKeys(surroundings.keys ?? {}, keyService);
  const trust = await openVaultTrust(surroundings.trust ?? {}, nameOfVault(location), runtime);
  const storage = await composeStorage(location, surroundings);
  return openVault(storage, { runtime, create, keys, trust });
}

/** A vault for the doctor to look at; nothing is opened, asked or made yet. */
export function namedVault(location: string, surroundings: Surroundings = {}): NamedVault {
  const { region } = surroundings;
  const profile = surroundings.vaultProfile ?? surroundings.profile;
  const client = { ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) };
  return {
    location,
    open: () => composeVault(location, surroundings),
    protection: (signal) => locationProtection(location, { ...client, signal }),
  };
}

/** One name for a vault, from whatever folder it is named. */
function nameOfVault(location: string): string {
  return location.startsWith('s3://') ? location.replace(/\/+$/, '') : resolve(location);
}

/** What restore, import, clean and mirror are given. */
export function reconcileDependencies(
  gateway: ComposedGateway,
  vault: Vault,
  surroundings: Surroundings = {},
): ReconcileDependencies {
  return {
    gateway,
    rate: (...asked) => gateway.governor.rate(...asked),
    storage: vault.storage,
    vault,
    runtime: surroundings.runtime ?? realRuntime,
    observer: surroundings.observer ?? ignore,
  };
}

function ignore(): void {}
