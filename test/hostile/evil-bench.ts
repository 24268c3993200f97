import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { vi } from 'vitest';
import type { PoolSeed } from '../../src/simulator/seeds/pool-seed.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { encodeDigested } from '../../src/snapshot/digested-json.ts';
import { sha256 } from '../../src/snapshot/sha256.ts';
import { hurryTime } from '../support/hurried-time.ts';
import { EVIL } from './evil.ts';
import { stubAws } from '../support/environment.ts';

/** Cognito takes letters, marks, symbols, digits and punctuation alone. */
const ATTRIBUTE = 'evil';
const GROUP = 'group-EVIL';

/** A pool with a planted text in every field that is a text. */
export function evilPool(extra = ''): PoolSeed {
  return {
    config: {
      PoolName: `pool ${EVIL}`,
      UserPoolTags: { [`tag ${EVIL}`]: `value ${EVIL}` },
      Schema: [{ Name: ATTRIBUTE, AttributeDataType: 'String', Mutable: true }],
    },
    groups: [{ name: GROUP, description: `description ${EVIL}${extra}`, roleArn: `arn:aws:iam::1:role/${EVIL}` }],
    users: ['one', 'two'].map((name) => ({
      username: `${name} ${EVIL}`,
      attributes: [
        ['email', `${name}@example.com`],
        ['name', `name ${EVIL}${extra}`],
        [`custom:${ATTRIBUTE}`, `value ${EVIL}${extra}`],
      ],
      groups: [GROUP],
    })),
  };
}

/** Puts texts that Cognito would not take into names of groups and attributes of a stored snapshot, all digests right. */
export async function plantInSnapshot(folder: string): Promise<void> {
  const { digest: _digest, ...manifest } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  for (const part of manifest.parts) {
    const path = join(folder, part.path);
    const text = gunzipSync(await readFile(path)).toString();
    const evil = JSON.stringify(`group ${EVIL}`);
    const planted = Buffer.from(
      text
        .replaceAll(JSON.stringify(GROUP), evil)
        .replace('"attributes":[', `"attributes":[[${JSON.stringify(`name ${EVIL}`)},${evil}],`),
    );
    const bytes = gzipSync(planted);
    await writeFile(path, bytes);
    Object.assign(part, {
      sizeBytes: bytes.length,
      sha256: sha256(bytes),
      plainBytes: planted.length,
      plainSha256: sha256(planted),
    });
  }
  await writeFile(join(folder, 'manifest.json'), encodeDigested(manifest));
}

export interface EvilBench {
  readonly simulator: Simulator;
  readonly source: string;
  readonly target: string;
  readonly path: (...names: readonly string[]) => string;
  /** Answers every request with an error that bears planted names and texts. */
  readonly evilService: string;
  close(): Promise<void>;
}

export async function startEvilBench(): Promise<EvilBench> {
  const simulator = await startSimulator({ quotaScale: 'unlimited' });
  const evil = createServer((request, response) => {
    const isXml = !request.headers['x-amz-target'];
    const text = EVIL.replace(/[\ud800-\udfff]/g, '');
    response.writeHead(400, { 'content-type': isXml ? 'application/xml' : 'application/x-amz-json-1.1' });
    response.end(
      isXml
        ? `<Error><Code>Evil${text.replace(/(?![\t\n\r\u0085])\p{Cc}/gu, '')}</Code><Message>m EVIL\u0085\u2028\u202e\u009b31m</Message></Error>`
        : JSON.stringify({ __type: `Evil${text}Exception`, message: `message ${text}` }),
    );
  });
  await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
  stubAws(simulator);
  const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-hostile-'));
  const calmTime = hurryTime();
  return {
    simulator,
    source: plantSeed(simulator, evilPool()),
    target: plantSeed(simulator, { ...evilPool(), groups: [], users: [] }),
    path: (...names) => join(folder, ...names),
    evilService: `http://127.0.0.1:${(evil.address() as AddressInfo).port}`,
    close: async () => {
      calmTime();
      vi.unstubAllEnvs();
      await simulator.stop();
      await closed(evil);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
