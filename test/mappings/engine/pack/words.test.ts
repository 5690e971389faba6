import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeStep } from '#mappings/engine/pack/describe-step.ts';
import { differenceOf } from '#mappings/engine/pack/difference.ts';
import { readPack, type MappingPack } from '#mappings/engine/pack/pack.ts';
import { writtenPack } from '#mappings/engine/pack/written-pack.ts';
import type { TransformSpec } from '#mappings/engine/transform.ts';

describe('a step in words', () => {
  it.each<[TransformSpec, string]>([
    [{ name: 'equals', values: ['A', 'B'] }, 'yes if it is A or B'],
    [{ name: 'lookup', map: { A: 'a', B: true } }, 'picklist values (A → a, B → true)'],
    [
      { name: 'lookup', map: { A: 'a' }, otherwise: 'x', otherwiseRemote: 'Y' },
      'picklist values (A → a, all others → x, all others of ours → Y)',
    ],
    [
      { name: 'lookup', map: { A: 'a' }, otherwise: null, otherwiseRemote: null },
      'picklist values (A → a, all others → empty, all others of ours → empty)',
    ],
    [{ name: 'cut', length: 5 }, 'cut to 5 characters'],
    [{ name: 'split', separator: ',', part: -1 }, 'part -1 between ","'],
    [{ name: 'replace', find: 'a', with: '' }, 'replace "a" by ""'],
    [{ name: 'decimal' }, 'number'],
    [{ name: 'decimal', format: '1,234.56' }, 'number written like 1,234.56'],
    [{ name: 'currency', code: 'EUR', format: '1.234,56' }, 'amount in EUR written like 1.234,56'],
    [{ name: 'scale', by: '0.01' }, 'times 0.01'],
    [{ name: 'round', places: 2 }, 'rounded to 2 decimals'],
    [{ name: 'date' }, 'date'],
    [{ name: 'date', format: 'DD/MM/YYYY' }, 'date written DD/MM/YYYY'],
    [{ name: 'date', zone: 'UTC' }, 'date in UTC'],
    [{ name: 'instant' }, 'date and time'],
    [{ name: 'instant', format: 'DD/MM/YYYY', zone: 'UTC' }, 'date and time written DD/MM/YYYY in UTC'],
    [{ name: 'phone' }, 'phone number'],
    [{ name: 'phone', country: 'DE' }, 'phone number, country DE by default'],
    [{ name: 'coalesce', from: ['a', 'b'] }, 'the first filled of a, b'],
    [{ name: 'join', from: ['a', 'b'], separator: '-' }, 'a, b joined by "-"'],
    [{ name: 'template', text: '{a}' }, 'the text "{a}"'],
    [{ name: 'related', field: 'city' }, 'city of the referenced record'],
    [{ name: 'expression', cel: 'remote.a' }, 'the expression remote.a'],
    [{ name: 'text' }, 'text'],
    [{ name: 'trim' }, 'single spaces'],
    [{ name: 'upper' }, 'upper case'],
    [{ name: 'lower' }, 'lower case'],
    [{ name: 'title' }, 'capitalised words'],
    [{ name: 'domain' }, 'web domain'],
    [{ name: 'country' }, 'country code'],
    [{ name: 'email' }, 'e-mail address'],
    [{ name: 'boolean' }, 'yes or no'],
    [{ name: 'reference' }, 'reference'],
  ])('%j: %s', (spec, words) => {
    expect(describeStep(spec)).toBe(words);
  });
});

const base = { system: 'salesforce', object: 'Account', kind: 'account', version: 1 };
function packOf(fields: string, rest = ''): MappingPack {
  const reading = readPack({ ...base, ...(parse(rest) as object | null), fields: parse(fields) as unknown });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.pack;
}
const name = '{local: name, remote: Name, direction: in}';
const sentences = (before: MappingPack | null, after: MappingPack) =>
  differenceOf(before, after).lines.map(({ change, local, remote, message }) => [
    change,
    local,
    remote,
    message,
  ]);

describe('the difference between two versions, a sentence for each change', () => {
  const city = (rest: string): string => `{local: city, remote: City, ${rest}}`;

  it.each<[string | null, string | null, readonly (readonly [string, string])[]]>([
    [null, city('direction: in'), [['added', 'city is read from City.']]],
    [null, city('direction: out'), [['added', 'city is written to City.']]],
    [
      null,
      city('direction: both, default: Bern, transform: [trim, upper]'),
      [
        [
          'added',
          'city is synced both ways with City, as single spaces, then upper case; if that is blank, it is "Bern".',
        ],
      ],
    ],
    [city('direction: in'), null, [['removed', 'city is no longer read from City; existing values stay.']]],
    [
      city('direction: out'),
      null,
      [['removed', 'city is no longer written to City; values already written stay there.']],
    ],
    [
      city('direction: both'),
      null,
      [['removed', 'city is no longer synced with City; both sides keep their values.']],
    ],
    [
      city('direction: both'),
      city('direction: in'),
      [['changed', 'city is read from City; it was synced both ways with City.']],
    ],
    [
      city('direction: out'),
      city('direction: both'),
      [['changed', 'city is synced both ways with City; it was written to City.']],
    ],
    [
      city('direction: in'),
      city('direction: out'),
      [['changed', 'city is written to City; it was read from City.']],
    ],
    [
      city('direction: in'),
      '{local: city, remote: Town, direction: in}',
      [['changed', 'city is read from Town instead of City.']],
    ],
    [
      city('direction: in, transform: trim'),
      city('direction: in'),
      [['changed', 'The transformation of city is now: unchanged. Before: single spaces.']],
    ],
    [
      city('direction: both, policy: ask'),
      city('direction: both, policy: fairway'),
      [['changed', 'When both sides changed city, Fairway wins; before, a person is asked.']],
    ],
    [
      city('direction: both, policy: crm_unless_blank'),
      city('direction: both'),
      [['changed', 'When both sides changed city, the CRM wins; before, the CRM wins unless it is blank.']],
    ],
    [city('direction: both'), city('direction: both, policy: crm'), []],
    [city('direction: out'), city('direction: out, policy: fairway'), []],
    [
      city('direction: in, default: Bern'),
      city('direction: in'),
      [['changed', 'When City is blank, city stays blank; before, it was "Bern".']],
    ],
    [
      city('direction: in, default: Bern'),
      city('direction: in, default: Graz'),
      [['changed', 'When City is blank, city is "Graz"; before, it was "Bern".']],
    ],
    [
      city('direction: in, required: true'),
      city('direction: in'),
      [['changed', 'Records without city are now imported too.']],
    ],
    [
      city('direction: out'),
      city('direction: out, required: true'),
      [['changed', 'Records without city are no longer written.']],
    ],
    [city('direction: in'), city('direction: in, required: false'), []],
    [
      city('direction: in'),
      city('direction: in, optional: true'),
      [['changed', 'If the CRM lacks City, city is ignored.']],
    ],
    [
      city('direction: in, optional: true'),
      city('direction: in, optional: false'),
      [['changed', 'If the CRM lacks City, the mapping is not valid.']],
    ],
    [
      city('direction: both'),
      city('direction: both, lossy: true'),
      [['changed', 'city may change when it is written and read back.']],
    ],
    [
      city('direction: both, lossy: true'),
      city('direction: both'),
      [['changed', 'city must be unchanged when it is written and read back.']],
    ],
    [
      city('direction: in, transform: {name: lookup, map: {A: a, B: b}}'),
      city('direction: in, transform: {name: lookup, map: {B: b, A: a}}'),
      [],
    ],
    [
      city('direction: in, transform: {name: equals, values: [a, b]}'),
      city('direction: in, transform: {name: equals, values: [b, a]}'),
      [['changed', 'The transformation of city is now: yes if it is b or a. Before: yes if it is a or b.']],
    ],
  ])('%s → %s', (before, after, expected) => {
    const pack = (line: string | null) => packOf(`[${name}${line === null ? '' : `, ${line}`}]`);
    const found = sentences(pack(before), pack(after));
    expect(found.map(([change, local, , message]) => [change, local, message])).toEqual(
      expected.map(([change, message]) => [change, 'city', message]),
    );
  });

  it('distinguishes lines of one field by their remote fields', () => {
    const two = packOf(
      `[${name}, {local: tier, remote: A, direction: out}, {local: tier, remote: B, direction: out}]`,
    );
    const other = packOf(
      `[${name}, {local: tier, remote: A, direction: out}, {local: tier, remote: C, direction: out}]`,
    );
    expect(sentences(two, other)).toEqual([
      ['added', 'tier', 'C', 'tier is written to C.'],
      ['removed', 'tier', 'B', 'tier is no longer written to B; values already written stay there.'],
    ]);
  });

  it('describes changes of the whole mapping before those of its lines', () => {
    const lines = `[${name}]`;
    const before = packOf(
      lines,
      'enabled: false\nfilter: remote.A == "a"\nmatch: [name]\nextra: [{name: a, label: A, type: text, values: [x]}, {name: b, label: B, type: text}]',
    );
    const after = {
      ...packOf(
        lines,
        'filter: remote.B == "b"\nmatch: [name, domain]\nextra: [{name: a, label: A, type: text, values: [x, y]}, {name: c, label: C, type: date}]',
      ),
      object: 'Company',
    };
    expect(sentences(before, after)).toEqual([
      ['changed', null, null, 'account records are those of Company instead of Account.'],
      ['changed', null, null, 'Company is read and written.'],
      [
        'changed',
        null,
        null,
        'Only records of Company with remote.B == "b" are used; before, those with remote.A == "a". The others are treated as deleted.',
      ],
      ['changed', null, null, 'New records of Company are matched by name, then domain.'],
      ['changed', 'extra.a', null, 'The custom field "A" (text) is now "A" (text, one of x, y).'],
      ['added', 'extra.c', null, 'account has a new custom field "C" (date).'],
      ['removed', 'extra.b', null, 'The custom field "B" is no longer declared; its stored values stay.'],
    ]);
    expect(
      sentences(packOf(lines, 'filter: remote.A == "a"\nmatch: [name]'), packOf(lines, 'enabled: true')),
    ).toEqual([
      ['changed', null, null, 'All records of Account are used; before, only those with remote.A == "a".'],
      ['changed', null, null, 'New records of Account are not matched by any field.'],
    ]);
  });

  it('lists everything of a first version as added', () => {
    const first = packOf(
      `[${name}]`,
      'enabled: false\nfilter: remote.A == "a"\nextra: [{name: a, label: A, type: text}]',
    );
    expect(sentences(null, first)).toEqual([
      ['added', null, null, 'Account is neither read nor written.'],
      [
        'added',
        null,
        null,
        'Only records of Account with remote.A == "a" are used. The others are treated as deleted.',
      ],
      ['added', 'extra.a', null, 'account has a new custom field "A" (text).'],
      ['added', 'name', 'Name', 'name is read from Name.'],
    ]);
  });
});

describe('a pack as people write it', () => {
  it('has single steps without a list, plain steps as names, and nothing that is not set', () => {
    const fields = [
      { local: 'name', remote: 'Name', direction: 'in', transform: ['trim'] },
      {
        local: 'city',
        remote: 'City',
        direction: 'both',
        policy: 'ask',
        transform: [{ name: 'cut', length: 5 }],
        lossy: true,
      },
      {
        local: 'phone',
        remote: 'Phone',
        direction: 'in',
        transform: ['trim', { name: 'phone', country: 'DE' }],
        required: true,
      },
    ];
    const reading = readPack({ ...base, filter: 'remote.A == "a"', fields });
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    const written = writtenPack(reading.pack);
    expect(JSON.stringify(written)).toBe(
      JSON.stringify({
        ...base,
        filter: 'remote.A == "a"',
        fields: [
          { local: 'name', remote: 'Name', direction: 'in', transform: 'trim' },
          {
            local: 'city',
            remote: 'City',
            direction: 'both',
            policy: 'ask',
            transform: { name: 'cut', length: 5 },
            lossy: true,
          },
          {
            local: 'phone',
            remote: 'Phone',
            direction: 'in',
            transform: ['trim', { name: 'phone', country: 'DE' }],
            required: true,
          },
        ],
      }),
    );
    expect(readPack(written)).toEqual(reading);
  });
});
