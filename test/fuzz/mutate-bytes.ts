import fc from 'fast-check';

/** Valid bytes after a few cuts: flipped, set, deleted, doubled, spliced in, cut off. */
export function mutatedBytes(
  documents: readonly Uint8Array[],
  inserts: readonly string[] = INSERTS,
): fc.Arbitrary<Buffer> {
  // Whole numbers: those between 0 and 1 are drawn by their bits, and most of them are next to nothing.
  const position = fc.nat(0xffff).map((place) => place / 0x1_0000);
  const cut = fc.tuple(
    fc.constantFrom('flip', 'set', 'delete', 'double', 'insert', 'cut off', 'move'),
    position,
    position,
    fc.nat(255),
    fc.constantFrom(...inserts),
  );
  return fc
    .tuple(fc.constantFrom(...documents), fc.array(cut, { minLength: 0, maxLength: 5 }))
    .map(([document, cuts]) => {
      let bytes: Buffer = Buffer.from(document);
      for (const [how, from, to, byte, text] of cuts) bytes = mutate(bytes, { how, from, to, byte, text });
      return bytes;
    });
}

const INSERTS = [
  ',',
  '"',
  '\\',
  '\\,',
  '\n',
  '\r',
  '\r\n',
  '\0',
  '\ufeff',
  ' ',
  '{',
  '}',
  '[',
  '😀',
  '\u2028',
  ';',
  '\t',
];

interface Cut {
  readonly how: string;
  readonly from: number;
  readonly to: number;
  readonly byte: number;
  readonly text: string;
}

function mutate(bytes: Buffer, { how, from, to, byte, text }: Cut): Buffer {
  const start = Math.floor(Math.min(from, to) * bytes.length);
  const end = Math.floor(Math.max(from, to) * bytes.length);
  switch (how) {
    case 'flip':
      return replaced(bytes, start, (bytes[start] ?? 0) ^ (1 << (byte % 8)));
    case 'set':
      return replaced(bytes, start, byte);
    case 'delete':
      return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
    case 'double':
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
    case 'insert':
      return Buffer.concat([bytes.subarray(0, start), Buffer.from(text), bytes.subarray(start)]);
    case 'cut off':
      return bytes.subarray(0, start);
    default:
      return Buffer.concat([bytes.subarray(start), bytes.subarray(0, start)]);
  }
}

function replaced(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  if (at < copy.length) copy[at] = value;
  return copy;
}
