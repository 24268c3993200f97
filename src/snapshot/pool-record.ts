import * as z from 'zod';
import type { PoolId } from '../model/ids.ts';
import { parsePoolId } from '../model/ids.ts';
import type { JsonValue, PoolDescription } from '../model/pool.ts';

const contact = z.enum(['email', 'phone_number']);

const schemaAttribute = z.strictObject({
  name: z.string(),
  type: z.enum(['String', 'Number', 'DateTime', 'Boolean']),
  mutable: z.boolean(),
  required: z.boolean(),
  developerOnly: z.boolean(),
  minLength: z.number().exactOptional(),
  maxLength: z.number().exactOptional(),
  minValue: z.number().exactOptional(),
  maxValue: z.number().exactOptional(),
});

const passwordPolicy = z.strictObject({
  minimumLength: z.number(),
  requireUppercase: z.boolean(),
  requireLowercase: z.boolean(),
  requireNumbers: z.boolean(),
  requireSymbols: z.boolean(),
});

const pool = z.strictObject({
  id: z.string().transform((id): PoolId => parsePoolId(id)),
  name: z.string(),
  arn: z.string(),
  schema: z.array(schemaAttribute),
  usernameAttributes: z.array(contact),
  aliasAttributes: z.array(z.enum(['email', 'phone_number', 'preferred_username'])),
  caseSensitive: z.boolean(),
  autoVerifiedAttributes: z.array(contact),
  mfa: z.enum(['OFF', 'ON', 'OPTIONAL']),
  passwordPolicy,
  firstFactors: z.array(z.string()),
  recovery: z.array(z.string()),
  triggers: z.array(z.string()),
  tags: z.array(z.tuple([z.string(), z.string()])),
  deletionProtection: z.boolean(),
  estimatedUsers: z.number(),
  // Whatever JSON.parse made: kept as it is, so that no key is lost on the way.
  raw: z.custom<JsonValue>((value) => value !== undefined),
}) satisfies z.ZodType<PoolDescription>;

/** Checks a decoded `pool.json`; throws a `TypeError` naming the field. */
export function decodePoolRecord(value: unknown): PoolDescription {
  const parsed = pool.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TypeError(`field ${parsed.error.issues[0]?.path.join('.') || 'pool'} is wrong`);
}
