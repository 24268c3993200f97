import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseSnapshotId } from '../../src/model/ids.ts';
import { loadRun } from '../../src/runs/run-record.ts';
import { runPartKey, runRecordKey } from '../../src/runs/run-keys.ts';
import { manualRuntime } from '../../src/runtime/manual-runtime.ts';
import { isAccepted } from '../../src/snapshot/acceptance.ts';
import { decodeCheckpoint } from '../../src/snapshot/checkpoint.ts';
import { encodeDigested } from '../../src/snapshot/digested-json.ts';
import { decodeManifest } from '../../src/snapshot/manifest.ts';
import { openVault } from '../../src/snapshot/vault.ts';
import { memoryStorage } from '../fakes/memory-storage.ts';
import { samplePool } from '../fakes/sample-pool.ts';
import { sampleRun } from '../fakes/sample-run.ts';
import { judge } from './judge.ts';
import { mutatedBytes } from './mutate-bytes.ts';
import { DEEP_JSON, mutatedJson } from './mutate-json.ts';
import { sweep } from './sweep.ts';
import { vaultSamples, type VaultSamples } from './vault-samples.ts';

const KEY = 'pools/p/snapshots/s/file.json';
const CODES = ['damaged', 'vault-too-new'] as const;

/** A file of the vault: reads bytes, and says the value in a form that can be written again. */
interface VaultFile {
  readonly name: string;
  readonly samples: (from: VaultSamples) => readonly string[];
  /** Whether a digest stands over its content. */
  readonly digested: boolean;
  readonly read: (bytes: Uint8Array) => Promise<object>;
}

const FILES: readonly VaultFile[] = [
  {
    name: 'manifest.json',
    samples: ({ manifests }) => manifests,
    digested: true,
    read: async (bytes) => decodeManifest(bytes, KEY),
  },
  {
    name: 'checkpoint.json',
    samples: ({ checkpoints }) => checkpoints,
    digested: true,
    read: async (bytes) => decodeCheckpoint(bytes, KEY),
  },
  { name: 'run.json', samples: () => RUNS, digested: true, read: readRun },
  { name: 'vault.json', samples: ({ vaultFile }) => [vaultFile], digested: false, read: readVault },
];

const [planKey, ref] = [runPartKey(sampleRun(7), 'plan-1', 1), sampleRun(7)];
const HASHES = { sha256: 'a'.repeat(64), plainSha256: 'b'.repeat(64) };
const RUN = { ...ref, plan: [{ key: planKey, records: 1, sizeBytes: 2, plainBytes: 3, ...HASHES }] };
const RUNS = [Buffer.from(encodeDigested({ format: 1, ...RUN })).toString()];

async function readRun(bytes: Uint8Array): Promise<object> {
  const storage = memoryStorage();
  storage.objects.set(runRecordKey(RUN), bytes);
  return { format: 1, ...(await loadRun(storage, RUN)) };
}

async function readVault(bytes: Uint8Array): Promise<object> {
  const storage = memoryStorage();
  storage.objects.set('vault.json', bytes);
  return { id: (await openVault(storage, { runtime: manualRuntime() })).id };
}

describe('the reader of', () => {
  let samples: VaultSamples;
  beforeAll(async () => {
    samples = await vaultSamples();
  });

  it.each(FILES)(
    '$name takes changed bytes only where they say the same',
    async ({ name, samples: of, digested, read }) => {
      const originals = of(samples).map((text) => Buffer.from(text));
      await fc.assert(
        fc.asyncProperty(mutatedBytes(originals), async (bytes) => {
          const judged = await judge(() => read(bytes), CODES);
          // Under a digest nothing but the original bytes can be read.
          if (judged && digested) expect(originals.some((original) => original.equals(bytes))).toBe(true);
        }),
        sweep(`${name}, bytes`, { ordinary: 500, long: 6_000 }),
      );
    },
  );

  it.each(FILES)('$name takes a forged content whole or not at all', async ({ name, samples: of, digested, read }) => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(mutatedJson(of(samples)), async (text) => {
        const bytes = digested ? sealed(text) : Buffer.from(text);
        const judged = await judge(() => read(bytes), CODES);
        if (!judged) return;
        taken += 1;
        const { digest: _digest, ...body } = judged.value as { digest?: string };
        if (digested) expect(Buffer.from(encodeDigested(body)).toString()).toBe(bytes.toString());
      }),
      sweep(`${name}, content`, { ordinary: 600, long: 6_000 }),
    );
    expect(taken).toBeGreaterThan(15);
  });

  it.each(FILES)('$name refuses nesting without end', async ({ read }) => {
    for (const text of DEEP_JSON) {
      for (const whole of [text, `{"digest":"x","format":1,"calls":${text}}`]) {
        expect(await judge(() => read(Buffer.from(whole)), CODES)).toBeUndefined();
      }
    }
  });

  it('accepted.json accepts nothing but its own manifest', async () => {
    const [original = ''] = samples.acceptances;
    const { snapshotId, manifestSha256 } = JSON.parse(original) as Record<string, string>;
    const ref = { poolId: samplePool().id, id: parseSnapshotId(snapshotId!) };
    const key = `pools/${ref.poolId}/snapshots/${ref.id}/accepted.json`;
    await fc.assert(
      fc.asyncProperty(mutatedJson([original]), async (text) => {
        const storage = memoryStorage();
        const vault = await openVault(storage, { create: true, runtime: manualRuntime() });
        const bytes = sealed(text);
        storage.objects.set(key, bytes);
        const judged = await judge(() => isAccepted(vault, ref, manifestSha256!), CODES);
        if (!judged?.value) return;
        const said = JSON.parse(bytes.toString()) as Record<string, unknown>;
        expect(said).toMatchObject({ snapshotId, manifestSha256 });
      }),
      sweep('accepted.json, content', { ordinary: 300, long: 6_000 }),
    );
  });
});

/** The content under a digest of its own, as somebody would forge it; what is no object stays as it is. */
function sealed(text: string): Buffer {
  const value = JSON.parse(text) as unknown;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return Buffer.from(text);
  const { digest: _digest, ...body } = value as { digest?: unknown };
  return Buffer.from(encodeDigested(body));
}
