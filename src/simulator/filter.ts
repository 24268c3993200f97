import { invalidParameter } from './service-error.ts';
import type { UserView } from './user-state.ts';

/** The attributes a filter may name. [D] COGNITO-FACTS §1. */
const FILTERABLE = new Set([
  'username',
  'email',
  'phone_number',
  'name',
  'given_name',
  'family_name',
  'preferred_username',
  'cognito:user_status',
  'status',
  'sub',
]);

const MAX_FILTER_LENGTH = 256;
const FILTER = /^\s*([a-z_:]+)\s*(\^?=)\s*"((?:[^"\\]|\\["\\])*)"\s*$/su;

export interface UserFilter {
  readonly attribute: string;
  readonly operator: '=' | '^=';
  readonly value: string;
  matches(view: UserView): boolean;
}

/** Parses `attribute = "value"` or `attribute ^= "value"`; `undefined` for an empty filter. Throws InvalidParameterException. */
export function parseFilter(text: string | undefined): UserFilter | undefined {
  if (text === undefined || text === '') return undefined;
  if (text.length > MAX_FILTER_LENGTH) {
    throw invalidParameter(
      "1 validation error detected: Value at 'filter' failed to satisfy constraint: Member must have length less than or equal to 256",
    );
  }
  const parts = FILTER.exec(text);
  if (!parts) throw invalidParameter('Error while parsing filter.');
  const [, attribute = '', sign, quoted = ''] = parts;
  if (!FILTERABLE.has(attribute)) throw invalidParameter('Invalid search attribute: ' + attribute);
  const operator = sign === '=' ? '=' : '^=';
  const value = quoted.replace(/\\(["\\])/g, '$1');
  const test = comparison(attribute, operator, value);
  return {
    attribute,
    operator,
    value,
    matches: (view) => {
      const actual = valueOf(view, attribute);
      return actual !== undefined && test(actual);
    },
  };
}

function comparison(attribute: string, operator: '=' | '^=', value: string): (actual: string) => boolean {
  if (attribute === 'cognito:user_status') {
    const folded = value.toLowerCase();
    if (operator === '=') return (actual) => actual.toLowerCase() === folded;
    return (actual) => actual.toLowerCase().startsWith(folded);
  }
  return operator === '=' ? (actual) => actual === value : (actual) => actual.startsWith(value);
}

function valueOf(view: UserView, attribute: string): string | undefined {
  switch (attribute) {
    case 'username':
      return view.username;
    case 'sub':
      return view.sub;
    case 'cognito:user_status':
      return view.status;
    case 'status':
      return view.enabled ? 'Enabled' : 'Disabled';
    default:
      return attributeIn(view.attributes, attribute);
  }
}

function attributeIn(flat: readonly string[], name: string): string | undefined {
  for (let index = 0; index < flat.length; index += 2) if (flat[index] === name) return flat[index + 1];
  return undefined;
}
