import { UNSAFE_CHARACTERS } from '../model/unsafe-characters.ts';

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Makes text that comes from outside safe for a terminal, on one line: `\n`, `\u{1b}`, `\u{202e}`. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE_CHARACTERS, visible);
}

/**
 * The last gate before a stream, for whole output: line feeds stay, and colours where the stream shows some. Views escape
 * what comes from outside themselves; what one forgets ends here.
 */
export function escapeOutput(text: string, { colors }: { readonly colors: boolean }): string {
  const pieces = colors ? text.split(COLOR) : [text];
  return pieces
    .map((piece, index) => (index % 2 === 1 ? piece : piece.replace(UNSAFE_CHARACTERS, visibleInLines)))
    .join('');
}

/** What picocolors writes. */
// oxlint-disable-next-line no-control-regex -- it is a control sequence
const COLOR = /(\u001b\[\d{1,2}m)/;

function visible(found: string): string {
  return SHORT[found] ?? `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`;
}

function visibleInLines(found: string): string {
  return found === '\n' ? found : visible(found);
}
