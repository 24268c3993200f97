const DIALECT =
  '{carriage,carriage-rules,columns,csv-header,csv-lines,csv-users,dialect-text,header-from-schema,import-dialect,split-files}';

/** What is mutated, and the tests that have to notice: those about it, cheap enough to run once a mutant. */
export const TARGETS = {
  guards: {
    mutate: ['src/plan/guards.ts'],
    tests: ['src/plan/guards.test.ts'],
  },
  manifest: {
    mutate: ['src/snapshot/{manifest,check-manifest,digested-json,canonical-json,signed-manifest,keys}.ts'],
    tests: ['src/snapshot/{manifest,check-manifest,digested-json,canonical-json,signed-manifest,keys}.test.ts'],
  },
  governor: {
    mutate: ['src/cognito/{governor,bucket,rates,quotas,turnstile,governed,retrying}.ts'],
    tests: ['src/cognito/{governor,bucket,rates,quotas,turnstile,governed,retrying}.test.ts'],
  },
  dialect: {
    mutate: [`src/csv/${DIALECT}.ts`],
    tests: [`src/csv/${DIALECT}.test.ts`],
  },
  spreadsheets: {
    mutate: ['src/csv/{rfc4180,side-files,spreadsheet}.ts'],
    tests: ['src/csv/{rfc4180,side-files,spreadsheet}.test.ts'],
  },
  decisions: {
    mutate: [
      'src/plan/{plan-create,plan-update,plan-match,plan-groups,decision,context,wanted-groups,import-row,mfa-preference}.ts',
    ],
    tests: ['src/plan/{plan-create,plan-update,plan-match,plan-groups,import-row,mfa-preference}.test.ts'],
  },
  attributes: {
    mutate: ['src/plan/{compare-user,fit-attributes,experience,identity,identity-links,scope}.ts'],
    tests: ['src/plan/{compare-user,fit-attributes,experience,identity,identity-links,scope}.test.ts'],
  },
  summary: {
    mutate: ['src/plan/{calls,plan-summary}.ts'],
    tests: ['src/plan/{calls,plan-summary}.test.ts'],
  },
  matching: {
    mutate: ['src/plan/match-users.ts'],
    tests: ['src/plan/match-users.test.ts'],
  },
};

/** The target of this run; `scripts/mutation/run.mjs` names it for Stryker and for Vitest. */
export function chosenTarget() {
  const name = process.env.MUTATION_TARGET ?? '';
  const target = TARGETS[name];
  if (!target) throw new Error(`MUTATION_TARGET names no target: ${name}`);
  return { name, ...target };
}
