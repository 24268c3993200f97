import {
  isObject,
  type ConfigurationResource,
  type JsonObject,
  type ResourceKind,
} from '../../model/pool-configuration.ts';
import type { JsonValue } from '../../model/pool.ts';

export type ComparedKind = ResourceKind | 'pool';

/** What says nothing of how a pool is configured: the service sets it, or it follows from something else. */
const VOLATILE: { readonly [Kind in ComparedKind]?: readonly string[] } = {
  pool: ['EstimatedNumberOfUsers', 'Status', 'SmsConfigurationFailure', 'EmailConfigurationFailure'],
  domain: ['CloudFrontDistribution', 'S3Bucket', 'Status', 'Version'],
  'ui-customization': ['CSSVersion', 'ImageUrl'],
  replica: ['Status'],
};
const VOLATILE_EVERYWHERE = ['CreationDate', 'LastModifiedDate'];

/** What no two pools have in common, or what another kind says: domains are compared as such. */
const OF_ONE_POOL: { readonly [Kind in ComparedKind]?: readonly string[] } = {
  pool: ['Id', 'Arn', 'Name', 'Domain', 'CustomDomain'],
  domain: ['AWSAccountId'],
  branding: ['ManagedLoginBrandingId'],
  terms: ['TermsId'],
  replica: ['UserPoolArn'],
};
const OF_ONE_POOL_EVERYWHERE = ['UserPoolId', 'ClientId'];

/** Marks of this tool's own on a pool. */
const OWN_TAG = 'cognito-backup:';

/** The part of a document that is compared. */
export function comparableDocument(
  { kind, document }: { readonly kind: ComparedKind; readonly document: JsonObject },
  { samePool }: { readonly samePool: boolean },
): JsonObject {
  const ignored = new Set([
    ...VOLATILE_EVERYWHERE,
    ...(VOLATILE[kind] ?? []),
    ...(samePool ? [] : [...OF_ONE_POOL_EVERYWHERE, ...(OF_ONE_POOL[kind] ?? [])]),
  ]);
  const kept = Object.entries(document).filter(([name]) => !ignored.has(name));
  return Object.fromEntries(samePool ? kept : kept.map(withoutMarks));
}

function withoutMarks([name, value]: readonly [string, JsonValue]): readonly [string, JsonValue] {
  if (name === 'UserPoolTags' && isObject(value)) {
    return [name, Object.fromEntries(Object.entries(value).filter(([tag]) => !tag.startsWith(OWN_TAG)))];
  }
  // The certificate with which an identity provider encrypts is the pool's own.
  if (name === 'ProviderDetails' && isObject(value)) {
    return [name, Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'ActiveEncryptionCertificate'))];
  }
  return [name, value];
}

/** Where an image could not be fetched, there is nothing to compare it with. */
export function lacksImage({ document }: ConfigurationResource): boolean {
  return document['ImageUrl'] !== undefined && document['ImageFile'] === undefined;
}
