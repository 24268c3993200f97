import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { COGNITO_ECHOES, S3_ECHOES, startEchoingService, type EchoingService } from '../canaries/echoing-service.ts';
import { everythingOf, thrownBy } from '../canaries/everything-of.ts';
import { markedEmail, markedName, markedPhone } from '../canaries/marks.ts';
import { emptyPool, markedPool } from '../canaries/marked-pool.ts';
import { expectNobody, Net, type Channel } from '../canaries/net.ts';
import { BUCKET, startFunctions, type Functions } from './functions.ts';

/** Every answer is looked at in test/canaries; here how far one gets. */
const ECHOED = ['InvalidParameterException', 'AccessDeniedException', 'a user of the wrong kind', 'a redirect'];
const VAULT = `s3://${BUCKET}/vault`;

describe('the functions, on a pool full of marks,', () => {
  const net = new Net();
  let functions: Functions;
  let echoing: EchoingService;
  let behindEcho: Functions;
  let source: string;
  const pools: string[] = [];

  beforeAll(async () => {
    functions = await startFunctions();
    echoing = await startEchoingService();
    behindEcho = await startFunctions({ AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: echoing.endpoint });
    source = plant('full');
  });
  afterAll(async () => {
    await functions.stop();
    await behindEcho.stop();
    await echoing.stop();
  });

  function plant(kind: 'full' | 'empty' | 'other'): string {
    const seed = { full: () => markedPool(), other: () => markedPool('-other'), empty: emptyPool }[kind]();
    const id = plantSeed(functions.simulator, seed);
    pools.push(id);
    return id;
  }

  /** Logs of all, keys in the bucket, and what was answered or thrown. */
  function expectNobodyIn(channels: readonly Channel[], which = functions): void {
    for (const id of pools) net.add(...[...functions.simulator.pool(id).users()].map(({ sub }) => sub));
    const hosts = [which.export, which.clean, which.import];
    expectNobody(net, [
      ...channels,
      ...hosts.map(({ output }) => ({ name: 'log', text: output })),
      { name: 'keys', text: which.keys().join('\n') },
    ]);
  }

  const answered = (answer: unknown): Channel => ({ name: 'answer', text: JSON.stringify(answer) });

  it('log and answer nobody when they export, import and clean, in one call and in several', async () => {
    const answers: unknown[] = [];
    const exported = await functions.export.callUntilDone(
      { poolId: source, vault: VAULT },
      { checks: 8 },
      { mostCalls: 20 },
    );
    answers.push(...exported.answers);
    const { csv, snapshot } = exported.answer;
    const targets = [plant('empty'), plant('empty'), plant('other')];
    const events = [
      { target: targets[0], vault: VAULT, snapshot: `${source}@${snapshot.id}` },
      {
        target: targets[1],
        vault: VAULT,
        csv: csv.location,
        importRole: 'arn:aws:iam::123456789012:role/cognito-import',
      },
      { target: targets[2], vault: VAULT, snapshot: `${source}@${snapshot.id}`, dryRun: true },
    ];
    for (const event of events) {
      const { answers: some } = await functions.import.callUntilDone(event, { checks: 30 }, { mostCalls: 30 });
      answers.push(...some);
    }
    expect(functions.simulator.pool(targets[0]!).user(markedName('plain'))).toBeDefined();
    const clean = { target: targets[2], confirm: targets[2], sourcePoolId: source, vault: VAULT };
    answers.push(...(await functions.clean.callUntilDone(clean, { checks: 30 }, { mostCalls: 30 })).answers);
    expect(functions.export.logLines().length).toBeGreaterThan(3);
    expectNobodyIn(answers.map(answered));
  });

  it('throw and log nobody whom an event, a service or a proxy quotes', async () => {
    const channels: Channel[] = [];
    const call = async (work: () => Promise<unknown>): Promise<void> => {
      channels.push(...everythingOf(await thrownBy(work)));
    };
    await call(() => functions.export.call({ poolId: markedEmail('x'), vault: VAULT }));
    await call(() =>
      functions.import.call({ target: source, vault: VAULT, snapshot: markedPhone(1), kmsKey: markedName('key') }),
    );
    await call(() => functions.import.call(markedEmail('event')));
    await call(() =>
      functions.clean.call({ target: source, sourcePoolId: source, vault: VAULT, confirm: markedName('x') }),
    );
    expectNobodyIn(channels);
  });

  it.each(COGNITO_ECHOES.filter(([what]) => ECHOED.includes(what)))(
    'throw and log nobody when Cognito answers %s',
    async (_, echo) => {
      echoing.answer(echo);
      const error = await thrownBy(() => behindEcho.export.call({ poolId: source, vault: VAULT }));
      expectNobodyIn(everythingOf(error), behindEcho);
      expect(behindEcho.export.output).toContain('"event":"failed"');
    },
  );

  it('throw and log nobody when S3 quotes somebody', async () => {
    const behindS3 = await startFunctions({ AWS_ENDPOINT_URL_S3: echoing.endpoint });
    const channels: Channel[] = [];
    for (const [, echo] of S3_ECHOES.filter(([what]) => !/^(?:SlowDown|InternalError)/.test(what))) {
      echoing.answer(echo);
      channels.push(...everythingOf(await thrownBy(() => behindS3.export.call({ poolId: source, vault: VAULT }))));
    }
    expectNobodyIn(channels, behindS3);
    await behindS3.stop();
  });
});
