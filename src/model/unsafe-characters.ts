/**
 * What must not reach a terminal or a log from outside: control characters (a name could move the cursor or set the title),
 * line breaks of every kind, characters that turn the direction of text round, and those that cannot be seen. Zero-width
 * joiners and variation selectors stay: emoji and several scripts need them. Unicode 16: General_Category Cc, Bidi_Control,
 * the other format characters and fillers that show nothing, tags, byte order mark.
 */
export const UNSAFE_CHARACTERS =
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb]|\u034f|\ud82f[\udca0-\udca3]|\ud834[\udd73-\udd7a]|\udb40[\udc00-\udc7f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Makes them visible in a finished JSON text, in which they stand only inside strings: it stays the same JSON. Line feeds stay. */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE_CHARACTERS, (found) => (found === '\n' ? found : [...utf16(found)].join('')));
}

function* utf16(text: string): Generator<string> {
  for (let index = 0; index < text.length; index += 1) {
    yield `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
}
