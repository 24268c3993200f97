import { carry, type Carriage } from '../csv/carriage.ts';
import type { PoolDescription } from '../model/pool.ts';
import type { CreateUser } from './entries.ts';

interface RowInput extends Pick<CreateUser, 'username' | 'attributes' | 'password' | 'mfa'> {
  readonly target: PoolDescription;
  readonly header: readonly string[];
}

/** The row of an import file that creates the user, or why there can be none. The plan asks, the import engine writes. */
export function importRow({ username, attributes, password, mfa, target, header }: RowInput): Carriage {
  const carried = {
    username,
    status: 'CONFIRMED' as const,
    enabled: true,
    attributes,
    ...(mfa?.factors.includes('SMS_MFA') && { mfaOptions: [{ deliveryMedium: 'SMS', attributeName: 'phone_number' }] }),
  };
  return carry(carried, target, header, password.kind === 'hash' ? { passwordHash: password.hash } : {});
}
