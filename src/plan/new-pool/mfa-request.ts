import type { ConfigurationResource, JsonObject } from '../../model/pool-configuration.ts';
import type { ConfigurationLoss } from './configuration-losses.ts';
import { dropMembers, member, objectAt, pickMembers, textAt } from './json-members.ts';

export interface MfaRequest {
  /** SetUserPoolMfaConfig; `undefined` where there is nothing to set. */
  readonly request: JsonObject | undefined;
  /** MfaConfiguration of the pool afterwards. */
  readonly mode: string;
  /** As GetUserPoolMfaConfig should show it. */
  readonly expected: JsonObject | undefined;
  readonly losses: readonly ConfigurationLoss[];
}

const FACTORS = ['SmsMfaConfiguration', 'SoftwareTokenMfaConfiguration', 'EmailMfaConfiguration'];

/**
 * MFA is off when a pool is created, and set afterwards. A pool whose settings say that it is on, while the snapshot holds no MFA
 * configuration, had SMS alone if it had an SMS configuration; without one nothing can be set. [D] COGNITO-FACTS §5
 */
export function mfaRequest(raw: JsonObject, captured: ConfigurationResource | undefined): MfaRequest {
  const losses: ConfigurationLoss[] = [];
  const document = captured?.document ?? fromSettings(raw);
  if (!document) {
    const wanted = textAt(raw, 'MfaConfiguration') ?? 'OFF';
    if (wanted !== 'OFF') losses.push({ kind: 'mfa-off', resource: 'mfa', key: wanted });
    return { request: undefined, mode: 'OFF', expected: undefined, losses };
  }
  const possible = withoutUnsendableSms(document, raw, losses);
  const wanted = textAt(possible, 'MfaConfiguration') ?? 'OFF';
  const mode = wanted === 'OFF' || hasFactor(possible) ? wanted : 'OFF';
  if (mode !== wanted) losses.push({ kind: 'mfa-off', resource: 'mfa', key: wanted });
  const expected = { ...possible, MfaConfiguration: mode };
  return {
    request: pickMembers(expected, [...FACTORS, 'MfaConfiguration', 'WebAuthnConfiguration']),
    mode,
    expected: captured ? expected : undefined,
    losses,
  };
}

function fromSettings(raw: JsonObject): JsonObject | undefined {
  const sms = objectAt(raw, 'SmsConfiguration');
  const mode = textAt(raw, 'MfaConfiguration') ?? 'OFF';
  if (mode === 'OFF' || !sms) return undefined;
  const message = pickMembers(raw, ['SmsAuthenticationMessage']);
  return { SmsMfaConfiguration: { ...message, SmsConfiguration: sms }, MfaConfiguration: mode };
}

/** SMS needs a way to send. */
function withoutUnsendableSms(document: JsonObject, raw: JsonObject, losses: ConfigurationLoss[]): JsonObject {
  const sms = objectAt(document, 'SmsMfaConfiguration');
  if (!sms || objectAt(sms, 'SmsConfiguration')) return document;
  const configuration = objectAt(raw, 'SmsConfiguration');
  if (configuration) return { ...document, SmsMfaConfiguration: { ...sms, SmsConfiguration: configuration } };
  losses.push({ kind: 'mfa-factor', resource: 'mfa', key: 'SMS' });
  return dropMembers(document, ['SmsMfaConfiguration']);
}

function hasFactor(document: JsonObject): boolean {
  const token = objectAt(document, 'SoftwareTokenMfaConfiguration') ?? {};
  return (
    member(token, 'Enabled') === true ||
    objectAt(document, 'SmsMfaConfiguration') !== undefined ||
    objectAt(document, 'EmailMfaConfiguration') !== undefined
  );
}
