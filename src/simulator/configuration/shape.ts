import {
  asObject,
  checkInteger,
  checkText,
  checkWord,
  missing,
  violated,
  wrongType,
  type TextRule,
} from '../value-rules.ts';

/** Reads one value of a request as the API's model has it; throws InvalidParameterException, naming the member by its path. */
export type Shape<T> = (value: unknown, path: string) => T;
export type Shaped<S> = S extends Shape<infer T> ? T : never;

type Members = Readonly<Record<string, Shape<unknown>>>;
type Both<Required extends Members, Optional extends Members> = {
  readonly [name in keyof Required]: Shaped<Required[name]>;
} & { readonly [name in keyof Optional]?: Shaped<Optional[name]> };

/** A structure. Members that the model does not know are left out, as the service ignores them. */
export function structure<Required extends Members, Optional extends Members>(
  required: Required,
  optional: Optional,
): Shape<Both<Required, Optional>> {
  return (value, path) => {
    const given = asObject(value);
    const read: Record<string, unknown> = {};
    for (const [name, shape] of Object.entries({ ...required, ...optional })) {
      const place = path === '' ? name : `${path}.${name}`;
      const member = given[name];
      if (member !== undefined && member !== null) read[name] = shape(member, place);
      else if (name in required) throw missing(place);
    }
    return read as Both<Required, Optional>;
  };
}

export const text =
  (rule: TextRule = {}): Shape<string> =>
  (value, path) =>
    checkText(path, value, rule);

export const word =
  <Word extends string>(...words: readonly Word[]): Shape<Word> =>
  (value, path) =>
    checkWord(path, value, words);

export const whole =
  (minimum: number, maximum: number): Shape<number> =>
  (value, path) =>
    checkInteger(path, value, { minimum, maximum });

export const flag: Shape<boolean> = (value) => {
  if (typeof value !== 'boolean') throw wrongType();
  return value;
};

/** Bytes, kept as the base64 text of the wire. */
export const bytes =
  (most: number): Shape<string> =>
  (value, path) => {
    if (typeof value !== 'string') throw wrongType();
    if (Buffer.from(value, 'base64').length > most) {
      throw violated(path, `Member must have length less than or equal to ${most}`);
    }
    return value;
  };

/** A document of any form. */
export const document: Shape<unknown> = (value) => value;

interface Size {
  readonly min?: number;
  readonly max?: number;
}

export const list =
  <T>(item: Shape<T>, { min = 0, max = Infinity }: Size = {}): Shape<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) throw wrongType();
    checkSize(path, value.length, { min, max });
    return value.map((member, index) => item(member, `${path}.${index + 1}.member`));
  };

export const map =
  <T>(key: Shape<string>, item: Shape<T>, { min = 0, max = Infinity }: Size = {}): Shape<Readonly<Record<string, T>>> =>
  (value, path) => {
    const entries = Object.entries(asObject(value));
    checkSize(path, entries.length, { min, max });
    return Object.fromEntries(entries.map(([name, member]) => [key(name, path), item(member, `${path}.${name}`)]));
  };

function checkSize(path: string, size: number, { min, max }: { readonly min: number; readonly max: number }): void {
  if (size < min) throw violated(path, `Member must have length greater than or equal to ${min}`);
  if (size > max) throw violated(path, `Member must have length less than or equal to ${max}`);
}
