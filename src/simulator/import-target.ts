import type { AccountState } from './account-state.ts';
import { checkVerifiedFlags } from './contact-rules.ts';
import type { ImportOutcome, ImportPool, ImportRow } from './import-jobs/import-pool.ts';
import type { PoolState } from './pool-state.ts';
import { NAME_RULE } from './request-reader.ts';
import { checkNewAttributes, checkRequiredAttributes } from './schema-rules.ts';
import { ServiceError } from './service-error.ts';
import { newUserState } from './user-state.ts';
import { newIdentity } from './username-rules.ts';
import { newSub } from './uuid.ts';
import { allowsPasswordless } from './password-rules.ts';

/** The columns after the attributes; `password_hash` is in the newer templates. [D] COGNITO-FACTS §3. */
const OWN_COLUMNS = ['cognito:mfa_enabled', 'cognito:username', 'password_hash'];
const WITHOUT_COLUMN = new Set(['sub', 'identities']);

/** A pool as import jobs see it: users appear without a message, a trigger or a MAU. [D] COGNITO-FACTS §3. */
export function importTarget(account: AccountState, pool: PoolState): ImportPool {
  return {
    id: pool.id,
    csvHeader: () => csvHeader(pool),
    get autoVerifiedAttributes() {
      return pool.settings.AutoVerifiedAttributes ?? [];
    },
    usernameAttributes: pool.model.usernameAttributes,
    get mfa() {
      return pool.settings.MfaConfiguration ?? 'OFF';
    },
    importUser: (row) => {
      try {
        return importUser(account, pool, row);
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        return error.name === 'UsernameExistsException' ? 'skipped' : { failed: error.message };
      }
    },
  };
}

export function csvHeader(pool: PoolState): string[] {
  const names = pool.schema.all().map((attribute) => attribute.Name);
  return [...names.filter((name) => !WITHOUT_COLUMN.has(name)), ...OWN_COLUMNS];
}

function importUser(account: AccountState, pool: PoolState, row: ImportRow): ImportOutcome {
  if (row.username.length > 128 || !NAME_RULE.pattern?.test(row.username)) {
    return { failed: 'The username has characters that are not allowed, or too many.' };
  }
  checkNewAttributes(pool.schema, row.attributes);
  const sub = newSub(account.random, account.subDigit);
  const identity = newIdentity(pool, row.username, row.attributes, { sub });
  const attributes = identity.attributes.flat();
  checkRequiredAttributes(pool.schema, identity.attributes);
  checkVerifiedFlags({ attributes });
  const hash = row.passwordHash;
  const confirmed = hash !== undefined || allowsPasswordless(pool);
  const user = newUserState({
    sub,
    username: identity.username,
    status: confirmed ? 'CONFIRMED' : 'RESET_REQUIRED',
    attributes,
    createdAt: account.clock(),
    rare:
      hash === undefined && !row.mfaEnabled
        ? undefined
        : { ...(hash === undefined ? {} : { passwordHash: hash }), ...(row.mfaEnabled ? { smsMfa: true } : {}) },
  });
  pool.insert(user, { lagged: true });
  return 'imported';
}
