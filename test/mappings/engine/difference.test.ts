import { differenceOf } from '#mappings/engine/pack/difference.ts';
import { readPack } from '#mappings/engine/pack/pack.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

function read(fields: string, rest = ''): MappingPack {
  const reading = readPack({
    ...(parse(`system: salesforce\nobject: Account\nkind: account\nversion: 1\n${rest}`) as object),
    fields: parse(fields) as unknown,
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.pack;
}

const name = '{local: name, remote: Name, direction: in}';
const sentences = (before: MappingPack | null, after: MappingPack): readonly string[] =>
  differenceOf(before, after).lines.map((line) => line.message);

describe('the difference between two versions', () => {
  it.each([
    [
      'a removed line',
      '{local: city, remote: City, direction: in}',
      null,
      ['city is no longer read from City; existing values stay.'],
    ],
    ['a new line', null, '{local: tier, remote: Tier__c, direction: out}', ['tier is written to Tier__c.']],
    [
      'another remote field',
      '{local: city, remote: City, direction: in}',
      '{local: city, remote: Town, direction: in}',
      ['city is read from Town instead of City.'],
    ],
    [
      'another direction',
      '{local: city, remote: City, direction: in}',
      '{local: city, remote: City, direction: both, policy: ask}',
      ['city is synced both ways with City; it was read from City.'],
    ],
    [
      'other steps',
      '{local: city, remote: City, direction: in}',
      '{local: city, remote: City, direction: in, transform: [trim, {name: lookup, map: {K: Köln}, otherwise: null}]}',
      [
        'The transformation of city is now: single spaces, then picklist values (K → Köln, all others → empty). Before: unchanged.',
      ],
    ],
    [
      'another policy',
      '{local: city, remote: City, direction: both}',
      '{local: city, remote: City, direction: both, policy: latest}',
      ['When both sides changed city, the later change wins; before, the CRM wins.'],
    ],
    [
      'a default',
      '{local: city, remote: City, direction: in}',
      '{local: city, remote: City, direction: in, default: Köln}',
      ['When City is blank, city is "Köln".'],
    ],
    [
      'a required field',
      '{local: city, remote: City, direction: in}',
      '{local: city, remote: City, direction: in, required: true}',
      ['Records without city are no longer imported.'],
    ],
  ])('describes %s in a sentence', (_, before, after, expected) => {
    const list = (line: string | null) => read(`[${[name, ...(line === null ? [] : [line])].join(', ')}]`);
    expect(sentences(list(before), list(after))).toEqual(expected);
  });

  it('describes changes of the whole mapping', () => {
    const before = read(`[${name}]`, 'extra: [{name: size, label: Size, type: text}]');
    const after = read(
      `[${name}]`,
      'filter: remote.Type == "Partner"\nmatch: [name]\nenabled: false\nextra: [{name: size, label: Size, type: decimal}]',
    );
    expect(sentences(before, after)).toEqual([
      'Account is neither read nor written.',
      'Only records of Account with remote.Type == "Partner" are used. The others are treated as deleted.',
      'New records of Account are matched by name.',
      'The custom field "Size" (text) is now "Size" (decimal).',
    ]);
  });

  it('lists every line of a first version as added, and ignores the order of lines', () => {
    const pack = read(
      `[${name}, {local: city, remote: City, direction: both}, {local: tier, remote: A, direction: out}, {local: tier, remote: B, direction: out}]`,
    );
    expect(differenceOf(null, pack).lines.map(({ change, local }) => [change, local])).toEqual([
      ['added', 'name'],
      ['added', 'city'],
      ['added', 'tier'],
      ['added', 'tier'],
    ]);
    expect(sentences(pack, { ...pack, version: 2, fields: pack.fields.toReversed() })).toEqual([]);
  });
});
