import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../model/pool.ts';
import { canonicalJson } from './canonical-json.ts';

describe('canonicalJson', () => {
  it('sorts keys by code unit at every depth, leaves lists in order, and uses no spaces', () => {
    const value = { b: [3, { z: null, a: true }, 1], a: 'x y', B: 1.5, é: {}, '': [], '😀': 0, '｡': 0 };
    expect(canonicalJson(value)).toBe('{"":[],"B":1.5,"a":"x y","b":[3,{"a":true,"z":null},1],"é":{},"😀":0,"｡":0}');
  });

  it('leaves out what is undefined and keeps what is null', () => {
    expect(canonicalJson({ b: null, a: undefined } as never)).toBe('{"b":null}');
  });

  it('keeps a key named __proto__', () => {
    expect(canonicalJson(JSON.parse('{"a":1,"__proto__":{"b":1}}'))).toBe('{"__proto__":{"b":1},"a":1}');
  });

  it('is the same text for the same value, and is that value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value);
        const canonical = canonicalJson(JSON.parse(text) as JsonValue);
        expect(JSON.parse(canonical)).toEqual(JSON.parse(text));
        expect(canonicalJson(reversed(JSON.parse(text)))).toBe(canonical);
      }),
    );
  });
});

/** The same value with the keys of every object the other way round. */
function reversed(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  const copy = {};
  for (const [key, item] of Object.entries(value).reverse()) {
    Object.defineProperty(copy, key, { value: reversed(item), enumerable: true });
  }
  return copy;
}
