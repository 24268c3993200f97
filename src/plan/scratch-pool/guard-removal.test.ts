import { describe, expect, it } from 'vitest';
import { samplePool } from '../../../test/fakes/sample-pool.ts';
import type { PoolDescription } from '../../model/pool.ts';
import { checkRemoval, type OwnerState } from './guard-removal.ts';
import { scratchMarkOf, scratchName, scratchTags, type ScratchMark } from './scratch-mark.ts';

const MARK: ScratchMark = {
  purpose: 'drill',
  run: '20261122T120000Z-3f9a1c',
  until: new Date('2026-11-23T12:00:00.000Z'),
  owner: '0123456789abcdef 4711 99',
  lease: '0123456789abcdef0123456789abcdef eu-central-1_AbCdEfGhI',
};
const NOW = new Date('2026-11-22T13:00:00.000Z');
const LATER = new Date('2026-11-23T12:00:01.000Z');

function scratchPool(overrides: Partial<PoolDescription> = {}, raw: object = {}): PoolDescription {
  return samplePool({
    name: scratchName(MARK),
    tags: Object.entries(scratchTags(MARK)) as [string, string][],
    triggers: [],
    deletionProtection: false,
    raw: { CreationDate: '2026-11-22T12:00:01.000Z', ...raw },
    ...overrides,
  });
}

const withTag = (name: string, value: string): PoolDescription => {
  const tags = Object.entries({ ...scratchTags(MARK), [name]: value }) as [string, string][];
  return scratchPool({ tags });
};

function refusal(pool: PoolDescription, owner: OwnerState = 'gone', now = NOW): string | undefined {
  try {
    checkRemoval({ pool, owner, now });
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 'refused', hint: expect.any(String) });
    return (error as Error).message;
  }
}

describe('checkRemoval', () => {
  it('lets a scratch pool go whose run is the own one, or has ended', () => {
    expect(checkRemoval({ pool: scratchPool(), owner: 'self', now: NOW })).toEqual(MARK);
    expect(refusal(scratchPool(), 'gone')).toBeUndefined();
    expect(refusal(withTag('cognito-backup:restored-from', 'eu-central-1_AbCdEfGhI@x'))).toBeUndefined();
    expect(refusal(withTag('cost-centre', '42'))).toBeUndefined();
  });

  it('keeps the pool of a run that works, whatever the time, and of one that may, until its time is over', () => {
    expect(refusal(scratchPool(), 'running')).toContain('at work');
    expect(refusal(scratchPool(), 'running', LATER)).toContain('at work');
    expect(refusal(scratchPool(), 'unknown')).toContain('until 2026-11-23T12:00:00.000Z');
    expect(refusal(scratchPool(), 'unknown', MARK.until)).toContain('until');
    expect(refusal(scratchPool(), 'unknown', LATER)).toBeUndefined();
  });

  it.each<[string, PoolDescription]>([
    ['no tags', scratchPool({ tags: [] })],
    ['the name alone', samplePool({ name: scratchName(MARK) })],
    ['the tags alone', scratchPool({ name: 'customers' })],
    ['the name of another run', scratchPool({ name: scratchName({ ...MARK, run: '20261122T120000Z-000000' }) })],
    ['a name that goes on', scratchPool({ name: `${scratchName(MARK)}-keep` })],
    ['another purpose in its name', scratchPool({ name: scratchName({ ...MARK, purpose: 'probe' }) })],
    ['a purpose that is none', withTag('cognito-backup:scratch', `backup ${MARK.run}`)],
    ['a run that is none', withTag('cognito-backup:scratch', 'drill yesterday')],
    ['an end that is no time', withTag('cognito-backup:scratch-until', 'soon')],
    ['an end in other words', withTag('cognito-backup:scratch-until', '2026-11-23')],
    ['a lease that is none', withTag('cognito-backup:scratch-lease', 'mine')],
    ['the tag that protects', withTag('cognito-backup:protected', 'true')],
    ['the tag that protects, negated', withTag('cognito-backup:protected', 'false')],
    ['the tag of a standby', withTag('cognito-backup:role', 'standby')],
    ['a tag of a version to come', withTag('cognito-backup:keep', '1')],
    ['deletion protection', scratchPool({ deletionProtection: true })],
    ['triggers', scratchPool({ triggers: ['PostConfirmation'] })],
    ['a prefix domain', scratchPool({}, { Domain: 'customers' })],
    ['a custom domain', scratchPool({}, { CustomDomain: 'login.example.com' })],
    ['a creation before the run', scratchPool({}, { CreationDate: '2026-11-22T11:58:59.000Z' })],
    ['a creation after the end of the run', scratchPool({}, { CreationDate: '2026-11-23T12:00:00.001Z' })],
    ['no time of creation', scratchPool({ raw: {} })],
    ['nothing but a description', scratchPool({ raw: null })],
  ])('refuses a pool with %s, even to the run that made it', (_what, pool) => {
    for (const owner of ['self', 'gone', 'unknown'] as const) {
      expect(refusal(pool, owner, LATER)).toMatch(/^Refused to delete pool eu-central-1_\w+: it/);
    }
  });

  it('reads back what was written, and only that', () => {
    expect(scratchMarkOf(scratchPool())).toEqual(MARK);
    const { lease: _none, ...probe } = { ...MARK, purpose: 'probe' as const };
    expect(scratchMarkOf({ tags: Object.entries(scratchTags(probe)) as [string, string][] })).toEqual(probe);
    for (const missing of ['cognito-backup:scratch', 'cognito-backup:scratch-until', 'cognito-backup:scratch-owner']) {
      expect(scratchMarkOf({ tags: scratchPool().tags.filter(([name]) => name !== missing) })).toBeUndefined();
    }
  });
});
