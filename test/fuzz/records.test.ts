import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readRunPart } from '../../src/runs/run-files.ts';
import { decodeRecords, type OpenedPart } from '../../src/snapshot/read-part.ts';
import {
  groupCodec,
  membershipCodec,
  poolCodec,
  userCodec,
  type RecordCodec,
} from '../../src/snapshot/record-codec.ts';
import { sealPart } from '../../src/snapshot/part.ts';
import { memoryStorage } from '../fakes/memory-storage.ts';
import { samplePool } from '../fakes/sample-pool.ts';
import { CANARY, judge } from './judge.ts';
import { mutatedBytes } from './mutate-bytes.ts';
import { DEEP_JSON, mutatedJson } from './mutate-json.ts';
import { sortedMembers } from './sorted-members.ts';
import { sweep } from './sweep.ts';
import { vaultSamples } from './vault-samples.ts';

/** What a refusal may say: the field, never what stands in it. */
const REFUSAL = /^part:1 is damaged: (field [\w.]+ is wrong|it has an unknown field|it is not JSON)$/;

const KINDS = [
  ['users', userCodec],
  ['groups', groupCodec],
  ['memberships', membershipCodec],
  ['pool', poolCodec],
] as unknown as readonly (readonly [name: string, codec: RecordCodec<unknown>])[];

describe('a record of', () => {
  const lines = new Map<string, readonly string[]>();
  beforeAll(async () => {
    const { users, groups } = await vaultSamples();
    const group = groups[0]!.name;
    lines.set('users', users.map(userCodec.encode));
    lines.set('groups', groups.map(groupCodec.encode));
    lines.set(
      'memberships',
      users.map(({ sub, username }) => membershipCodec.encode({ group, sub, username })),
    );
    lines.set('pool', [poolCodec.encode(samplePool({ raw: { UserPoolTags: { owner: CANARY } } }))]);
  });

  it.each(KINDS)('%s is read as what it says, or refused without a word of it', async (name, codec) => {
    const good = lines.get(name)!;
    const bytes = mutatedBytes(good.map((line) => Buffer.from(line)));
    const text = fc.oneof(
      mutatedJson(good),
      bytes.map((mutated) => mutated.toString()),
      fc.json(),
    );
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(text, async (line) => {
        const judged = await judge(() => decode(codec, line), ['damaged']);
        if (!judged) return;
        taken += 1;
        const again = codec.encode(judged.value);
        // Nothing of the line was passed over, and nothing is lost on the way back.
        expect(sortedMembers(JSON.parse(again))).toEqual(sortedMembers(JSON.parse(line)));
        expect(sortedMembers(decode(codec, again))).toEqual(sortedMembers(judged.value));
      }),
      sweep(`records of ${name}`, { ordinary: 1_500, long: 20_000 }),
    );
    expect(taken).toBeGreaterThan(100);
  });

  it.each(KINDS)('%s may nest without end', async (_name, codec) => {
    for (const deep of DEEP_JSON) {
      for (const line of [deep, `{"attributes":${deep}}`, `{"raw":${deep}}`]) {
        expect(await judge(() => decode(codec, line), ['damaged'])).toBeUndefined();
      }
    }
  });

  it('a run is read, or refused without a word of it', async () => {
    const entry = JSON.stringify({
      kind: 'create',
      username: CANARY,
      attributes: [['email', `${CANARY}@example.com`]],
    });
    await fc.assert(
      fc.asyncProperty(mutatedBytes([Buffer.from(entry)]), async (bytes) => {
        const storage = memoryStorage();
        const { bytes: stored, ...facts } = await sealPart([bytes.toString().replaceAll('\n', ' ')]);
        storage.objects.set('part', stored);
        await judge(() => readRunPart(storage, { key: 'part', ...facts }), ['damaged']);
      }),
      sweep('records of a run', { ordinary: 300, long: 5_000 }),
    );
  });
});

function decode(codec: RecordCodec<unknown>, line: string): unknown {
  const part = { key: 'part', plain: Buffer.from(`${line}\n`) } as unknown as OpenedPart;
  try {
    return [...decodeRecords(part, codec)][0];
  } catch (error) {
    if (error instanceof Error) {
      expect(error.message).toMatch(REFUSAL);
      // A cause is shown to whoever looks for a mistake: it must not quote the line either.
      expect(error.cause).toBeUndefined();
    }
    throw error;
  }
}
