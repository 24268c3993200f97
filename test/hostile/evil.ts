/** Seen wherever a planted text is shown: proves that the sweep reached it. */
export const MARK = 'EVIL';

/**
 * What a terminal or a log would act on: clear the screen, set the title, colours in both forms, back to the beginning of
 * the line, line breaks of every kind, a line that looks like ours, text turned round, hidden characters, half a character.
 */
export const EVIL = `${MARK}\u001b[2J\u001b]0;title\u0007\u001b[31m\u009b32m\b\u007f\r\nError: forged\n\u000b\u000c\u0085\u2028\u2029\u202egnp\u202c\u2066\u2069\u200e\u200f\u061c\u200b\u2060\ufeff\u00ad\u{e0041}\ud800`;

/** Everything that has no business on a screen, by Unicode's own classes; joiners and line feeds may stay. */
const FORBIDDEN = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** What our own output may hold on a terminal: colours, and the line that redraws itself. */
// oxlint-disable-next-line no-control-regex -- control sequences are what this is about
const OURS = /\u001b\[\d{1,2}m|\r\u001b\[2K/g;

/** The first forbidden character of an output with what stands before it, `undefined` where there is none. */
export function forbiddenIn(output: string, { terminal = false } = {}): string | undefined {
  const text = terminal ? output.replace(OURS, '') : output;
  const at = text.search(FORBIDDEN);
  return at < 0 ? undefined : JSON.stringify(text.slice(Math.max(0, at - 60), at + 10));
}

/** Lines of an output that a planted line break has made. */
export function forgedLines(output: string): string[] {
  return output.split(/[\n\r\u0085\u2028\u2029]/).filter((line) => line.startsWith('Error: forged'));
}
