import { ServiceError, invalidParameter } from './service-error.ts';

export interface TextRule {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
}

/** Reads one request object and refuses, as the service's validation does, what the API model forbids. */
export class RequestReader {
  readonly body: Readonly<Record<string, unknown>>;

  constructor(body: Readonly<Record<string, unknown>>) {
    this.body = body;
  }

  has(name: string): boolean {
    return this.body[name] !== undefined && this.body[name] !== null;
  }

  text(name: string, rule: TextRule = {}): string {
    const value = this.optionalText(name, rule);
    if (value === undefined) throw missing(name);
    return value;
  }

  optionalText(name: string, rule: TextRule = {}): string | undefined {
    if (!this.has(name)) return undefined;
    const value = this.body[name];
    if (typeof value !== 'string') throw wrongType();
    checkText(name, value, rule);
    return value;
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.optionalText(name);
    if (value === undefined) return undefined;
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw violated(name, `Member must satisfy enum value set: [${words.join(', ')}]`);
    return word;
  }

  flag(name: string): boolean | undefined {
    if (!this.has(name)) return undefined;
    const value = this.body[name];
    if (typeof value !== 'boolean') throw wrongType();
    return value;
  }

  integer(name: string, minimum: number, maximum: number): number | undefined {
    if (!this.has(name)) return undefined;
    const value = this.body[name];
    if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType();
    if (value < minimum) throw violated(name, `Member must have value greater than or equal to ${minimum}`);
    if (value > maximum) throw violated(name, `Member must have value less than or equal to ${maximum}`);
    return value;
  }

  object(name: string): RequestReader | undefined {
    if (!this.has(name)) return undefined;
    return new RequestReader(asObject(this.body[name]));
  }

  list(name: string): readonly unknown[] | undefined {
    if (!this.has(name)) return undefined;
    const value = this.body[name];
    if (!Array.isArray(value)) throw wrongType();
    return value as unknown[];
  }

  objects(name: string): readonly RequestReader[] | undefined {
    return this.list(name)?.map((item) => new RequestReader(asObject(item)));
  }

  texts(name: string): readonly string[] | undefined {
    return this.list(name)?.map((item) => {
      if (typeof item !== 'string') throw wrongType();
      return item;
    });
  }

  textMap(name: string): Readonly<Record<string, string>> | undefined {
    const object = this.object(name);
    if (!object) return undefined;
    return Object.fromEntries(Object.keys(object.body).map((key) => [key, object.text(key)]));
  }

  /** AttributeListType: name 1-32, value to 2,048. [D] COGNITO-FACTS §4, botocore 1.43. */
  attributes(name: string): readonly (readonly [name: string, value: string])[] | undefined {
    return this.objects(name)?.map((item) => [
      item.text('Name', ATTRIBUTE_NAME),
      item.optionalText('Value', { max: 2048 }) ?? '',
    ]);
  }
}

/** Visible characters, no spaces. Source: botocore 1.43 `UsernameType`, `GroupNameType`, `AttributeNameType`. */
const VISIBLE = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u;
const ATTRIBUTE_NAME: TextRule = { min: 1, max: 32, pattern: VISIBLE };
export const NAME_RULE: TextRule = { min: 1, max: 128, pattern: VISIBLE };
export const POOL_ID_RULE: TextRule = { min: 1, max: 55, pattern: /^[\w-]+_[0-9a-zA-Z]+$/ };
export const PASSWORD_RULE: TextRule = { max: 256, pattern: /^[\S]+$/ };

export function parseRequest(text: string): RequestReader {
  let body: unknown;
  try {
    body = JSON.parse(text === '' ? '{}' : text);
  } catch {
    throw new ServiceError('SerializationException', 'Could not parse the request body');
  }
  return new RequestReader(asObject(body));
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType();
  return value as Record<string, unknown>;
}

function checkText(name: string, value: string, { min = 0, max, pattern }: TextRule): void {
  if (value.length < min) throw violated(name, `Member must have length greater than or equal to ${min}`);
  if (max !== undefined && value.length > max) {
    throw violated(name, `Member must have length less than or equal to ${max}`);
  }
  if (pattern && !pattern.test(value)) {
    throw violated(name, `Member must satisfy regular expression pattern: ${pattern.source.slice(1, -1)}`);
  }
}

function missing(name: string): ServiceError {
  return violated(name, 'Member must not be null', ' null');
}

function violated(name: string, constraint: string, value = ''): ServiceError {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  return invalidParameter(
    `1 validation error detected: Value${value} at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

function wrongType(): ServiceError {
  return new ServiceError('SerializationException', 'Start of structure or map found where not expected.');
}
