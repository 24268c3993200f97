import type { Group, Membership } from '../model/group.ts';
import { RESOURCE_KINDS, type ConfigurationResource, type JsonObject } from '../model/pool-configuration.ts';
import type { JsonValue, PoolDescription } from '../model/pool.ts';
import { USER_STATUSES, type Attribute, type User, type UserFactors } from '../model/user.ts';
import { canonicalJson } from './canonical-json.ts';
import { decodePoolRecord } from './pool-record.ts';
import { array, boolean, fail, instant, integer, object, only, optional, text } from './strict-fields.ts';

/**
 * One kind of record and its line: a JSON object with sorted keys, without the newline. Decoding is strict (an unknown,
 * missing or mistyped field throws a `TypeError` that names the field and never its value) and hand-written, because a
 * snapshot may hold millions of records.
 */
export interface RecordCodec<Value> {
  encode(value: Value): string;
  decode(line: string): Value;
}

const STATUSES: ReadonlySet<string> = new Set(USER_STATUSES);
const USER_FIELDS = new Set([
  'attributes',
  'createdAt',
  'enabled',
  'factors',
  'mfaOptions',
  'modifiedAt',
  'status',
  'sub',
  'username',
]);
const FACTORS_FIELDS = new Set(['configured', 'mfa', 'preferred']);
const MFA_FIELDS = new Set(['attributeName', 'deliveryMedium']);
const GROUP_FIELDS = new Set(['createdAt', 'description', 'modifiedAt', 'name', 'precedence', 'roleArn']);
const KINDS: ReadonlySet<string> = new Set(RESOURCE_KINDS);
const RESOURCE_FIELDS = new Set(['document', 'key', 'kind', 'withheld']);
const MEMBERSHIP_FIELDS = new Set(['group', 'sub', 'username']);

export const userCodec: RecordCodec<User> = {
  // The literal is written in sorted order: that is the order JSON.stringify keeps.
  encode: (user) =>
    JSON.stringify({
      attributes: user.attributes,
      createdAt: user.createdAt,
      enabled: user.enabled,
      factors: user.factors && {
        configured: user.factors.configured,
        mfa: user.factors.mfa,
        preferred: user.factors.preferred,
      },
      mfaOptions: user.mfaOptions?.map(({ attributeName, deliveryMedium }) => ({ attributeName, deliveryMedium })),
      modifiedAt: user.modifiedAt,
      status: user.status,
      sub: user.sub,
      username: user.username,
    }),
  decode: (line) => {
    const record = only(object(JSON.parse(line), 'user'), USER_FIELDS);
    const user = {
      username: text(record['username'], 'username'),
      sub: text(record['sub'], 'sub'),
      status: userStatus(record['status']),
      enabled: boolean(record['enabled'], 'enabled'),
      attributes: attributes(record['attributes']),
      createdAt: instant(record['createdAt'], 'createdAt'),
      modifiedAt: instant(record['modifiedAt'], 'modifiedAt'),
    };
    if (record['mfaOptions'] === undefined && record['factors'] === undefined) return user;
    return {
      ...user,
      ...optional('mfaOptions', record['mfaOptions'], mfaOptions),
      ...optional('factors', record['factors'], factors),
    };
  },
};

export const groupCodec: RecordCodec<Group> = {
  encode: (group) =>
    JSON.stringify({
      createdAt: group.createdAt,
      description: group.description,
      modifiedAt: group.modifiedAt,
      name: group.name,
      precedence: group.precedence,
      roleArn: group.roleArn,
    }),
  decode: (line) => {
    const record = only(object(JSON.parse(line), 'group'), GROUP_FIELDS);
    return {
      name: text(record['name'], 'name'),
      ...optional('description', record['description'], text),
      ...optional('precedence', record['precedence'], integer),
      ...optional('roleArn', record['roleArn'], text),
      createdAt: instant(record['createdAt'], 'createdAt'),
      modifiedAt: instant(record['modifiedAt'], 'modifiedAt'),
    };
  },
};

export const membershipCodec: RecordCodec<Membership> = {
  encode: ({ group, sub, username }) => JSON.stringify({ group, sub, username }),
  decode: (line) => {
    const record = only(object(JSON.parse(line), 'membership'), MEMBERSHIP_FIELDS);
    return {
      group: text(record['group'], 'group'),
      sub: text(record['sub'], 'sub'),
      username: text(record['username'], 'username'),
    };
  },
};

export const poolCodec: RecordCodec<PoolDescription> = {
  encode: (pool) => canonicalJson(pool as unknown as JsonValue),
  decode: (line) => decodePoolRecord(JSON.parse(line)),
};

export const resourceCodec: RecordCodec<ConfigurationResource> = {
  encode: (resource) => canonicalJson(resource as unknown as JsonValue),
  decode: (line) => {
    const record = only(object(JSON.parse(line), 'resource'), RESOURCE_FIELDS);
    return {
      kind: resourceKind(record['kind']),
      key: text(record['key'], 'key'),
      // Whatever JSON.parse made: kept as it is, so that no key is lost on the way.
      document: object(record['document'], 'document') as JsonObject,
      ...optional('withheld', record['withheld'], texts),
    };
  },
};

function resourceKind(value: unknown): ConfigurationResource['kind'] {
  return typeof value === 'string' && KINDS.has(value) ? (value as ConfigurationResource['kind']) : fail('kind');
}

function texts(value: unknown, field: string): readonly string[] {
  return array(value, field).map((item) => text(item, field));
}

function userStatus(value: unknown): User['status'] {
  if (typeof value !== 'string' || !STATUSES.has(value)) fail('status');
  return value as User['status'];
}

function attributes(value: unknown): readonly Attribute[] {
  const pairs = array(value, 'attributes');
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string' || typeof pair[1] !== 'string') {
      fail('attributes');
    }
  }
  return pairs as readonly Attribute[];
}

function factors(value: unknown): UserFactors {
  const record = only(object(value, 'factors'), FACTORS_FIELDS);
  return {
    ...optional('preferred', record['preferred'], text),
    mfa: texts(record['mfa'], 'mfa'),
    configured: texts(record['configured'], 'configured'),
  };
}

function mfaOptions(value: unknown): NonNullable<User['mfaOptions']> {
  return array(value, 'mfaOptions').map((item) => {
    const option = only(object(item, 'mfaOptions'), MFA_FIELDS);
    return {
      deliveryMedium: text(option['deliveryMedium'], 'deliveryMedium'),
      attributeName: text(option['attributeName'], 'attributeName'),
    };
  });
}
