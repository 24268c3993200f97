import { poolOf, type Operation } from '../operations/context.ts';
import type { PoolState } from '../pool-state.ts';
import { invalidParameter } from '../service-error.ts';
import { checkSms } from './pool-rules.ts';
import { flag, structure, text, word, type Shaped } from './shape.ts';
import { emailMessage, emailSubject, smsConfiguration, smsMessage } from './shapes.ts';
import { requireTier } from './tiers.ts';

/** Source of the bounds: botocore 1.43.107; 2026-11. */
const mfaRequest = structure(
  {},
  {
    SmsMfaConfiguration: structure({}, { SmsAuthenticationMessage: smsMessage, SmsConfiguration: smsConfiguration }),
    SoftwareTokenMfaConfiguration: structure({}, { Enabled: flag }),
    EmailMfaConfiguration: structure({}, { Message: emailMessage, Subject: emailSubject }),
    MfaConfiguration: word('OFF', 'ON', 'OPTIONAL'),
    WebAuthnConfiguration: structure(
      {},
      {
        RelyingPartyId: text({ min: 1, max: 127 }),
        UserVerification: word('required', 'preferred'),
        FactorConfiguration: word('SINGLE_FACTOR', 'MULTI_FACTOR_WITH_USER_VERIFICATION'),
      },
    ),
  },
);
type MfaRequest = Shaped<typeof mfaRequest>;

export const mfaConfigOperations: Readonly<Record<string, Operation>> = {
  /** Factors left out are off; MfaConfiguration left out stays (both *unproven*). */
  SetUserPoolMfaConfig: (context) => {
    const pool = poolOf(context);
    const asked = mfaRequest(context.request.body, '');
    checkMfa(pool, asked);
    const { SmsMfaConfiguration: sms, MfaConfiguration: mode } = asked;
    pool.settings = {
      ...pool.settings,
      ...(mode === undefined ? {} : { MfaConfiguration: mode }),
      ...(sms?.SmsConfiguration ? { SmsConfiguration: sms.SmsConfiguration } : {}),
      ...(sms?.SmsAuthenticationMessage === undefined
        ? {}
        : { SmsAuthenticationMessage: sms.SmsAuthenticationMessage }),
    };
    pool.resources.mfa = {
      sms: sms !== undefined,
      softwareToken: asked.SoftwareTokenMfaConfiguration?.Enabled ?? false,
      email: asked.EmailMfaConfiguration,
      webAuthn: asked.WebAuthnConfiguration,
    };
    pool.modifiedAt = pool.now();
    return mfaConfigOf(pool);
  },

  GetUserPoolMfaConfig: (context) => mfaConfigOf(poolOf(context)),
};

function mfaConfigOf({ settings, resources: { mfa } }: PoolState): object {
  const { SmsAuthenticationMessage, SmsConfiguration, MfaConfiguration = 'OFF' } = settings;
  const message = SmsAuthenticationMessage === undefined ? {} : { SmsAuthenticationMessage };
  return {
    ...(mfa.sms && SmsConfiguration ? { SmsMfaConfiguration: { ...message, SmsConfiguration } } : {}),
    SoftwareTokenMfaConfiguration: { Enabled: mfa.softwareToken },
    ...(mfa.email ? { EmailMfaConfiguration: mfa.email } : {}),
    MfaConfiguration,
    ...(mfa.webAuthn ? { WebAuthnConfiguration: mfa.webAuthn } : {}),
  };
}

function checkMfa({ settings }: PoolState, asked: MfaRequest): void {
  const { SmsMfaConfiguration: sms, EmailMfaConfiguration: email, WebAuthnConfiguration: passkeys } = asked;
  checkSms(sms?.SmsConfiguration);
  if (sms && !sms.SmsConfiguration && !settings.SmsConfiguration) {
    throw invalidParameter('SMS configuration is required for SMS MFA.');
  }
  if (email) {
    requireTier(settings, 'ESSENTIALS', 'Email MFA');
    if (settings.EmailConfiguration?.EmailSendingAccount !== 'DEVELOPER') {
      throw invalidParameter('Email MFA needs the email sending account DEVELOPER.');
    }
  }
  if (passkeys?.FactorConfiguration === 'MULTI_FACTOR_WITH_USER_VERIFICATION') {
    requireTier(settings, 'ESSENTIALS', 'Passkey MFA');
  }
  const isOn = asked.MfaConfiguration === 'ON' || asked.MfaConfiguration === 'OPTIONAL';
  if (isOn && !sms && !email && !asked.SoftwareTokenMfaConfiguration?.Enabled) {
    throw invalidParameter("Invalid MFA configuration given, can't disable all MFAs and require an MFA together.");
  }
}
