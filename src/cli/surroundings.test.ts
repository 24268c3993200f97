import { describe, expect, it } from 'vitest';
import { namedRegion } from './surroundings.ts';

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
