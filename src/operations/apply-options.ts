import type { PoolId } from '../model/ids.ts';
import type { PlanOptions } from '../plan/context.ts';
import type { Scope } from '../plan/scope.ts';
import type { ReconcileRequest } from './reconcile/requests.ts';

/** What is handed through as it stands. */
type HandedThrough = Pick<
  ReconcileRequest,
  'onFinding' | 'importRole' | 'maxDeletes' | 'keepPassword' | 'deadline' | 'continuation' | 'signal'
>;

/** What restore, import, clean and mirror have in common. */
export interface ApplyOptions
  extends
    Partial<PlanOptions>,
    Partial<Pick<Scope, 'onlyUsers' | 'onlyGroups'>>,
    Partial<Pick<ReconcileRequest, 'dryRun' | 'allowTriggers' | 'createMissingAttributes'>>,
    Pick<ReconcileRequest, 'confirm'>,
    HandedThrough {
  readonly target: PoolId;
}

/** The request for the apply, with the safe default for everything left out. */
export function requestOf(
  options: ApplyOptions,
  rest: Pick<ReconcileRequest, 'command' | 'desired' | 'suspect' | 'beforeWrite'>,
): ReconcileRequest {
  const { engine, passwords, hashes, subAttribute, adopt, recreate, mapping } = options;
  return {
    ...pick(options),
    ...rest,
    target: options.target,
    confirm: options.confirm,
    dryRun: options.dryRun ?? false,
    allowTriggers: options.allowTriggers ?? false,
    createMissingAttributes: options.createMissingAttributes ?? false,
    options: {
      engine: engine ?? 'auto',
      passwords: passwords ?? 'random',
      adopt: adopt ?? false,
      recreate: recreate ?? false,
      mapping: mapping ?? { drop: [], rename: new Map() },
      ...(hashes !== undefined && { hashes }),
      ...(subAttribute !== undefined && { subAttribute }),
    },
  };
}

export function scopeOf(options: ApplyOptions, scope: Pick<Scope, 'values' | 'existing' | 'deletes'>): Scope {
  return { ...scope, onlyUsers: options.onlyUsers ?? [], onlyGroups: options.onlyGroups ?? [] };
}

function pick(options: ApplyOptions): HandedThrough {
  const { onFinding, importRole, maxDeletes, keepPassword, deadline, continuation, signal } = options;
  return {
    ...(onFinding && { onFinding }),
    ...(importRole !== undefined && { importRole }),
    ...(maxDeletes !== undefined && { maxDeletes }),
    ...(keepPassword && { keepPassword }),
    deadline,
    ...(continuation && { continuation }),
    signal,
  };
}
