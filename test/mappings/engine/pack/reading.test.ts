import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readPack } from '#mappings/engine/pack/pack.ts';

const base = 'system: s\nobject: Thing\nkind: account\nversion: 1\n';

/** Each problem with its path and its fix, or the lines of a valid pack. `LONG81` is a text of 81 characters. */
function readingOf(yaml: string, isAdded: boolean): readonly string[] {
  const text = (isAdded ? base : '') + yaml;
  const long = text.replaceAll(/LONG(\d+)/g, (_, length: string) => 'x'.repeat(Number(length)));
  const reading = readPack(parse(long));
  return reading.ok
    ? [`ok ${JSON.stringify(reading.pack.fields)}`]
    : reading.problems.map(({ path, message, fix }) => `${path}: ${message} | ${fix}`);
}

describe('the text of a pack is read, or refused with every place, problem and fix', () => {
  /** The YAML, and true when the settings of `base` come before it. */
  it.each<[string, boolean, readonly string[]]>([
    ['5', false, [': "5" is not a set of settings | Set the pack to a set of settings.']],
    ['[]', false, [': a list is not a set of settings | Set the pack to a set of settings.']],
    ['', true, ['fields: it is missing | Add fields: a list.']],
    ['fields: []', true, ['fields: it is empty | Fill in fields.']],
    ['fields: 5', true, ['fields: "5" is not a list | Set fields to a list.']],
    ['fields: [5]', true, ['fields[0]: "5" is not a set of settings | Set fields[0] to a set of settings.']],
    [
      'system: s\nobject: Thing\nkind: acount\nversion: 1\nfields: [{local: city, remote: City, direction: in}]',
      false,
      ['kind: "acount" is not one of the choices | Did you mean "account"?'],
    ],
    [
      'system: s\nobject: Thing\nkind: zzzzzzzz\nversion: 1\nfields: [{local: city, remote: City, direction: in}]',
      false,
      [
        'kind: "zzzzzzzz" is not one of the choices | Choose one of: account, contact, product, opportunity, opportunity_line, lead, registration, payout, invoice.',
      ],
    ],
    [
      'system: s\nobject: Thing\nkind: account\nversion: 1.5\nfields: [{local: city, remote: City, direction: in}]',
      false,
      ['version: "1.5" is not a whole number | Set version to a whole number.'],
    ],
    [
      'system: s\nobject: Thing\nkind: account\nversion: one\nfields: [{local: city, remote: City, direction: in}]',
      false,
      ['version: "one" is not a number | Set version to a number.'],
    ],
    [
      'object: Thing\nkind: account\nversion: 1\nfields: [{local: city, remote: City, direction: in}]',
      false,
      ['system: it is missing | Add system: a text.'],
    ],
    [
      'system: " "\nobject: Thing\nkind: account\nversion: 1\nfields: [{local: city, remote: City, direction: in}]',
      false,
      ['system: " " is less than the minimum, 1 | Fill in system.'],
    ],
    [
      'systm: s\nobject: Thing\nkind: account\nversion: 1\nfields: [{local: city, remote: City, direction: in}]',
      false,
      [': "systm" is not a known setting | Rename it to "system".'],
    ],
    [
      'enabled: maybe\nfields: [{local: city, remote: City, direction: in}]',
      true,
      ['enabled: "maybe" is not a boolean | Set enabled to a boolean.'],
    ],
    [
      'filter: ""\nfields: [{local: city, remote: City, direction: in}]',
      true,
      ['filter: it is empty | Fill in filter.'],
    ],
    [
      'filter: "LONG2001"\nfields: [{local: city, remote: City, direction: in}]',
      true,
      ['filter: it is more than the maximum, 2000 | Correct filter.'],
    ],
    [
      'match: []\nfields: [{local: city, remote: City, direction: in}]',
      true,
      ['match: it is empty | Fill in match.'],
    ],
    [
      'match: [a,b,c,d,e,f]\nfields: [{local: city, remote: City, direction: in}]',
      true,
      ['match: it is more than the maximum, 5 | Correct match.'],
    ],
    [
      'extra: [{name: a, label: L, type: text},{name: a, label: M, type: text}]\nfields: [{local: city, remote: City, direction: in}]',
      true,
      ['extra[1].name: "a" is declared twice | Remove extra[1] or correct it.'],
    ],
    [
      'extra: [{name: A, label: L, type: text}]\nfields: [{local: city, remote: City, direction: in}]',
      true,
      [
        'extra[0].name: use a lower-case letter followed by letters and digits, such as dealRegion | Correct extra[0].name.',
      ],
    ],
    [
      'extra: [{name: a, label: " ", type: text}]\nfields: [{local: city, remote: City, direction: in}]',
      true,
      ['extra[0].label: " " is less than the minimum, 1 | Fill in extra[0].label.'],
    ],
    [
      'extra: [{name: a, label: "LONG81", type: text}]\nfields: [{local: city, remote: City, direction: in}]',
      true,
      ['extra[0].label: it is more than the maximum, 80 | Correct extra[0].label.'],
    ],
    [
      'extra: [{name: a, label: L, type: texts}]\nfields: [{local: city, remote: City, direction: in}]',
      true,
      ['extra[0].type: "texts" is not one of the choices | Did you mean "text"?'],
    ],
    [
      'extra: [{name: a, label: L, type: text, values: [a, a]}]\nfields: [{local: city, remote: City, direction: in}]',
      true,
      ['extra[0].values[1]: "a" is listed twice | Remove extra[0].values[1] or correct it.'],
    ],
    [
      'extra: [{name: a, label: L, type: text, values: []}]\nfields: [{local: city, remote: City, direction: in}]',
      true,
      ['extra[0].values: it is empty | Fill in extra[0].values.'],
    ],
    [
      'extra: [{name: a, label: L, type: date, values: [a]}]\nfields: [{local: city, remote: City, direction: in}]',
      true,
      [
        'extra[0].values: only a text can have a list of values, but this is a date | Remove extra[0] or correct it.',
      ],
    ],
    [
      'extra: [{name: a, labl: L, type: text}]\nfields: [{local: city, remote: City, direction: in}]',
      true,
      ['extra[0]: "labl" is not a known setting | Rename it to "label".'],
    ],
    [
      'fields: [{local: city, direction: in}]',
      true,
      ['fields[0].remote: it is missing | Add fields[0].remote: a text.'],
    ],
    [
      'fields: [{remote: City, direction: in}]',
      true,
      ['fields[0].local: it is missing | Add fields[0].local: a text.'],
    ],
    [
      'fields: [{local: city, remote: City}]',
      true,
      ['fields[0].direction: it is missing | Set fields[0].direction to one of: in, out, both.'],
    ],
    [
      'fields: [{local: "", remote: City, direction: in}]',
      true,
      ['fields[0].local: it is empty | Fill in fields[0].local.'],
    ],
    [
      'fields: [{local: city, remote: City, direction: both, policy: newest}]',
      true,
      [
        'fields[0].policy: "newest" is not one of the choices | Choose one of: crm, fairway, latest, crm_unless_blank, ask.',
      ],
    ],
    [
      'fields: [{local: city, remote: City, direction: both, policy: latst}]',
      true,
      ['fields[0].policy: "latst" is not one of the choices | Did you mean "latest"?'],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, lossy: false}]',
      true,
      ['fields[0].lossy: "false" is not one of the choices | Choose one of: true.'],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, default: ""}]',
      true,
      ['fields[0].default: it is empty | Fill in fields[0].default.'],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, required: yes, optional: true}]',
      true,
      ['fields[0].required: "yes" is not a boolean | Set fields[0].required to a boolean.'],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, required: true, optional: true}]',
      true,
      ['fields[0].optional: a field cannot be both required and optional | Remove one of the two.'],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, transform: []}]',
      true,
      ['fields[0].transform: it is empty | Fill in fields[0].transform.'],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, transform: 5}]',
      true,
      ['fields[0].transform: "5" is not a set of settings | Set fields[0].transform to a set of settings.'],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, transform: {nam: cut}}]',
      true,
      ['fields[0].transform.name: it is missing | Correct fields[0].transform.name.'],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, transform: {name: cut, length: 0}}]',
      true,
      ['fields[0].transform.length: "0" is less than the minimum, 1 | Fill in fields[0].transform.length.'],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, transform: {name: cut, length: 40000}}]',
      true,
      [
        'fields[0].transform.length: "40000" is more than the maximum, 32000 | Correct fields[0].transform.length.',
      ],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, transform: {name: cut, length: ten}}]',
      true,
      ['fields[0].transform.length: "ten" is not a number | Set fields[0].transform.length to a number.'],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, transform: [trim, {name: cut}]}]',
      true,
      ['fields[0].transform[1].length: it is missing | Add fields[0].transform[1].length: a number.'],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, transform: {name: lookup, map: {}}}]',
      true,
      ['fields[0].transform.map: list at least one value | Correct fields[0].transform.map.'],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, transform: {name: lookup, map: [a]}}]',
      true,
      [
        'fields[0].transform.map: a list is not a list of pairs | Set fields[0].transform.map to a list of pairs.',
      ],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, transform: {name: equals, values: []}}]',
      true,
      ['fields[0].transform.values: it is empty | Fill in fields[0].transform.values.'],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, transform: {name: replace, find: ""}}]',
      true,
      [
        'fields[0].transform.find: it is empty | Fill in fields[0].transform.find.',
        'fields[0].transform.with: it is missing | Add fields[0].transform.with: a text.',
      ],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, transform: {name: join, from: [a], separator: "LONG21"}}]',
      true,
      [
        'fields[0].transform.separator: it is more than the maximum, 20 | Correct fields[0].transform.separator.',
      ],
    ],
    [
      'fields: [{local: city, remote: City, direction: out, policy: fairway}]',
      true,
      ['ok [{"local":"city","remote":"City","direction":"out","policy":"fairway"}]'],
    ],
    [
      'fields: [{local: city, remote: City, direction: out, policy: crm}]',
      true,
      [
        'fields[0].policy: a field that is only written always has Fairway’s value, so its policy can only be "fairway" | Remove fields[0].policy, or set direction to "both".',
      ],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, policy: crm}]',
      true,
      [
        'fields[0].policy: a field that is only read always has the CRM’s value, so it has no policy | Remove fields[0].policy, or set direction to "both".',
      ],
    ],
    [
      'fields: [{local: city, direction: in, transform: {name: join, from: [City, Notes]}}]',
      true,
      [
        'ok [{"local":"city","remote":"City","direction":"in","transform":[{"name":"join","from":["City","Notes"],"separator":" "}]}]',
      ],
    ],
    [
      'fields: [{remote: City, direction: out, transform: {name: join, from: [city, phone]}}]',
      true,
      [
        'ok [{"local":"city","remote":"City","direction":"out","transform":[{"name":"join","from":["city","phone"],"separator":" "}]}]',
      ],
    ],
    [
      'fields: [{local: city, direction: both, transform: {name: join, from: [City, Notes]}}]',
      true,
      ['fields[0].remote: it is missing | Add fields[0].remote: a text.'],
    ],
    [
      'fields: [{local: city, remote: City, direction: in, a1: 1, remot: 2}]',
      true,
      [
        'fields[0]: "a1" is not a known setting | Remove it.',
        'fields[0]: "remot" is not a known setting | Rename it to "remote".',
      ],
    ],
  ])('%j (%s)', (yaml, isAdded, expected) => {
    expect(readingOf(yaml, isAdded)).toEqual(expected);
  });
});

it('a pack with more than 100 unknown settings in one place names the first 100', () => {
  const settings = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`setting${n}`, n]));
  const fields = [{ local: 'city', remote: 'City', direction: 'in' }];
  const reading = readPack({
    system: 's',
    object: 'Thing',
    kind: 'account',
    version: 1,
    fields,
    ...settings,
  });
  expect(reading.ok ? [] : reading.problems).toHaveLength(100);
});
