import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { manifestKey } from '../../src/snapshot/keys.ts';
import { FORGERIES, HASH_FORGERIES, TEXT_MUTATIONS } from './manifest-mutations.ts';
import { sampleVault, type SampleVault } from './sample-vault.ts';

let sample: SampleVault;
let whole: ReadonlyMap<string, Uint8Array>;

beforeAll(async () => {
  sample = await sampleVault();
  whole = new Map(sample.storage.objects);
});

afterEach(async () => {
  for (const [key, bytes] of whole) sample.storage.objects.set(key, bytes);
});

function storedText(): string {
  return Buffer.from(sample.storage.objects.get(manifestKey(sample.ref))!).toString();
}

it('the snapshot is sound before anything is changed', async () => {
  expect(await sample.verify()).toEqual([]);
});

describe('a manifest whose bytes were changed is damaged:', () => {
  it.each(TEXT_MUTATIONS)('%s', async (_name, change) => {
    const before = storedText();
    const bytes = Buffer.from(change(before));
    expect(bytes.equals(Buffer.from(before)), 'the case changes something').toBe(false);
    sample.storage.objects.set(manifestKey(sample.ref), bytes);
    expect(await sample.verify()).toEqual(['manifest-damaged']);
    expect(await sample.quick()).toEqual(['manifest-damaged']);
  });
});

describe('a manifest with a right digest and a lie in it is damaged:', () => {
  it.each(FORGERIES)('%s', async (_name, change) => {
    const before = storedText();
    sample.forge(change);
    expect(storedText(), 'the case changes something').not.toBe(before);
    expect(await sample.verify()).toEqual(['manifest-damaged']);
    expect(await sample.quick()).toEqual(['manifest-damaged']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('a manifest that lies about a part is found by reading the part:', () => {
  it.each(HASH_FORGERIES)('%s', async (name, change) => {
    sample.forge(change);
    expect(await sample.verify()).toEqual(['part-damaged']);
    // What is inside a part, a quick look does not see.
    const isSeenByBytes = !/unpacked|content/.test(name);
    expect(await sample.quick()).toEqual(isSeenByBytes ? ['part-damaged'] : []);
  });

  it('a later format is refused as such', async () => {
    for (const format of [2, 3, 1e6, 1e300]) {
      sample.forge((body) => {
        body.format = format;
      });
      expect(await sample.verify()).toEqual(['thrown vault-too-new']);
      expect(await sample.quick()).toEqual(['thrown vault-too-new']);
    }
  });

  it('a wrong count of the snapshot before is found where that is still there', async () => {
    sample.forge((body) => {
      body.previous.users = 7;
    });
    expect(await sample.verify()).toEqual(['previous-differs']);
    for (const key of sample.keys(sample.older)) sample.storage.objects.delete(key);
    expect(await sample.verify()).toEqual([]);
  });
});

it('there are more cases than forty', () => {
  const names = [...TEXT_MUTATIONS, ...FORGERIES, ...HASH_FORGERIES].map(([name]) => name);
  expect(new Set(names).size).toBeGreaterThan(200);
});
