import { describe, expect, it } from 'vitest';
import { namedRegion, vaultFlag } from './surroundings.ts';

describe('namedRegion', () => {
  it.each([
    ['--region before all', { region: 'eu-west-1' }, { AWS_REGION: 'us-east-1' }, 'eu-west-1'],
    ['AWS_REGION', {}, { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-2' }, 'us-east-1'],
    ['AWS_DEFAULT_REGION', {}, { AWS_REGION: '', AWS_DEFAULT_REGION: 'us-east-2' }, 'us-east-2'],
    ['none', {}, {}, undefined],
  ])('takes %s', (_what, options, env, region) => {
    expect(namedRegion(options, env)).toBe(region);
  });
});

describe('vaultFlag', () => {
  it.each([
    ['nothing where the environment names the vault', './v', { COGNITO_BACKUP_VAULT: './v' }, ''],
    ['a plain location as it stands', 's3://bucket/a-b', {}, ' --vault s3://bucket/a-b'],
    ['anything else in quotes', "it's here", {}, String.raw` --vault 'it'\''s here'`],
  ])('adds %s', (_what, vault, env, flag) => {
    expect(vaultFlag({ vault }, env)).toBe(flag);
  });
});
