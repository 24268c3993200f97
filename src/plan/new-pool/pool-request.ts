import type { JsonObject } from '../../model/pool-configuration.ts';
import { firingTriggers } from '../guards.ts';
import type { ConfigurationLoss, ConfigurationLossKind } from './configuration-losses.ts';
import { dropMembers, member, objectAt, pickMembers, textAt, textsAt } from './json-members.ts';
import { tagsWithMark, withoutMarks, type PoolMark } from './pool-mark.ts';

/** What CreateUserPool and UpdateUserPool both take, of what DescribeUserPool shows. [D] SDK 3.1169 */
const SETTINGS = [
  'Policies',
  'AutoVerifiedAttributes',
  'SmsVerificationMessage',
  'EmailVerificationMessage',
  'EmailVerificationSubject',
  'VerificationMessageTemplate',
  'SmsAuthenticationMessage',
  'UserAttributeUpdateSettings',
  'DeviceConfiguration',
  'EmailConfiguration',
  'SmsConfiguration',
  'AdminCreateUserConfig',
  'UserPoolAddOns',
  'DcrConfiguration',
  'AccountRecoverySetting',
  'UserPoolTier',
  'KeyConfiguration',
  'IssuerConfiguration',
  'AcrConfiguration',
];

export interface PoolSettings {
  /** As both requests take it: no name, no tags, no triggers, no MFA, no deletion protection. */
  readonly settings: JsonObject;
  readonly losses: readonly ConfigurationLoss[];
}

/** The settings of a described pool as a request may hold them. */
export function poolSettings(raw: JsonObject): PoolSettings {
  const losses: ConfigurationLoss[] = [];
  const lose = (kind: ConfigurationLossKind, key: string): void => void losses.push({ kind, resource: 'pool', key });
  const settings = withoutOldMessages(withOneMessage(withOneValidity(pickMembers(raw, SETTINGS)), lose));
  for (const tag of Object.keys(objectAt(raw, 'UserPoolTags') ?? {})) if (isReserved(tag)) lose('tag', tag);
  return { settings, losses };
}

/** UnusedAccountValidityDays cannot be sent once TemporaryPasswordValidityDays is set, and Cognito shows both. */
function withOneValidity(settings: JsonObject): JsonObject {
  const creation = objectAt(settings, 'AdminCreateUserConfig');
  const policy = objectAt(objectAt(settings, 'Policies') ?? {}, 'PasswordPolicy') ?? {};
  if (!creation || member(policy, 'TemporaryPasswordValidityDays') === undefined) return settings;
  return { ...settings, AdminCreateUserConfig: dropMembers(creation, ['UnusedAccountValidityDays']) };
}

/** EmailMessage together with EmailMessageByLink is an error: the one stays that DefaultEmailOption uses. */
function withOneMessage(settings: JsonObject, lose: (kind: ConfigurationLossKind, key: string) => void): JsonObject {
  const template = objectAt(settings, 'VerificationMessageTemplate');
  if (
    !template ||
    textAt(template, 'EmailMessage') === undefined ||
    textAt(template, 'EmailMessageByLink') === undefined
  ) {
    return settings;
  }
  const isByLink = textAt(template, 'DefaultEmailOption') === 'CONFIRM_WITH_LINK';
  const dropped = isByLink ? 'EmailMessage' : 'EmailMessageByLink';
  lose('verification-message', dropped);
  return { ...settings, VerificationMessageTemplate: dropMembers(template, [dropped]) };
}

/** The older members say the same as the template, and contradict it where one of them was left out of it. */
function withoutOldMessages(settings: JsonObject): JsonObject {
  const template = objectAt(settings, 'VerificationMessageTemplate') ?? {};
  const isByLink = textAt(template, 'EmailMessageByLink') !== undefined;
  const repeated = [
    ...(textAt(template, 'SmsMessage') === undefined ? [] : ['SmsVerificationMessage']),
    ...(textAt(template, 'EmailMessage') === undefined && !isByLink ? [] : ['EmailVerificationMessage']),
    ...(textAt(template, 'EmailSubject') === undefined && !isByLink ? [] : ['EmailVerificationSubject']),
  ];
  return dropMembers(settings, repeated);
}

export interface CreationOptions {
  readonly name: string;
  readonly mark: PoolMark;
  readonly schema: readonly JsonObject[];
}

/** CreateUserPool: nothing fires, nothing is asked of users yet, and it can be deleted again. */
export function creationRequest(
  raw: JsonObject,
  { settings }: PoolSettings,
  { name, mark, schema }: CreationOptions,
): JsonObject {
  const signIn = ['AliasAttributes', 'UsernameAttributes'].filter((list) => textsAt(raw, list).length > 0);
  return {
    PoolName: name,
    ...settings,
    ...pickMembers(raw, [...signIn, 'UsernameConfiguration']),
    MfaConfiguration: 'OFF',
    DeletionProtection: 'INACTIVE',
    UserPoolTags: tagsWithMark(ownTags(raw), mark),
    ...(schema.length > 0 && { Schema: schema }),
  };
}

export interface UpdateOptions {
  readonly name: string;
  readonly mark: PoolMark;
  readonly mfa: string;
  readonly triggers: JsonObject | undefined;
  readonly deletionProtection: boolean;
}

/** UpdateUserPool: what it leaves out is reset, so it holds everything again. */
export function updateRequest(raw: JsonObject, { settings }: PoolSettings, options: UpdateOptions): JsonObject {
  const { name, mark, mfa, triggers, deletionProtection } = options;
  return {
    PoolName: name,
    ...settings,
    MfaConfiguration: mfa,
    ...(triggers && { LambdaConfig: triggers }),
    DeletionProtection: deletionProtection ? 'ACTIVE' : 'INACTIVE',
    UserPoolTags: tagsWithMark(ownTags(raw), mark),
  };
}

/** Those that may stay attached while users are written. The key of custom senders goes with them. */
export function quietTriggers(triggers: JsonObject | undefined): JsonObject | undefined {
  return triggers && dropMembers(triggers, [...firingTriggers({ triggers: Object.keys(triggers) }), 'KMSKeyID']);
}

/** How DescribeUserPool should show the new pool. */
export function expectedPool(
  raw: JsonObject,
  { settings }: PoolSettings,
  { mfa, triggers }: ExpectedOptions,
): JsonObject {
  const kept = dropMembers(raw, ['LambdaConfig', 'UserPoolTags', 'VerificationMessageTemplate']);
  const template = objectAt(settings, 'VerificationMessageTemplate');
  return {
    ...kept,
    ...(template && { VerificationMessageTemplate: template }),
    LambdaConfig: triggers ?? {},
    MfaConfiguration: mfa,
    UserPoolTags: ownTags(raw),
  };
}

export interface ExpectedOptions {
  readonly mfa: string;
  readonly triggers: JsonObject | undefined;
}

/** Without those that only AWS may set (CloudFormation's above all), and without marks of an earlier restore. */
function ownTags(raw: JsonObject): JsonObject {
  const tags = Object.entries(objectAt(raw, 'UserPoolTags') ?? {}).filter(([tag]) => !isReserved(tag));
  return withoutMarks(Object.fromEntries(tags));
}

function isReserved(tag: string): boolean {
  return tag.toLowerCase().startsWith('aws:');
}
