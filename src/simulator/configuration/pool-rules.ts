import { invalidParameter } from '../service-error.ts';
import type { PoolSettingsRequest } from './pool-shapes.ts';
import type { SmsConfiguration } from './shapes.ts';
import { requireTier } from './tiers.ts';

/** What the pool was before the request; a new pool was nothing. */
export interface PoolBefore {
  /** TemporaryPasswordValidityDays was given once. */
  readonly hasTemporaryDays: boolean;
  readonly hasOtherMfa: boolean;
  readonly DcrConfiguration?: PoolSettingsRequest['DcrConfiguration'];
}

/** Throws where members that are right on their own do not go together. [D] COGNITO-FACTS §5, unless a line says otherwise. */
export function checkPoolSettings(settings: PoolSettingsRequest, before: PoolBefore): void {
  checkValidityDays(settings, before);
  checkMessages(settings);
  checkTriggers(settings);
  checkRecovery(settings);
  checkSms(settings.SmsConfiguration);
  checkMfa(settings, before);
  checkTier(settings, before);
  if (settings.KeyConfiguration?.KeyType === 'CUSTOMER_MANAGED_KEY' && !settings.KeyConfiguration.KmsKeyArn) {
    throw invalidParameter('KmsKeyArn is required for a customer managed key.');
  }
}

function checkValidityDays(settings: PoolSettingsRequest, { hasTemporaryDays }: PoolBefore): void {
  if (settings.AdminCreateUserConfig?.UnusedAccountValidityDays === undefined) return;
  if (hasTemporaryDays || settings.Policies?.PasswordPolicy?.TemporaryPasswordValidityDays) {
    throw invalidParameter(
      'Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays',
    );
  }
}

function checkMessages({
  VerificationMessageTemplate: template,
  EmailConfiguration: email,
}: PoolSettingsRequest): void {
  if (template?.EmailMessage !== undefined && template.EmailMessageByLink !== undefined) {
    throw invalidParameter('EmailMessage and EmailMessageByLink cannot be set together.');
  }
  if (email?.EmailSendingAccount === 'DEVELOPER' && email.SourceArn === undefined) {
    throw invalidParameter('Source ARN is required for the DEVELOPER email sending account.');
  }
}

function checkTriggers({ LambdaConfig: triggers }: PoolSettingsRequest): void {
  if (!triggers) return;
  if ((triggers.CustomEmailSender || triggers.CustomSMSSender) && !triggers.KMSKeyID) {
    throw invalidParameter('KMSKeyID is required for a custom sender Lambda trigger.');
  }
  const { PreTokenGeneration: legacy, PreTokenGenerationConfig: current } = triggers;
  if (legacy !== undefined && current && legacy !== current.LambdaArn) {
    throw invalidParameter('PreTokenGeneration and PreTokenGenerationConfig must name the same function.');
  }
}

function checkRecovery({ AccountRecoverySetting }: PoolSettingsRequest): void {
  const mechanisms = AccountRecoverySetting?.RecoveryMechanisms ?? [];
  if (mechanisms.length > 1 && mechanisms.some(({ Name }) => Name === 'admin_only')) {
    throw invalidParameter(
      'Invalid account recovery setting parameter. Account Recovery Setting cannot use admin_only setting with any other recovery mechanisms.',
    );
  }
  if (new Set(mechanisms.map(({ Priority }) => Priority)).size < mechanisms.length) {
    throw invalidParameter('Invalid account recovery setting parameter. Priorities must differ.');
  }
}

/** One way of sending, not two. [D] SDK 3.1169, `EumsSms`. */
export function checkSms(sms: SmsConfiguration | undefined): void {
  if (!sms) return;
  if (sms.EumsSms && sms.SnsCallerArn) throw invalidParameter('SnsCallerArn and EumsSms cannot be set together.');
  if (!sms.EumsSms && !sms.SnsCallerArn) throw invalidParameter('SnsCallerArn is required in SmsConfiguration.');
}

function checkMfa(settings: PoolSettingsRequest, { hasOtherMfa }: PoolBefore): void {
  const { MfaConfiguration: mfa = 'OFF', SmsConfiguration } = settings;
  if (mfa !== 'OFF' && !SmsConfiguration && !hasOtherMfa) {
    throw invalidParameter(
      'SMS configuration and Auto verification for phone_number are required when MFA is required/optional',
    );
  }
}

/** [D] SDK 3.1169, the members' own comments; developer guide, feature plans. */
function checkTier(settings: PoolSettingsRequest, before: PoolBefore): void {
  const mode = settings.UserPoolAddOns?.AdvancedSecurityMode ?? 'OFF';
  if (mode !== 'OFF') requireTier(settings, 'PLUS', 'Threat protection');
  const factors = settings.Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? [];
  if (factors.some((factor) => factor !== 'PASSWORD')) requireTier(settings, 'ESSENTIALS', 'Choice-based sign-in');
  if (settings.Policies?.PasswordPolicy?.PasswordHistorySize) requireTier(settings, 'ESSENTIALS', 'Password history');
  if (settings.AcrConfiguration) requireTier(settings, 'ESSENTIALS', 'Custom ACR names');
  const version = settings.LambdaConfig?.PreTokenGenerationConfig?.LambdaVersion ?? 'V1_0';
  if (version !== 'V1_0') requireTier(settings, 'ESSENTIALS', 'Access token customization');
  const registration = settings.DcrConfiguration ?? before.DcrConfiguration;
  if (registration && registration.EnableStatus !== 'Disabled') {
    requireTier(settings, 'ESSENTIALS', 'Dynamic client registration');
  }
}
