import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { BackupError } from '../../model/errors.ts';
import type { OperationName, Page, RequestOf, ResponseOf } from '../gateway.ts';

/** The largest page Cognito gives; its own default is smaller. [D] COGNITO API, 2026-11. */
export const PAGE_LIMIT = 60;

export interface SdkCallOptions {
  readonly abortSignal?: AbortSignal;
}

/** One operation of the contract in terms of the SDK. */
export type SdkOperation<Name extends OperationName> = (
  client: CognitoIdentityProviderClient,
  request: RequestOf<Name>,
  options: SdkCallOptions,
) => Promise<ResponseOf<Name>>;

export type SdkOperations<Names extends OperationName> = { readonly [Name in Names]: SdkOperation<Name> };

/**
 * One page, mapped. Throws `unreadable-answer` without a list: a proxy's `{}` would otherwise read as the end of a listing.
 * An empty token counts as none.
 */
export function pageOf<SdkItem, Item>(
  items: readonly SdkItem[] | undefined,
  toItem: (item: SdkItem) => Item,
  nextToken: string | undefined,
): Page<Item> {
  if (!Array.isArray(items)) throw new BackupError('unreadable-answer', 'Cognito answered a listing without a list');
  const mapped = items.map(toItem);
  return nextToken ? { items: mapped, nextToken } : { items: mapped };
}
