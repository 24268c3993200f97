/**
 * What every personal value of these tests bears, so that one search finds whatever gets out. Letters and digits alone, at the
 * beginning, and short: no escaping changes it, and no table is too narrow for it.
 */
export const WORD = 'Zqx7Kvwj';
/** For what holds digits alone: phone numbers, custom numbers, dates. */
export const DIGITS = '739182645';
/** The end of every `sub`. */
export const SUB_TAIL = 'ca9a-47ca-9aca-9aca9aca9a';

/** A text with letters beyond ASCII and what CSV, JSON and shells trip over. */
export function marked(text: string): string {
  return `${WORD}-${text} é,"'\\`;
}

/** An identifier as Cognito and CSV take it. */
export function markedName(text: string): string {
  return `${WORD}-${text}`;
}

export function markedEmail(text: string): string {
  return `${WORD}.${text}@example.com`;
}

export function markedPhone(index: number): string {
  return `+1${DIGITS}${String(index).padStart(2, '0')}`;
}

/** Begins with another hex digit for each index, as shards want it. */
export function markedSub(index: number): string {
  const digit = (index % 16).toString(16);
  return `${digit}0000000-${SUB_TAIL}${String(index).padStart(2, '0')}`;
}
