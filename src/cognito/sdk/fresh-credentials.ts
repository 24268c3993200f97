import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { isCredentialRefusal } from '../error-rules.ts';

interface Identity {
  readonly accessKeyId: string;
  readonly sessionToken?: string;
}

/**
 * Asks for credentials anew when Cognito refuses those that a call was signed with: roles and SSO sessions end while a run goes
 * on, and the SDK keeps what it has until the expiry that it was told. Where there are others now, the error is marked
 * `credentialsRefreshed`: the same call signed again may go through. Others that are refused at once are not replaced again.
 */
export function refreshRefusedCredentials(client: CognitoIdentityProviderClient): void {
  let unproven: string | undefined;

  async function hasOthers(refused: string): Promise<boolean> {
    if (refused === unproven) return false;
    try {
      if (keyOf(await client.config.credentials()) !== refused) return true;
      const fresh = keyOf(await client.config.credentials({ forceRefresh: true }));
      if (fresh === refused) return false;
      unproven = fresh;
      return true;
    } catch {
      return false;
    }
  }

  client.middlewareStack.add(
    (next) => async (args) => {
      const signedWith = signerOf(args.request);
      try {
        const result = await next(args);
        if (signedWith === unproven) unproven = undefined;
        return result;
      } catch (error) {
        if (isCredentialRefusal(nameOf(error)) && (await hasOthers(signedWith))) mark(error);
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'refreshRefusedCredentials' },
  );
}

function keyOf({ accessKeyId, sessionToken = '' }: Identity): string {
  return `${accessKeyId} ${sessionToken}`;
}

/** Whose signature a request carries, from its headers: by now the provider may have others. */
function signerOf(request: unknown): string {
  const { headers = {} } = request as { readonly headers?: Readonly<Record<string, string | undefined>> };
  const accessKeyId = /Credential=([^/]*)\//.exec(headers['authorization'] ?? '')?.[1] ?? '';
  return keyOf({ accessKeyId, sessionToken: headers['x-amz-security-token'] ?? '' });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function mark(error: unknown): void {
  const { $metadata } = error as { readonly $metadata?: object };
  if ($metadata) Object.assign($metadata, { credentialsRefreshed: true });
}
