import { describe, it } from 'vitest';
import { cognitoContract } from './cognito.contract.ts';
import { awsAt } from './cognito/service-at.ts';

/*
 * The contract against AWS itself, in an account made for tests: it creates about a hundred pools (named
 * cognito-backup-contract-<random>), deletes each, takes some ten minutes and uses the account's quotas up.
 *
 *   COGNITO_CONTRACT_REGION        a Region such as eu-central-1; without it nothing is sent anywhere
 *   COGNITO_CONTRACT_IMPORT_ROLE   ARN of a role for import jobs; without it those two cases are skipped
 *
 * Credentials as for every AWS tool (AWS_PROFILE and the rest). Run it with
 *   COGNITO_CONTRACT_REGION=eu-central-1 npx vitest run test/contracts/cognito-aws.test.ts --testTimeout 600000
 */
const region = process.env['COGNITO_CONTRACT_REGION'] ?? '';

if (region === '') {
  describe('Cognito at AWS', () => {
    it.skip('keeps the contract (runs where COGNITO_CONTRACT_REGION names a Region)', () => {});
  });
} else {
  cognitoContract('Cognito at AWS', async () => awsAt(region, process.env['COGNITO_CONTRACT_IMPORT_ROLE']));
}
