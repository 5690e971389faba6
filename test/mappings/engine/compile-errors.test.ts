import { compileMapping } from '#mappings/engine/compile.ts';
import type { RemoteShape } from '#mappings/engine/compile.ts';
import { readPack } from '#mappings/engine/pack/pack.ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { remote } from './shapes.ts';

/** What the org in these cases has. */
const shape: RemoteShape = {
  object: 'Account',
  fields: [
    remote('Name', 'text', { length: 255 }),
    remote('City', 'text', { length: 255 }),
    remote('Notes', 'text', { length: 255 }),
    remote('Short', 'text', { length: 5 }),
    remote('Size', 'picklist', { values: ['Small', 'Medium', 'Large'] }),
    remote('Active', 'boolean'),
    remote('Revenue', 'number'),
    remote('Since', 'datetime'),
    remote('Formula', 'text', { createable: false, updateable: false }),
  ],
};

/**
 * The parts of an account's pack that a case changes, as YAML; the name is read besides, unless the case goes
 * `without` it.
 */
function complaintsOf(yaml: string): readonly string[] {
  const { without, fields, ...rest } = parse(yaml) as { without?: string; fields: readonly object[] };
  const name = without === undefined ? [{ local: 'name', remote: 'Name', direction: 'in' }] : [];
  const reading = readPack({
    system: 'salesforce',
    object: 'Account',
    kind: 'account',
    version: 1,
    ...rest,
    fields: [...name, ...fields],
  });
  if (!reading.ok) return reading.problems.map(({ path, message, fix }) => `${path}: ${message} | ${fix}`);
  const result = compileMapping(reading.pack, shape);
  return result.ok ? [] : result.problems.map(({ path, message, fix }) => `${path}: ${message} | ${fix}`);
}

/** What is wrong · the pack · what its author is told: where, what, and what to do. */
const wrong: readonly (readonly [string, string, string])[] = [
  [
    'a setting that does not exist',
    'fields: [{local: city, remot: City, direction: in}]',
    'fields[1]: "remot" is not a setting here | Rename it to "remote".',
  ],
  [
    'a direction that does not exist',
    'fields: [{local: city, remote: City, direction: inn}]',
    'fields[1].direction: "inn" is not one of the choices | Did you mean "in"?',
  ],
  [
    'a transform that does not exist',
    'fields: [{local: city, remote: City, direction: in, transform: uper}]',
    'fields[1].transform: "uper" is not one of the choices | Did you mean "upper"?',
  ],
  [
    'a transform without the options it needs',
    'fields: [{local: city, remote: City, direction: in, transform: lookup}]',
    'fields[1].transform.map: it is missing | Add fields[1].transform.map: a list of pairs.',
  ],
  [
    'an option that does not exist',
    `fields: [{local: city, remote: City, direction: in, transform: {name: split, separator: ' ', part: 1, frm: 2}}]`,
    'fields[1].transform: "frm" is not a setting here | Remove it.',
  ],
  [
    'a part counted from zero',
    `fields: [{local: city, remote: City, direction: in, transform: {name: split, separator: ' ', part: 0}}]`,
    'fields[1].transform.part: parts are counted from 1, or from -1 at the end | Correct fields[1].transform.part.',
  ],
  [
    'a date format that does not exist',
    'fields: [{local: tierAsOf, remote: City, direction: in, transform: {name: date, format: DD/MM}}]',
    'fields[1].transform.format: "DD/MM" is not one of the choices | Choose one of: YYYY-MM-DD, DD/MM/YYYY, MM/DD/YYYY, DD.MM.YYYY, DD-MM-YYYY, YYYY/MM/DD, YYYYMMDD.',
  ],
  [
    'a time zone that does not exist',
    'fields: [{local: tierAsOf, remote: Since, direction: in, transform: {name: date, zone: Berlin}}]',
    'fields[1].transform.zone: no such time zone; write one like Europe/Berlin | Correct fields[1].transform.zone.',
  ],
  [
    'a currency that does not exist',
    `fields: [{local: trailingRevenue, remote: City, direction: in, transform: {name: currency, code: EUX, format: '1,234.56'}}]`,
    'fields[1].transform.code: no such currency | Correct fields[1].transform.code.',
  ],
  [
    'a country that does not exist',
    'fields: [{local: phone, remote: City, direction: in, transform: {name: phone, country: XX}}]',
    'fields[1].transform.country: no such country; write two capitals, such as DE | Correct fields[1].transform.country.',
  ],
  [
    'a policy on a field that is only read',
    'fields: [{local: city, remote: City, direction: in, policy: latest}]',
    'fields[1].policy: a field that is only read is always as the CRM has it, so no policy decides | Remove fields[1].policy, or set direction to "both".',
  ],
  [
    'a policy on a field that is only written',
    'fields: [{local: tier, remote: City, direction: out, policy: ask}]',
    'fields[1].policy: a field that is only written is Fairway’s, so no other policy decides | Remove fields[1].policy, or set direction to "both".',
  ],
  [
    'a default of a field that is only written',
    'fields: [{local: tier, remote: City, direction: out, default: Gold}]',
    'fields[1].default: a default fills our field when theirs is blank, and this field is only written | Remove fields[1].default, or set direction to "both".',
  ],
  [
    'a field both required and optional',
    'fields: [{local: city, remote: City, direction: in, required: true, optional: true}]',
    'fields[1].optional: a field cannot be both required and optional | Remove one of the two.',
  ],
  [
    'one of our fields read twice',
    'fields: [{local: city, remote: City, direction: in}, {local: city, remote: Notes, direction: in}]',
    'fields[2].local: "city" is read from two remote fields | Remove fields[2] or correct it.',
  ],
  [
    'one of their fields written twice',
    'fields: [{local: tier, remote: City, direction: out}, {local: tierStanding, remote: City, direction: out}]',
    'fields[2].remote: "City" is written from two of our fields | Remove fields[2] or correct it.',
  ],
  [
    'an own field with a bad name',
    `extra: [{name: Deal Region, label: Region, type: text}]
fields: []`,
    'extra[0].name: begins with a small letter and has letters and digits only, as in dealRegion | Correct extra[0].name.',
  ],
  [
    'an own field declared twice',
    `extra: [{name: region2, label: Region, type: text}, {name: region2, label: Area, type: text}]
fields: []`,
    'extra[1].name: "region2" is declared twice | Remove extra[1] or correct it.',
  ],
  [
    'an own field of a type there is not',
    `extra: [{name: region2, label: Region, type: money}]
fields: []`,
    'extra[0].type: "money" is not one of the choices | Choose one of: text, boolean, decimal, date, instant.',
  ],
  [
    'values of an own field that is no text',
    `extra: [{name: size, label: Size, type: decimal, values: ['1']}]
fields: []`,
    'extra[0].values: only a text has a list of values, and this is a decimal | Remove extra[0] or correct it.',
  ],
  [
    'a field of ours that does not exist',
    'fields: [{local: contry, remote: City, direction: in}]',
    'fields[1].local: account has no field "contry". | Did you mean the account field "country"?',
  ],
  [
    'an own field nobody declared',
    'fields: [{local: extra.dealRegion, remote: City, direction: in}]',
    'fields[1].local: account has no field "extra.dealRegion". | Declare "dealRegion" under extra, with a label and a type.',
  ],
  [
    'an own field misspelt',
    `extra: [{name: industry, label: Industry, type: text}]
fields: [{local: extra.industri, remote: City, direction: in}]`,
    'fields[1].local: account has no field "extra.industri". | Did you mean the account field "extra.industry"?',
  ],
  [
    'a field of theirs that does not exist',
    'fields: [{local: city, remote: Citi, direction: in}]',
    'fields[1].remote: Account has no field "Citi", or the integration user may not see it. | Did you mean the remote field "City"?',
  ],
  [
    `a field of Fairway's that is not installed`,
    'fields: [{local: tier, remote: Fairway_Tier__c, direction: out}]',
    `fields[1].remote: Account has no field "Fairway_Tier__c", or the integration user may not see it. | Install Fairway's fields on this connection. Choose another remote field, or remove this line.`,
  ],
  [
    'an own field named like one of ours',
    `extra: [{name: domain, label: Domain, type: text}]
fields: [{local: extra.domain, remote: City, direction: in}]`,
    'extra[0].name: account has a field "domain" already. | Map to "domain", or choose another name.',
  ],
  [
    'a checkbox read as a number',
    'fields: [{local: trailingRevenue, remote: Active, direction: in}]',
    'fields[1].remote: Active is a boolean field; "decimal" reads number, text. | Map trailingRevenue to a number field.',
  ],
  [
    'a picklist read as yes or no',
    'fields: [{local: isPartner, remote: Size, direction: out}]',
    'fields[1].remote: Size is a picklist field; "boolean" writes boolean. | Map isPartner to a boolean field, or use "lookup" to say which values mean yes and no.',
  ],
  [
    'a country read into a yes or no',
    'fields: [{local: isPartner, remote: City, direction: in, transform: country}]',
    'fields[1].transform: The transform "country" gives text, but isPartner is boolean. | Remove the transform, or use "boolean".',
  ],
  [
    'a text read into a number without a number as the last step',
    'fields: [{local: trailingRevenue, remote: City, direction: in, transform: trim}]',
    'fields[1].transform: The transform "trim" gives text, but trailingRevenue is decimal. | Remove the transform, or add "decimal" as the last step, or use "decimal".',
  ],
  [
    'a date written to a number',
    'fields: [{local: tierAsOf, remote: Revenue, direction: out}]',
    'fields[1].remote: Revenue is a number field; "date" writes date, text. | Map tierAsOf to a date field.',
  ],
  [
    'a lookup that gives texts and yes or no',
    'fields: [{local: city, remote: Size, direction: in, transform: {name: lookup, map: {Small: true, Large: big}}}]',
    'fields[1].transform: "lookup" gives texts for some values and yes or no for others. | Let all values of "lookup" be texts.',
  ],
  [
    'steps that do not follow each other',
    'fields: [{local: tierAsOf, remote: City, direction: in, transform: [date, upper]}]',
    'fields[1].transform[1]: "upper" cannot take the date that "date" gives. | Remove "upper", or put the steps in another order.',
  ],
  [
    'writing through a transform that only reads',
    'fields: [{local: isPartner, remote: Size, direction: both, transform: {name: equals, values: [Small]}}]',
    'fields[1].transform: "equals" can only read, so isPartner cannot be written to Size. | Set direction to "in".',
  ],
  [
    'writing through a list with a step that only reads',
    `fields: [{local: city, remote: City, direction: both, transform: [trim, {name: split, separator: ',', part: 1}]}]`,
    'fields[1].transform[1]: "split" can only read, so city cannot be written to City. | Set direction to "in".',
  ],
  [
    'a combination both ways',
    'fields: [{local: city, remote: City, direction: both, transform: {name: join, from: [City, Notes]}}]',
    'fields[1].transform: "join" puts fields together and cannot be undone, so city cannot go both ways. | Set direction to "in" or "out"; write the other way with a line of its own.',
  ],
  [
    'a combination that is not the first step of reading',
    'fields: [{local: city, remote: City, direction: in, transform: [trim, {name: coalesce, from: [City, Notes]}]}]',
    'fields[1].transform[1]: "coalesce" takes the CRM’s fields, so it is the first step of a line that reads. | Move "coalesce" to the beginning of the list.',
  ],
  [
    'two combinations in one line',
    'fields: [{local: city, remote: City, direction: in, transform: [{name: coalesce, from: [City]}, {name: join, from: [City]}]}]',
    'fields[1].transform[0]: A line puts fields together once. | Remove all but one of coalesce, join.',
  ],
  [
    'a combination of a field that does not exist',
    'fields: [{local: city, direction: in, transform: {name: join, from: [City, Notez]}}]',
    'fields[1].transform: "join" takes "Notez", and there is no such field. | Did you mean "Notes"?',
  ],
  [
    'a combination of different types',
    'fields: [{local: city, direction: in, transform: {name: coalesce, from: [City, Revenue]}}]',
    'fields[1].transform: "coalesce" takes the first of City, Revenue, and those are text and decimal. | Take fields of one type, or use an expression.',
  ],
  [
    'a template that takes a field of ours we lack',
    `fields: [{local: tier, remote: Notes, direction: out, transform: {name: template, text: '{tier} since {tierAsof}'}}]`,
    'fields[1].transform: "template" takes "tierAsof", and there is no such field. | Did you mean "tierAsOf"?',
  ],
  [
    'values lost both ways',
    'fields: [{local: city, remote: City, direction: both, transform: {name: cut, length: 10}}]',
    'fields[1].lossy: Going both ways, "cut" loses what comes after 10 characters. | Set direction to "in" or "out", or lossy: true if that is meant.',
  ],
  [
    'two choices folded into one both ways',
    'fields: [{local: city, remote: Size, direction: both, transform: {name: lookup, map: {Small: s, Medium: s, Large: l}}}]',
    'fields[1].lossy: Going both ways, "lookup" loses that "Medium" was not "Small". | Set direction to "in" or "out", or lossy: true if that is meant.',
  ],
  [
    'a lookup that the step before it makes unreachable',
    'fields: [{local: city, remote: City, direction: both, transform: [upper, {name: lookup, map: {small: s}}]}]',
    'fields[1].transform: "s" is written to City in a way that is not read back as "s". | Put the steps in another order, or write the lookup’s values as the steps before it make them.',
  ],
  [
    'writing to a field nobody may change',
    'fields: [{local: tier, remote: Formula, direction: out}]',
    'fields[1].remote: Formula cannot be changed by the integration user. | Let the integration user edit Formula, or set direction to "in".',
  ],
  [
    'a field too short for a code',
    'fields: [{local: tier, remote: Short, direction: out}]',
    'fields[1].remote: Short holds 5 characters; tier may have 40. | Give Short a length of 40.',
  ],
  [
    'a lookup value longer than the field',
    'fields: [{local: tier, remote: Short, direction: out, transform: {name: lookup, map: {Enterprise plus: Gold}}}]',
    'fields[1].transform: Short holds 5 characters; "Enterprise plus" has 15. | Give Short a length of 15, or write a shorter value.',
  ],
  [
    'a choice written that the picklist lacks',
    'fields: [{local: tier, remote: Size, direction: out, transform: {name: lookup, map: {Smal: Gold, Large: Silver}}}]',
    'fields[1].transform: Size does not offer "Smal", which this line writes. | Did you mean "Small"?',
  ],
  [
    'a default of the wrong type',
    'fields: [{local: trailingRevenue, remote: Revenue, direction: in, default: a lot}]',
    'fields[1].default: The default "a lot" is not a decimal. | Write a number such as 0.15.',
  ],
  [
    'a default that is no date',
    'fields: [{local: tierAsOf, remote: Since, direction: in, default: soon}]',
    'fields[1].default: The default "soon" is not a date. | Write a date such as 2026-01-31.',
  ],
  [
    'a default that is not one of the values',
    `extra: [{name: band, label: Band, type: text, values: [A, B]}]
fields: [{local: extra.band, remote: City, direction: in, default: C}]`,
    'fields[1].default: extra.band cannot be "C". | Write one of: A, B.',
  ],
  [
    'a default the picklist lacks',
    'fields: [{local: city, remote: Size, direction: both, default: Smal}]',
    'fields[1].default: Size does not offer the default "Smal". | Did you mean "Small"?',
  ],
  [
    'a required field nothing fills',
    `without: name
fields: [{local: city, remote: City, direction: in}]`,
    'fields: Every account needs "name", and nothing is mapped to it. | Add a line that reads "name".',
  ],
  [
    'a match key that does not exist',
    `match: [domian]
fields: [{local: domain, remote: City, direction: in}]`,
    'match[0]: account has no field "domian". | Did you mean the account field "domain"?',
  ],
  [
    'a match key nothing reads',
    `match: [domain]
fields: []`,
    'match[0]: Records are matched by "domain", and no line reads it. | Add a line that reads "domain", or remove it from match.',
  ],
  [
    'a match key that many records share',
    `match: [isPartner]
fields: [{local: isPartner, remote: Active, direction: in}]`,
    'match[0]: "isPartner" is a boolean, so many records share one value and none can be told by it. | Match by a number, a code, a domain or an e-mail address.',
  ],
  [
    'a match key from a picklist',
    `match: [city]
fields: [{local: city, remote: Size, direction: in}]`,
    'match[0]: "city" comes from the picklist Size, so many records share one value and none can be told by it. | Match by a number, a code, a domain or an e-mail address.',
  ],
  [
    'a filter that cannot be read',
    `filter: 'remote.Size =='
fields: []`,
    'filter: The expression cannot be read at its end: Unexpected token: EOF. | Correct it there.',
  ],
  [
    'a filter on a field that does not exist',
    `filter: 'remote.Siz == "Small"'
fields: []`,
    'filter: The expression reads remote.Siz, and there is no such field. | Did you mean remote.Size?',
  ],
  [
    'a filter that is not true or false',
    `filter: 'remote.City'
fields: []`,
    'filter: The filter gives a text; it has to be true or false. | Compare the field with a value: remote.Type == "Partner".',
  ],
  [
    'a filter that compares a text with a number',
    `filter: 'remote.City == 1'
fields: []`,
    'filter: The expression does not fit together at "remote.City == 1": "==" does not work between a text and a whole number. | Correct it there.',
  ],
  [
    'a filter with a pattern',
    `filter: 'remote.City.matches("(a+)+b")'
fields: []`,
    'filter: Expressions cannot use "matches". | Use startsWith, endsWith or contains: patterns are not available.',
  ],
  [
    'an expression that loops in loops in loops',
    `fields: [{local: city, remote: City, direction: in, transform: {name: expression, cel: 'remote.City.parts(",").exists(a, remote.City.parts(",").exists(b, remote.City.parts(",").exists(c, a == b)))  ? "x" : "y"'}}]`,
    'fields[1].transform: The expression has loops 3 deep; 2 are allowed. | Write it without loops in loops, or with fewer texts put together.',
  ],
  [
    'an expression that could make a text too large',
    `fields: [{local: city, remote: City, direction: in, transform: {name: expression, cel: 'remote.City.replace("a", remote.City)'}}]`,
    'fields[1].transform: The expression could make a text of 64000000 characters; 1000000 are allowed. | Write it without loops in loops, or with fewer texts put together.',
  ],
  [
    'an expression that reads our record',
    `fields: [{local: city, remote: City, direction: in, transform: {name: expression, cel: 'ours.city'}}]`,
    'fields[1].transform: Expressions cannot use "ours". | Write remote.<field>: a line that reads sees the CRM’s record.',
  ],
  [
    'an expression with a function there is not',
    `fields: [{local: city, remote: City, direction: in, transform: {name: expression, cel: 'remote.City.uperAscii()'}}]`,
    'fields[1].transform: Expressions cannot use "uperAscii". | Did you mean upperAscii?',
  ],
  [
    'an expression of a type the field has not',
    `fields: [{local: trailingRevenue, remote: City, direction: in, transform: {name: expression, cel: 'remote.Active'}}]`,
    'fields[1].transform: "expression" gives boolean; "expression" reads number, text. | Map trailingRevenue to a number field.',
  ],
  [
    'values that go round in a circle',
    'fields: [{local: city, remote: City, direction: in}, {local: city, remote: Notes, direction: out}, {local: phone, remote: Notes, direction: in}, {local: phone, remote: City, direction: out}]',
    'fields[4]: A value goes round in a circle: City → city → Notes → phone → City. | Remove one of these lines, or set one pair of fields to direction "both".',
  ],
];

describe('a reference', () => {
  const owner = remote('Owner', 'reference');
  const problemsOf = (kind: 'contact' | 'payout', ...fields: readonly object[]) => {
    const reading = readPack({ system: 'salesforce', object: 'Contact', kind, version: 1, fields });
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    const result = compileMapping(reading.pack, { ...shape, fields: [...shape.fields, owner] });
    const say = ({ path, code }: { readonly path: string; readonly code: string }) => `${path} ${code}`;
    return { problems: result.ok ? [] : result.problems.map(say), warnings: result.warnings.map(say) };
  };
  const read = { local: 'lastName', remote: 'Name', direction: 'in' };

  it('is only read: a line that would write one, or take one to write, is refused, and one of both ways warned of', () => {
    const refused = ['fields[1].direction reference_not_written'];
    expect(
      problemsOf('contact', read, { local: 'account', remote: 'Owner', direction: 'out' }).problems,
    ).toEqual(refused);
    const taken = {
      local: 'account',
      remote: 'City',
      direction: 'out',
      transform: { name: 'template', text: 'of {account}' },
    };
    expect(problemsOf('contact', read, taken).problems).toEqual([
      'fields[1].transform reference_not_written',
    ]);
    const both = problemsOf('contact', read, { local: 'account', remote: 'Owner', direction: 'both' });
    expect([both.problems, both.warnings]).toEqual([[], expect.arrayContaining(refused)]);
  });

  it('of a record that Fairway makes is written', () => {
    const key = { local: 'key', remote: 'Name', direction: 'out' };
    expect(
      problemsOf('payout', key, { local: 'partner', remote: 'Owner', direction: 'out' }).problems,
    ).toEqual([]);
  });
});

describe('a wrong mapping is refused with the place, what is wrong and what to do', () => {
  it.each(wrong)('%s', (_, yaml, complaint) => {
    expect(complaintsOf(yaml)).toEqual([complaint]);
  });

  it('says everything that is wrong at once', () => {
    const complaints = complaintsOf(
      'match: [domian]\nfields: [{local: contry, remote: City, direction: in}, {local: tier, remote: Formula, direction: out}]',
    );
    expect(complaints.map((complaint) => complaint.slice(0, complaint.indexOf(':')))).toEqual([
      'fields[1].local',
      'fields[2].remote',
      'match[0]',
    ]);
  });
});
