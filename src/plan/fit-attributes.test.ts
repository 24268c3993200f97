import { describe, expect, it } from 'vitest';
import { samplePool } from '../../test/fakes/sample-pool.ts';
import { targetPool, textAttribute } from '../../test/fakes/sample-plan.ts';
import type { SchemaAttribute } from '../model/pool.ts';
import { fitAttributes } from './fit-attributes.ts';

const NONE = { drop: [], rename: new Map<string, string>() };
const unfitIn = (definition: SchemaAttribute, value: string): readonly string[] =>
  fitAttributes([[definition.name, value]], samplePool({ schema: [definition] }), NONE).unfit;

describe('fitAttributes', () => {
  it('names what the target lacks, drops and renames on request', () => {
    const source = [
      ['custom:old', '1'],
      ['custom:gone', '2'],
      ['custom:new', '3'],
    ] as const;
    expect(fitAttributes(source, targetPool(), NONE).gaps).toEqual(['custom:old', 'custom:gone', 'custom:new']);
    const mapping = {
      drop: ['custom:gone'],
      rename: new Map([
        ['custom:old', 'custom:a'],
        ['custom:new', 'custom:b'],
      ]),
    };
    expect(fitAttributes(source, targetPool(), mapping)).toEqual({
      attributes: [
        ['custom:a', '1'],
        ['custom:b', '3'],
      ],
      gaps: [],
      unfit: [],
      incomplete: false,
      dropped: true,
    });
  });

  it('refuses two attributes under one name', () => {
    const mapping = { drop: [], rename: new Map([['custom:old', 'custom:a']]) };
    expect(
      fitAttributes(
        [
          ['custom:a', '1'],
          ['custom:old', '2'],
        ],
        targetPool(),
        mapping,
      ).unfit,
    ).toEqual(['custom:a']);
  });

  it('lets a value pass that fits by UTF-16 units or by characters, for nobody knows which Cognito counts', () => {
    const text = textAttribute('custom:t', { minLength: 2, maxLength: 4 });
    expect(unfitIn(text, 'abcd')).toEqual([]);
    expect(unfitIn(text, '😀😀😀😀')).toEqual([]);
    expect(unfitIn(text, '😀')).toEqual([]);
    expect(unfitIn(text, 'abcde')).toEqual(['custom:t']);
    expect(unfitIn(text, 'a')).toEqual(['custom:t']);
    expect(unfitIn(textAttribute('custom:u'), 'x'.repeat(2_048))).toEqual([]);
    expect(unfitIn(textAttribute('custom:u', { maxLength: 9_999 }), 'x'.repeat(2_049))).toEqual(['custom:u']);
  });

  it.each([
    ['7', []],
    ['-2', []],
    ['10', []],
    ['3.25', []],
    ['11', ['custom:n']],
    ['1.', ['custom:n']],
    ['1.x', ['custom:n']],
    ['1x', ['custom:n']],
    ['x1', ['custom:n']],
    ['-3', ['custom:n']],
    ['0x5', ['custom:n']],
    ['1e0', ['custom:n']],
    [' 5', ['custom:n']],
    ['Infinity', ['custom:n']],
  ])('takes the number %j as %j', (value, unfit) => {
    expect(unfitIn(textAttribute('custom:n', { type: 'Number', minValue: -2, maxValue: 10 }), value)).toEqual(unfit);
  });

  it('takes true and false in any case for a boolean, and nothing else', () => {
    const flag = textAttribute('custom:f', { type: 'Boolean' });
    expect(['True', 'false'].map((value) => unfitIn(flag, value))).toEqual([[], []]);
    for (const value of ['yes', 'truth', 'untrue', 'true!']) expect(unfitIn(flag, value)).toEqual(['custom:f']);
  });

  it('sees that a required attribute is missing', () => {
    const target = samplePool({
      schema: [textAttribute('sub', { required: true }), textAttribute('email', { required: true })],
    });
    expect(fitAttributes([], target, NONE).incomplete).toBe(true);
    expect(fitAttributes([['email', '']], target, NONE).incomplete).toBe(true);
    expect(
      fitAttributes(
        [['email', 'a@b']],
        samplePool({ schema: [...target.schema, textAttribute('email_verified', { type: 'Boolean' })] }),
        NONE,
      ).incomplete,
    ).toBe(false);
  });

  it('makes up no verified flag, and leaves out one without a contact', () => {
    expect(fitAttributes([['email', 'a@b']], targetPool(), NONE)).toMatchObject({
      attributes: [['email', 'a@b']],
      dropped: false,
    });
    expect(fitAttributes([['email_verified', 'true']], targetPool(), NONE).attributes).toEqual([]);
  });

  it('makes up no verified flag where blank means unspecified', () => {
    expect(fitAttributes([['email', 'a@b']], targetPool(), NONE, 'given').attributes).toEqual([['email', 'a@b']]);
    expect(fitAttributes([['email_verified', 'true']], targetPool(), NONE, 'given').attributes).toEqual([
      ['email_verified', 'true'],
    ]);
  });

  it.each([
    ['email', 'ada@example.com', []],
    ['email', 'ada', ['email']],
    ['email', '', []],
    ['phone_number', '+4930123', []],
    ['phone_number', '030123', ['phone_number']],
    ['phone_number', '+4930 123', ['phone_number']],
    ['phone_number', 'tel:+4930123', ['phone_number']],
    ['nickname', 'ada', []],
  ])('takes for %s the value %j: unfit %j', (name, value, unfit) => {
    expect(unfitIn(textAttribute(name), value)).toEqual(unfit);
  });
});
