import { isObject, type JsonObject } from '../../model/pool-configuration.ts';
import type { PoolDescription } from '../../model/pool.ts';
import { dropMembers, objectAt, pickMembers, textAt, textsAt } from '../new-pool/json-members.ts';
import type { PlainInput } from '../new-pool/new-pool-plan.ts';
import { scratchTags, type ScratchMark } from '../scratch-pool/scratch-mark.ts';

/** What a drill leaves off or turns down in its scratch pool, as a closed list: so that nothing fires, is sent, or costs more than it has to. */
export const WITHHELD = {
  triggers: 'Lambda triggers: none is attached, so none runs',
  email: 'the e-mail sender (SES): Cognito has no address of yours to send from',
  sms: 'the SMS role: Cognito cannot send any SMS',
  verification: 'verification of contacts: no code is sent when one is written',
  recovery: '"forgot password": only an administrator could recover an account',
  'sign-up': 'sign-up: only an administrator can create users',
  mfa: 'MFA: no second factor is asked for, so no code is sent',
  'first-factors': 'one-time codes as a first factor: passwords and passkeys alone',
  'threat-protection': 'threat protection, and the Plus tier that it is billed by: Essentials instead',
  'log-delivery': 'log delivery: nothing is written to your log group, bucket or stream',
  domains: 'domains: the pages of the pool have no address',
  'deletion-protection': 'deletion protection: the pool goes when the drill ends',
  tags: "the source's tags: the pool carries those of a scratch pool",
} as const;

export type WithheldKind = keyof typeof WITHHELD;

export interface HarmlessInput {
  readonly input: PlainInput;
  /** What of it the snapshot had. */
  readonly withheld: readonly WithheldKind[];
}

/** The input of a new pool as a drill makes it: all of the configuration but what could reach anybody. */
export function harmlessPool(input: PlainInput, mark: ScratchMark): HarmlessInput {
  const { source, resources } = input;
  const raw = isObject(source.raw) ? source.raw : {};
  return {
    input: {
      ...input,
      source: harmlessSource(source, harmlessSettings(raw, mark)),
      resources: resources
        .filter(({ kind }) => kind !== 'risk' && kind !== 'log-delivery')
        .map((one) => (one.kind === 'mfa' ? { ...one, document: harmlessMfa(one.document) } : one)),
      options: { ...input.options, triggers: false, domains: { prefix: false, custom: false } },
    },
    withheld: withheldOf(raw, input),
  };
}

const DROPPED = [
  'SmsConfiguration',
  'AutoVerifiedAttributes',
  'UserAttributeUpdateSettings',
  'UserPoolAddOns',
  'LambdaConfig',
];

function harmlessSettings(raw: JsonObject, mark: ScratchMark): JsonObject {
  const policies = objectAt(raw, 'Policies');
  const signIn = objectAt(policies ?? {}, 'SignInPolicy');
  const factors = signIn && textsAt(signIn, 'AllowedFirstAuthFactors').filter((factor) => !isCode(factor));
  return {
    ...dropMembers(raw, DROPPED),
    EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
    AccountRecoverySetting: { RecoveryMechanisms: [{ Priority: 1, Name: 'admin_only' }] },
    AdminCreateUserConfig: { ...objectAt(raw, 'AdminCreateUserConfig'), AllowAdminCreateUserOnly: true },
    MfaConfiguration: 'OFF',
    DeletionProtection: 'INACTIVE',
    UserPoolTags: scratchTags(mark),
    ...(policies && factors && { Policies: { ...policies, SignInPolicy: { AllowedFirstAuthFactors: factors } } }),
    ...(textAt(raw, 'UserPoolTier') === 'PLUS' && { UserPoolTier: 'ESSENTIALS' }),
  };
}

/** The same in the tool's own words, which plans go by. */
function harmlessSource(source: PoolDescription, raw: JsonObject): PoolDescription {
  return {
    ...source,
    raw,
    mfa: 'OFF',
    autoVerifiedAttributes: [],
    firstFactors: source.firstFactors.filter((factor) => !isCode(factor)),
    recovery: ['admin_only'],
    triggers: [],
    tags: [],
    deletionProtection: false,
  };
}

/** Passkeys send nothing. */
function harmlessMfa(document: JsonObject): JsonObject {
  return { ...pickMembers(document, ['WebAuthnConfiguration']), MfaConfiguration: 'OFF' };
}

function isCode(factor: string): boolean {
  return factor === 'EMAIL_OTP' || factor === 'SMS_OTP';
}

function withheldOf(raw: JsonObject, { source, resources }: PlainInput): readonly WithheldKind[] {
  const has = (kind: string): boolean => resources.some((one) => one.kind === kind);
  const email = textAt(objectAt(raw, 'EmailConfiguration') ?? {}, 'EmailSendingAccount');
  const isOpen = objectAt(raw, 'AdminCreateUserConfig')?.['AllowAdminCreateUserOnly'] !== true;
  const found: { readonly [Kind in WithheldKind]: boolean } = {
    triggers: source.triggers.length > 0,
    email: email === 'DEVELOPER',
    sms: objectAt(raw, 'SmsConfiguration') !== undefined,
    verification: source.autoVerifiedAttributes.length > 0,
    recovery: !source.recovery.includes('admin_only'),
    'sign-up': isOpen,
    mfa: source.mfa !== 'OFF',
    'first-factors': source.firstFactors.some(isCode),
    'threat-protection': has('risk') || objectAt(raw, 'UserPoolAddOns') !== undefined,
    'log-delivery': has('log-delivery'),
    domains: has('domain'),
    'deletion-protection': source.deletionProtection,
    tags: source.tags.length > 0,
  };
  return (Object.keys(WITHHELD) as WithheldKind[]).filter((kind) => found[kind]);
}
