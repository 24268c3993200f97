/**
 * What must not reach a terminal from a pool: control characters (a name could move the cursor or set the title), line
 * breaks of every kind, characters that turn the direction of text round, and those that cannot be seen. Zero-width joiners
 * stay: emoji and several scripts need them. Unicode 16: General_Category Cc, Bidi_Control, tags, byte order mark.
 */
const UNSAFE =
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udc7f]/g;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Makes text that comes from outside safe for a terminal, on one line: `\n`, `\u{1b}`, `\u{202e}`. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, (found) => SHORT[found] ?? `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same for a finished JSON text, in which such characters stand only inside strings: it stays the same JSON. */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE, (found) => (found === '\n' ? found : [...utf16(found)].join('')));
}

function* utf16(text: string): Generator<string> {
  for (let index = 0; index < text.length; index += 1) {
    yield `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
}
