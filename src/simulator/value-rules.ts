import { ServiceError, invalidParameter } from './service-error.ts';

export interface TextRule {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
}

/** The checks that the service's model validation makes; `name` is the member as the API spells it. */
export function checkText(name: string, value: unknown, { min = 0, max, pattern }: TextRule): string {
  if (typeof value !== 'string') throw wrongType();
  if (value.length < min) throw violated(name, `Member must have length greater than or equal to ${min}`);
  if (max !== undefined && value.length > max) {
    throw violated(name, `Member must have length less than or equal to ${max}`);
  }
  if (pattern && !pattern.test(value)) {
    throw violated(name, `Member must satisfy regular expression pattern: ${pattern.source.slice(1, -1)}`);
  }
  return value;
}

export function checkWord<Word extends string>(name: string, value: unknown, words: readonly Word[]): Word {
  if (typeof value !== 'string') throw wrongType();
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw violated(name, `Member must satisfy enum value set: [${words.join(', ')}]`);
  return word;
}

export function checkInteger(
  name: string,
  value: unknown,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType();
  if (value < minimum) throw violated(name, `Member must have value greater than or equal to ${minimum}`);
  if (value > maximum) throw violated(name, `Member must have value less than or equal to ${maximum}`);
  return value;
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType();
  return value as Record<string, unknown>;
}

export function missing(name: string): ServiceError {
  return violated(name, 'Member must not be null', ' null');
}

export function violated(name: string, constraint: string, value = ''): ServiceError {
  const member = name
    .split('.')
    .map((part) => part.charAt(0).toLowerCase() + part.slice(1))
    .join('.');
  return invalidParameter(
    `1 validation error detected: Value${value} at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

export function wrongType(): ServiceError {
  return new ServiceError('SerializationException', 'Start of structure or map found where not expected.');
}
