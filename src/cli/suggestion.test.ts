import { describe, expect, it } from 'vitest';
import { createProgram } from './program.ts';
import { completeCommands, suggestWith } from './suggestion.ts';

const program = createProgram(async () => {});

describe('suggestWith', () => {
  it('repeats the vault, the keys and the account that were given, quoted for a shell', () => {
    const suggest = suggestWith(
      program,
      { vault: "it's here", identity: ['a.txt', 'b c.txt'], passphraseFile: 'p', profile: 'prod', maxRps: 3 },
      {},
    );
    expect(suggest('cognito-backup verify ID')).toBe(
      String.raw`cognito-backup verify ID --vault 'it'\''s here' --identity a.txt --identity 'b c.txt' --passphrase-file p --profile prod`,
    );
  });

  it('leaves out what the suggested command does not take', () => {
    const suggest = suggestWith(program, { vault: 's3://bucket/a-b', signKey: 'k.pem', targetProfile: 'standby' }, {});
    expect(suggest('cognito-backup verify ID')).toBe('cognito-backup verify ID --vault s3://bucket/a-b');
    expect(suggest('cognito-backup snapshots accept ID')).toContain(' --sign-key k.pem');
    expect(suggest('cognito-backup restore ID')).toContain(' --target-profile standby');
    expect(suggest('cognito-backup demo')).toBe('cognito-backup demo');
    expect(suggest('aws cognito-idp list-users')).toBe('aws cognito-idp list-users');
  });

  it('leaves out what the environment says, and what stands there already', () => {
    const env = { COGNITO_BACKUP_VAULT: './v', COGNITO_BACKUP_IDENTITY: 'a.txt' };
    const suggest = suggestWith(program, { vault: './v', identity: ['a.txt'], region: 'eu-west-1' }, env);
    expect(suggest('cognito-backup drill --region us-east-1 --vault w')).toBe(
      'cognito-backup drill --region us-east-1 --vault w',
    );
    expect(suggest('cognito-backup show ID')).toBe('cognito-backup show ID --region eu-west-1');
  });
});

describe('completeCommands', () => {
  it('completes each command of a hint where it ends', () => {
    const suggest = suggestWith(program, { vault: './v' }, {});
    const hint = 'Look with: cognito-backup diff A B; if it is right: cognito-backup snapshots accept B';
    expect(completeCommands(hint, suggest)).toBe(
      'Look with: cognito-backup diff A B --vault ./v; if it is right: cognito-backup snapshots accept B --vault ./v',
    );
    expect(completeCommands('A mistake in cognito-backup: please report it', suggest)).toContain('backup: please');
  });
});
