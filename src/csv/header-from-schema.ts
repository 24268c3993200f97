import type { SchemaAttribute } from '../model/pool.ts';
import { MFA_COLUMN, PASSWORD_HASH_COLUMN, USERNAME_COLUMN } from './columns.ts';

/**
 * The header that GetCSVHeader gives for a pool of this schema, for a pool that can no longer be asked.
 * `passwordHash` adds the column of the newer templates; no schema tells whether a pool has it.
 */
export function headerFromSchema(
  schema: readonly SchemaAttribute[],
  options: { readonly passwordHash?: boolean } = {},
): readonly string[] {
  const custom = schema.filter((attribute) => attribute.name.startsWith('custom:')).map((attribute) => attribute.name);
  return [...STANDARD_COLUMNS, ...custom, ...(options.passwordHash === true ? [PASSWORD_HASH_COLUMN] : [])];
}

// [D] `aws cognito-idp get-csv-header`, sample output in the AWS CLI reference, 2026-11.
const STANDARD_COLUMNS: readonly string[] = [
  'name',
  'given_name',
  'family_name',
  'middle_name',
  'nickname',
  'preferred_username',
  'profile',
  'picture',
  'website',
  'email',
  'email_verified',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'phone_number',
  'phone_number_verified',
  'address',
  'updated_at',
  MFA_COLUMN,
  USERNAME_COLUMN,
];
