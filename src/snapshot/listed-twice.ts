import { BackupError } from '../model/errors.ts';

export function listedTwice(what: 'group' | 'user'): BackupError {
  return new BackupError('listing-broken', `Cognito listed a ${what} twice`, {
    hint: 'Run the backup again; if it happens again, use --listing single',
  });
}
