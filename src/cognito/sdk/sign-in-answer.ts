import type { AdminInitiateAuthCommandOutput } from '@aws-sdk/client-cognito-identity-provider';
import { BackupError } from '../../model/errors.ts';
import type { SignInAnswer } from '../gateway.ts';

/** Reads whom an access token is for, and lets go of it: nobody here has a use for it. */
export function toSignInAnswer({ AuthenticationResult, ChallengeName }: AdminInitiateAuthCommandOutput): SignInAnswer {
  if (ChallengeName !== undefined) return { kind: 'challenge', name: ChallengeName };
  const claims = claimsOf(AuthenticationResult?.AccessToken ?? '');
  const { iss: issuer, sub, client_id: clientId } = claims;
  if (typeof issuer !== 'string' || typeof sub !== 'string' || typeof clientId !== 'string') {
    throw new BackupError('unreadable-answer', 'AdminInitiateAuth answered without a token that can be read');
  }
  return { kind: 'tokens', issuer, sub, clientId };
}

/** The second of the three parts of a JSON Web Token (RFC 7519); its signature is not looked at. */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? (claims as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
