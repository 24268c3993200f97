import { ServiceError } from './service-error.ts';
import { asObject, checkInteger, checkText, checkWord, missing, wrongType, type TextRule } from './value-rules.ts';

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
    return checkText(name, this.body[name], rule);
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.optionalText(name);
    if (value === undefined) return undefined;
    return checkWord(name, value, words);
  }

  flag(name: string): boolean | undefined {
    if (!this.has(name)) return undefined;
    const value = this.body[name];
    if (typeof value !== 'boolean') throw wrongType();
    return value;
  }

  integer(name: string, minimum: number, maximum: number): number | undefined {
    if (!this.has(name)) return undefined;
    return checkInteger(name, this.body[name], { minimum, maximum });
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
