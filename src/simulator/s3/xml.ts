/** A piece of an XML document: an element with text, or with children. */
export type XmlElement = readonly [name: string, content: string | readonly XmlElement[]];

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

export function xmlDocument([name, content]: XmlElement): string {
  const namespace = name === 'Error' ? '' : ` xmlns="${NAMESPACE}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name}${namespace}>${xmlContent(content)}</${name}>`;
}

function xmlContent(content: string | readonly XmlElement[]): string {
  if (typeof content === 'string') return escapeXml(content);
  return content.map(([name, inner]) => `<${name}>${xmlContent(inner)}</${name}>`).join('');
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
]);

function escapeXml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters in keys are exactly what has to be escaped
  return text.replace(/[&<>"\u0000-\u001f]/g, (char) => ESCAPES.get(char) ?? `&#${char.charCodeAt(0)};`);
}

export function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(amp|lt|gt|quot|apos));/gi,
    (_whole, hex: string, dec: string, name: string) => {
      if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (dec) return String.fromCodePoint(Number(dec));
      return { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[name.toLowerCase()] ?? '';
    },
  );
}

/** The raw contents of each `<name>` element, in order; enough for the flat documents that S3 clients send. */
export function elementsOf(xml: string, name: string): string[] {
  const pattern = new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g');
  return [...xml.matchAll(pattern)].map((match) => match[1] ?? '');
}
