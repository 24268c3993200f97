export type TextProblem =
  | 'empty-value'
  | 'backslash'
  | 'quote'
  | 'line-break'
  | 'control-character'
  | 'outer-space'
  | 'lone-surrogate';

/**
 * Why the dialect cannot hold a value unchanged; `undefined` when it can. What a backslash, a quote or a line break means
 * inside a value is undocumented, and spaces at either end are trimmed. [D] COGNITO-FACTS §3.
 */
export function textProblem(value: string): TextProblem | undefined {
  if (value === '') return 'empty-value';
  if (!SUSPECT.test(value)) return undefined;
  if (value.includes('\\')) return 'backslash';
  if (value.includes('"')) return 'quote';
  if (LINE_BREAK.test(value)) return 'line-break';
  if (CONTROL.test(value)) return 'control-character';
  if (OUTER_SPACE.test(value)) return 'outer-space';
  return 'lone-surrogate';
}

/** Escapes commas; the value must be free of every {@link TextProblem}. */
export function escapeCell(value: string): string {
  return value.includes(',') ? value.replaceAll(',', '\\,') : value;
}

// \p{Cs} under the u flag is a surrogate without its partner: it has no UTF-8 form.
const SUSPECT = /[\\"\p{Cc}\p{Cs}\u2028\u2029]|^\s|\s$/u;
const LINE_BREAK = /[\n\v\f\r\u0085\u2028\u2029]/;
const CONTROL = /\p{Cc}/u;
const OUTER_SPACE = /^\s|\s$/;
