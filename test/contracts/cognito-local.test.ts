import { startCognitoLocal } from '../support/cognito-local.ts';
import { cognitoContract, type Deviations } from './cognito.contract.ts';
import { emulatorAt } from './cognito/service-at.ts';

const NO_IMPORT = {
  reason: 'it has no import jobs: HTTP 500',
  fails: /does not know (GetCSVHeader|ListUserImportJobs)/,
};
const ONE_PAGE = {
  reason: 'it ignores Limit: one page holds everyone',
  fails: /^expected 61 to be less than or equal/,
};
const ACCEPTED = /^expected 'done' to be 'InvalidParameterException'/;

/** What cognito-local 5.3.0 does not do, or does otherwise. Tried 2026-11-22. */
const DEVIATIONS: Deviations = {
  'a described pool shows its deletion protection': {
    reason: 'it ignores DeletionProtection',
    fails: /^expected false to be true/,
  },
  'a new pool has no identity providers': {
    reason: 'it has no identity providers at all: HTTP 500',
    fails: /does not know ListIdentityProviders/,
  },
  'the rate in force for creating users is told': {
    reason: 'it has no GetProvisionedLimit: HTTP 500',
    fails: /does not know GetProvisionedLimit/,
  },
  'who calls too fast is throttled, and served later': {
    reason: 'it never throttles',
    fails: /^expected \[ 'done' \] to deeply equal \[ 'TooManyRequestsException', 'done' \]/,
  },
  'an attribute that the schema lacks is refused on creation': { reason: 'it keeps any attribute', fails: ACCEPTED },
  'a value of 2,049 characters is refused': { reason: 'it keeps values of any length', fails: ACCEPTED },
  'a value longer than the schema allows is refused': { reason: 'it keeps values of any length', fails: ACCEPTED },
  'nobody chooses a sub': { reason: 'it takes the sub it is given', fails: ACCEPTED },
  'a password against the policy is InvalidPasswordException': {
    reason: 'it keeps no policy',
    fails: /^expected 'done' to be 'InvalidPasswordException'/,
  },
  'a second call lowers the flag of an address, which stays': {
    reason: 'it wants the address in the same call',
    fails: /^expected 'InvalidParameterException' to be 'done'/,
  },
  'an unknown user is UserNotFoundException to attributes': {
    reason: 'it says NotAuthorizedException',
    fails: /^expected \[ 'NotAuthorizedException', …\(1\) \]/,
  },
  'a page of users holds at most 60': ONE_PAGE,
  'a page of members holds at most 60': ONE_PAGE,
  'a page of groups holds at most 60': ONE_PAGE,
  'a page token belongs to its filter': { reason: 'it gives no tokens', fails: /^expected undefined to be defined/ },
  'a page token that nobody gave is refused': { reason: 'it ignores tokens', fails: ACCEPTED },
  'a filter takes quotes with a backslash before them': {
    reason: 'it takes the backslash for a part of the value',
    fails: /^expected \[\] to deeply equal \[ 'double"quote' \]/,
  },
  'a filter by status finds the disabled': {
    reason: 'it compares with true and false instead of Enabled and Disabled',
    fails: /^expected \[\] to deeply equal \[ 'otto' \]/,
  },
  'an existing group is GroupExistsException': {
    reason: 'it overwrites the group, and its members are gone',
    fails: /^expected 'done' to be 'GroupExistsException'/,
  },
  'a group is as unknown where no group ever was': {
    reason: 'it answers HTTP 500 until the pool has had a group',
    fails: /^expected '(Error|Unknown)' to be 'ResourceNotFoundException'/,
  },
  'a wrong password is NotAuthorizedException': {
    reason: 'it says InvalidPasswordException',
    fails: /^expected 'InvalidPasswordException' to be 'NotAuthorizedException'/,
  },
  'a wrong temporary password is NotAuthorizedException': {
    reason: 'it asks anybody for a new password, whatever the old one',
    fails: /^expected 'NEW_PASSWORD_REQUIRED' to be 'NotAuthorizedException'/,
  },
  'a disabled user cannot sign in': {
    reason: 'it lets the disabled in',
    fails: /^expected 'signed-in' to be 'NotAuthorizedException'/,
  },
  'who has to change an unknown password cannot ask for a new one': {
    reason: 'it sends a code in every status',
    fails: /^expected 'done' to be 'NotAuthorizedException'/,
  },
  'a phone pool makes the username: a UUID equal to sub': {
    reason: 'it does so in e-mail pools only',
    fails: /^expected '\+12065550100' to match/,
  },
  'a verified alias belongs to one user': {
    reason: 'it has no aliases',
    fails: /^expected 'done' to be 'AliasExistsException'/,
  },
  'a username does not look like an alias': { reason: 'it has no aliases', fails: ACCEPTED },
  'names that differ by case are one where case does not count': {
    reason: 'it folds no case',
    fails: /^expected 'done' to be 'UsernameExistsException'/,
  },
  'the import header has a column for each attribute, the username and MFA': NO_IMPORT,
  'a pool without import jobs lists none': NO_IMPORT,
  'an import job brings users who have to reset the password': NO_IMPORT,
  'an import job skips users who exist': NO_IMPORT,
};

cognitoContract('cognito-local 5.3', async () => emulatorAt(await startCognitoLocal()), DEVIATIONS);
