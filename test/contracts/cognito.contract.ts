import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attributeCases } from './cognito/attribute-cases.ts';
import { prepareBed, type Case, type CognitoUnderTest } from './cognito/contract-bed.ts';
import { groupCases } from './cognito/group-cases.ts';
import { importCases } from './cognito/import-cases.ts';
import { listingCases } from './cognito/listing-cases.ts';
import { poolCases } from './cognito/pool-cases.ts';
import { signInCases } from './cognito/sign-in-cases.ts';
import { userCases } from './cognito/user-cases.ts';
import { usernameCases } from './cognito/username-cases.ts';

/** What the tool relies on of Cognito, seen through the tool's own gateway; sign-in through the plain SDK. */
const FAMILIES = {
  pools: poolCases,
  users: userCases,
  attributes: attributeCases,
  listings: listingCases,
  groups: groupCases,
  'sign-in': signInCases,
  'sign-in models': usernameCases,
  'import jobs': importCases,
} as const;

type Family = (typeof FAMILIES)[keyof typeof FAMILIES];
export type CaseName = Family extends infer Each ? (Each extends Family ? keyof Each : never) : never;

/** What a service is known not to do. */
export interface Deviation {
  /** What it does instead, in words. */
  readonly reason: string;
  /** How the case fails there: anything else is news. */
  readonly fails: RegExp;
}

export type Deviations = { readonly [Name in CaseName]?: Deviation };

/**
 * Runs the contract against one service. A case that is known not to hold there must fail, and in the known way: where the
 * service has learnt it, the test says so.
 */
export function cognitoContract(
  name: string,
  start: () => Promise<CognitoUnderTest>,
  deviations: Deviations = {},
): void {
  const known: { readonly [name: string]: Deviation | undefined } = deviations;
  describe(`${name} keeps the Cognito contract:`, () => {
    let service: CognitoUnderTest;
    beforeAll(async () => {
      service = await start();
    });
    afterAll(() => service?.close());

    describe.for(Object.entries<Record<string, Case>>(FAMILIES))('%s:', ([_family, cases]) => {
      const all = Object.entries(cases);
      const held = all.filter(([what]) => !known[what]);
      const deviating = all.flatMap(([what, run]) => {
        const deviation = known[what];
        return deviation ? [[what, deviation.reason, deviation.fails, run] as const] : [];
      });
      it.for(held)('%s', async ([, run], context) => run(prepareBed(service, context)));
      it.for(deviating)('NOT %s (%s)', async ([what, , fails, run], context) => {
        const failure = await failureOf(run(prepareBed(service, context)));
        expect(failure, `${name} has learnt this: take "${what}" out of its deviations`).toBeDefined();
        expect(failure).toMatch(fails);
      });
    });
  });
}

async function failureOf(work: Promise<void>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
