import type { Probe } from './probe-fact.ts';

/** Open questions of COGNITO-FACTS §8 that a few calls cannot settle, each with what would. */
export const NOT_PROBED: readonly Probe[] = [
  unproven(
    'mau-of-reads-and-deletes',
    'Do AdminGetUserAuthFactors and AdminDeleteUser count as monthly active users?',
    'No call tells: only the bill of a month in which nothing else happened in an account',
  ),
  unproven(
    'import-job-triggers',
    'Does an import job fire triggers?',
    'It takes a Lambda function that writes down who calls it: none is made here',
  ),
  unproven(
    'token-life-of-members',
    'How long does a page token of ListUsersInGroup hold?',
    'It takes more than an hour; that of ListUsers is documented as one hour',
  ),
];

function unproven(id: string, question: string, observed: string): Probe {
  return { id, question, ask: async () => ({ verdict: 'unproven', tried: 'Nothing', observed }) };
}
