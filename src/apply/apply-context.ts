import type { CognitoGateway } from '../cognito/gateway.ts';
import type { ActionKind } from '../model/counts.ts';
import type { PoolDescription } from '../model/pool.ts';
import type { SourceUser } from '../plan/entries.ts';
import type { IdentityModel } from '../plan/identity.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** What became of a step that did not work out; all of it is personal enough to stay in the vault. */
export interface Failure {
  readonly step: string;
  /** Cognito's exception name, or an error code. */
  readonly reason: string;
  readonly hint: string;
  readonly source?: SourceUser;
  readonly targetUsername?: string;
  readonly group?: string;
}

/** A temporary password for the operator to hand out. */
export interface TemporaryPassword {
  readonly username: string;
  readonly temporaryPassword: string;
}

/** What carrying out one entry needs. */
export interface ApplyContext {
  readonly gateway: CognitoGateway;
  readonly runtime: Runtime;
  readonly target: PoolDescription;
  readonly identity: IdentityModel;
  /** Users created after this instant were created by this run. */
  readonly oursSince: string;
  /** When the plan was made, by our clock: older deletes are checked again. */
  readonly plannedAt: Date;
  readonly signal: AbortSignal | undefined;
  /** Counts one thing done. */
  readonly did: (kind: ActionKind) => void;
  readonly fail: (failure: Failure) => Promise<void>;
  /** Keeps a temporary password, durably, before it is set. */
  readonly keepPassword: (password: TemporaryPassword) => Promise<void>;
}
