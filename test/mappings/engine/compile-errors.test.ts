import { compileMapping } from '#mappings/engine/compile.ts';
import type { RemoteShape } from '#mappings/engine/compile.ts';
import { readPack } from '#mappings/engine/pack/pack.ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { remote } from './shapes.ts';

/** The org in these cases. */
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
 * Compiles the pack of an account and returns its problems. The YAML has the parts that a case changes; a
 * line for the name is added unless `without` is set.
 */
function problemTextsOf(yaml: string): readonly string[] {
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

/** The mistake, the pack as YAML, and the expected message with path, problem and fix. */
const wrong: readonly (readonly [string, string, string])[] = [
  [
    'an unknown setting',
    'fields: [{local: city, remot: City, direction: in}]',
    'fields[1]: "remot" is not a known setting | Rename it to "remote".',
  ],
  [
    'an unknown direction',
    'fields: [{local: city, remote: City, direction: inn}]',
    'fields[1].direction: "inn" is not one of the choices | Did you mean "in"?',
  ],
  [
    'an unknown transform',
    'fields: [{local: city, remote: City, direction: in, transform: uper}]',
    'fields[1].transform: "uper" is not one of the choices | Did you mean "upper"?',
  ],
  [
    'a transform without the options it needs',
    'fields: [{local: city, remote: City, direction: in, transform: lookup}]',
    'fields[1].transform.map: it is missing | Add fields[1].transform.map: a list of pairs.',
  ],
  [
    'an unknown option',
    `fields: [{local: city, remote: City, direction: in, transform: {name: split, separator: ' ', part: 1, frm: 2}}]`,
    'fields[1].transform: "frm" is not a known setting | Remove it.',
  ],
  [
    'a part counted from zero',
    `fields: [{local: city, remote: City, direction: in, transform: {name: split, separator: ' ', part: 0}}]`,
    'fields[1].transform.part: parts are counted from 1, or from -1 at the end | Correct fields[1].transform.part.',
  ],
  [
    'an unknown date format',
    'fields: [{local: tierAsOf, remote: City, direction: in, transform: {name: date, format: DD/MM}}]',
    'fields[1].transform.format: "DD/MM" is not one of the choices | Choose one of: YYYY-MM-DD, DD/MM/YYYY, MM/DD/YYYY, DD.MM.YYYY, DD-MM-YYYY, YYYY/MM/DD, YYYYMMDD.',
  ],
  [
    'an unknown time zone',
    'fields: [{local: tierAsOf, remote: Since, direction: in, transform: {name: date, zone: Berlin}}]',
    'fields[1].transform.zone: unknown time zone; use a name like Europe/Berlin | Correct fields[1].transform.zone.',
  ],
  [
    'an unknown currency',
    `fields: [{local: trailingRevenue, remote: City, direction: in, transform: {name: currency, code: EUX, format: '1,234.56'}}]`,
    'fields[1].transform.code: unknown currency code | Correct fields[1].transform.code.',
  ],
  [
    'an unknown country',
    'fields: [{local: phone, remote: City, direction: in, transform: {name: phone, country: XX}}]',
    'fields[1].transform.country: unknown country code; use two upper-case letters, such as DE | Correct fields[1].transform.country.',
  ],
  [
    'a policy on a field that is only read',
    'fields: [{local: city, remote: City, direction: in, policy: latest}]',
    'fields[1].policy: a field that is only read always has the CRM’s value, so it has no policy | Remove fields[1].policy, or set direction to "both".',
  ],
  [
    'a policy on a field that is only written',
    'fields: [{local: tier, remote: City, direction: out, policy: ask}]',
    'fields[1].policy: a field that is only written always has Fairway’s value, so its policy can only be "fairway" | Remove fields[1].policy, or set direction to "both".',
  ],
  [
    'a default for a field that is only written',
    'fields: [{local: tier, remote: City, direction: out, default: Gold}]',
    'fields[1].default: a default fills our field if the CRM’s is blank, but this field is only written | Remove fields[1].default, or set direction to "both".',
  ],
  [
    'a field both required and optional',
    'fields: [{local: city, remote: City, direction: in, required: true, optional: true}]',
    'fields[1].optional: a field cannot be both required and optional | Remove one of the two.',
  ],
  [
    'a canonical field that is read twice',
    'fields: [{local: city, remote: City, direction: in}, {local: city, remote: Notes, direction: in}]',
    'fields[2].local: "city" is read from two remote fields | Remove fields[2] or correct it.',
  ],
  [
    'a remote field that is written twice',
    'fields: [{local: tier, remote: City, direction: out}, {local: tierStanding, remote: City, direction: out}]',
    'fields[2].remote: "City" is written from two of our fields | Remove fields[2] or correct it.',
  ],
  [
    'a custom field with an invalid name',
    `extra: [{name: Deal Region, label: Region, type: text}]
fields: []`,
    'extra[0].name: use a lower-case letter followed by letters and digits, such as dealRegion | Correct extra[0].name.',
  ],
  [
    'a custom field declared twice',
    `extra: [{name: region2, label: Region, type: text}, {name: region2, label: Area, type: text}]
fields: []`,
    'extra[1].name: "region2" is declared twice | Remove extra[1] or correct it.',
  ],
  [
    'a custom field of an unknown type',
    `extra: [{name: region2, label: Region, type: money}]
fields: []`,
    'extra[0].type: "money" is not one of the choices | Choose one of: text, boolean, decimal, date, instant.',
  ],
  [
    'values of a custom field that is not a text',
    `extra: [{name: size, label: Size, type: decimal, values: ['1']}]
fields: []`,
    'extra[0].values: only a text can have a list of values, but this is a decimal | Remove extra[0] or correct it.',
  ],
  [
    'a canonical field that does not exist',
    'fields: [{local: contry, remote: City, direction: in}]',
    'fields[1].local: account has no field "contry". | Did you mean the account field "country"?',
  ],
  [
    'a custom field that is not declared',
    'fields: [{local: extra.dealRegion, remote: City, direction: in}]',
    'fields[1].local: account has no field "extra.dealRegion". | Declare "dealRegion" under extra, with a label and a type.',
  ],
  [
    'a misspelt custom field',
    `extra: [{name: industry, label: Industry, type: text}]
fields: [{local: extra.industri, remote: City, direction: in}]`,
    'fields[1].local: account has no field "extra.industri". | Did you mean the account field "extra.industry"?',
  ],
  [
    'a remote field that does not exist',
    'fields: [{local: city, remote: Citi, direction: in}]',
    'fields[1].remote: Account has no field "Citi", or the integration user cannot see it. | Did you mean the remote field "City"?',
  ],
  [
    `a field of Fairway's that is not installed`,
    'fields: [{local: tier, remote: Fairway_Tier__c, direction: out}]',
    `fields[1].remote: Account has no field "Fairway_Tier__c", or the integration user cannot see it. | Install Fairway's fields on this connection. Choose another remote field, or remove this line.`,
  ],
  [
    'a custom field with the name of a canonical field',
    `extra: [{name: domain, label: Domain, type: text}]
fields: [{local: extra.domain, remote: City, direction: in}]`,
    'extra[0].name: account already has a field "domain". | Map to "domain", or choose another name.',
  ],
  [
    'a checkbox read as a number',
    'fields: [{local: trailingRevenue, remote: Active, direction: in}]',
    'fields[1].remote: Active is a boolean field; "decimal" reads number, text. | Map trailingRevenue to a number field.',
  ],
  [
    'a boolean written to a picklist',
    'fields: [{local: isPartner, remote: Size, direction: out}]',
    'fields[1].remote: Size is a picklist field; "boolean" writes boolean. | Map isPartner to a boolean field, or use "lookup" to define the values for true and false.',
  ],
  [
    'a country read into a boolean',
    'fields: [{local: isPartner, remote: City, direction: in, transform: country}]',
    'fields[1].transform: The transform "country" gives text, but isPartner is boolean. | Remove the transform, or use "boolean".',
  ],
  [
    'a text read into a number without a number step',
    'fields: [{local: trailingRevenue, remote: City, direction: in, transform: trim}]',
    'fields[1].transform: The transform "trim" gives text, but trailingRevenue is decimal. | Remove the transform, or add "decimal" as the last step, or use "decimal".',
  ],
  [
    'a date written to a number',
    'fields: [{local: tierAsOf, remote: Revenue, direction: out}]',
    'fields[1].remote: Revenue is a number field; "date" writes date, text. | Map tierAsOf to a date field.',
  ],
  [
    'a lookup with texts and booleans',
    'fields: [{local: city, remote: Size, direction: in, transform: {name: lookup, map: {Small: true, Large: big}}}]',
    'fields[1].transform: "lookup" returns texts for some values and true or false for others. | Use only texts as values of "lookup".',
  ],
  [
    'steps that do not fit together',
    'fields: [{local: tierAsOf, remote: City, direction: in, transform: [date, upper]}]',
    'fields[1].transform[1]: "upper" cannot use the date that "date" returns. | Remove "upper", or change the order of the steps.',
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
    'a combination with direction both',
    'fields: [{local: city, remote: City, direction: both, transform: {name: join, from: [City, Notes]}}]',
    'fields[1].transform: "join" combines fields and cannot be reversed, so city cannot have direction "both". | Set direction to "in" or "out", and add a separate line for the other direction.',
  ],
  [
    'a combination that is not the first step of reading',
    'fields: [{local: city, remote: City, direction: in, transform: [trim, {name: coalesce, from: [City, Notes]}]}]',
    'fields[1].transform[1]: "coalesce" uses the CRM’s fields, so it must be the first step of a line that reads. | Move "coalesce" to the beginning of the list.',
  ],
  [
    'two combinations in one line',
    'fields: [{local: city, remote: City, direction: in, transform: [{name: coalesce, from: [City]}, {name: join, from: [City]}]}]',
    'fields[1].transform[0]: A line can combine fields only once. | Remove all but one of coalesce, join.',
  ],
  [
    'a combination of a field that does not exist',
    'fields: [{local: city, direction: in, transform: {name: join, from: [City, Notez]}}]',
    'fields[1].transform: "join" uses the field "Notez", which does not exist. | Did you mean "Notes"?',
  ],
  [
    'a combination of different types',
    'fields: [{local: city, direction: in, transform: {name: coalesce, from: [City, Revenue]}}]',
    'fields[1].transform: "coalesce" needs fields of one type, but City, Revenue are text and decimal. | Choose fields of one type, or use an expression.',
  ],
  [
    'a template with a canonical field that does not exist',
    `fields: [{local: tier, remote: Notes, direction: out, transform: {name: template, text: '{tier} since {tierAsof}'}}]`,
    'fields[1].transform: "template" uses the field "tierAsof", which does not exist. | Did you mean "tierAsOf"?',
  ],
  [
    'a loss with direction both',
    'fields: [{local: city, remote: City, direction: both, transform: {name: cut, length: 10}}]',
    'fields[1].lossy: With direction "both", "cut" loses the text after 10 characters. | Set direction to "in" or "out", or set lossy: true to accept the loss.',
  ],
  [
    'two choices merged into one with direction both',
    'fields: [{local: city, remote: Size, direction: both, transform: {name: lookup, map: {Small: s, Medium: s, Large: l}}}]',
    'fields[1].lossy: With direction "both", "lookup" loses the difference between "Medium" and "Small". | Set direction to "in" or "out", or set lossy: true to accept the loss.',
  ],
  [
    'a lookup that the step before it can never match',
    'fields: [{local: city, remote: City, direction: both, transform: [upper, {name: lookup, map: {small: s}}]}]',
    'fields[1].transform: "s" is written to City in a way that is not read back as "s". | Change the order of the steps, or write the values of the lookup in the form that the steps before it produce.',
  ],
  [
    'writing to a read-only field',
    'fields: [{local: tier, remote: Formula, direction: out}]',
    'fields[1].remote: Formula cannot be changed by the integration user. | Allow the integration user to edit Formula, or set direction to "in".',
  ],
  [
    'a field too short for a code',
    'fields: [{local: tier, remote: Short, direction: out}]',
    'fields[1].remote: Short has room for 5 characters; tier can have 40. | Increase the length of Short to 40.',
  ],
  [
    'a lookup value longer than the field',
    'fields: [{local: tier, remote: Short, direction: out, transform: {name: lookup, map: {Enterprise plus: Gold}}}]',
    'fields[1].transform: Short has room for 5 characters; "Enterprise plus" has 15. | Increase the length of Short to 15, or write a shorter value.',
  ],
  [
    'a written value that the picklist does not offer',
    'fields: [{local: tier, remote: Size, direction: out, transform: {name: lookup, map: {Smal: Gold, Large: Silver}}}]',
    'fields[1].transform: Size does not offer "Smal", which this line writes. | Did you mean "Small"?',
  ],
  [
    'a default of the wrong type',
    'fields: [{local: trailingRevenue, remote: Revenue, direction: in, default: a lot}]',
    'fields[1].default: The default "a lot" is not a decimal. | Write a number such as 0.15.',
  ],
  [
    'a default that is not a date',
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
    'a default that the picklist does not offer',
    'fields: [{local: city, remote: Size, direction: both, default: Smal}]',
    'fields[1].default: Size does not offer the default "Smal". | Did you mean "Small"?',
  ],
  [
    'a required field without a line',
    `without: name
fields: [{local: city, remote: City, direction: in}]`,
    'fields: "name" is required for every account, but no line reads it. | Add a line that reads "name".',
  ],
  [
    'a match field that does not exist',
    `match: [domian]
fields: [{local: domain, remote: City, direction: in}]`,
    'match[0]: account has no field "domian". | Did you mean the account field "domain"?',
  ],
  [
    'a match field without a line',
    `match: [domain]
fields: []`,
    'match[0]: Records are matched by "domain", but no line reads it. | Add a line that reads "domain", or remove it from match.',
  ],
  [
    'a match field that many records share',
    `match: [isPartner]
fields: [{local: isPartner, remote: Active, direction: in}]`,
    'match[0]: "isPartner" is a boolean, so many records have the same value and cannot be identified by it. | Match by a number, a code, a domain or an e-mail address.',
  ],
  [
    'a match field from a picklist',
    `match: [city]
fields: [{local: city, remote: Size, direction: in}]`,
    'match[0]: "city" comes from the picklist Size, so many records have the same value and cannot be identified by it. | Match by a number, a code, a domain or an e-mail address.',
  ],
  [
    'a filter that cannot be parsed',
    `filter: 'remote.Size =='
fields: []`,
    'filter: The expression cannot be parsed at its end: Unexpected token: EOF. | Correct this part.',
  ],
  [
    'a filter on a field that does not exist',
    `filter: 'remote.Siz == "Small"'
fields: []`,
    'filter: The expression uses remote.Siz, which does not exist. | Did you mean remote.Size?',
  ],
  [
    'a filter that is not true or false',
    `filter: 'remote.City'
fields: []`,
    'filter: The result of the filter is a text; it must be true or false. | Compare the field with a value: remote.Type == "Partner".',
  ],
  [
    'a filter that compares a text with a number',
    `filter: 'remote.City == 1'
fields: []`,
    'filter: The expression is not valid at "remote.City == 1": "==" does not work between a text and a whole number. | Correct this part.',
  ],
  [
    'a filter with a pattern',
    `filter: 'remote.City.matches("(a+)+b")'
fields: []`,
    'filter: Expressions cannot use "matches". | Use startsWith, endsWith or contains. Patterns are not available.',
  ],
  [
    'an expression with three nested loops',
    `fields: [{local: city, remote: City, direction: in, transform: {name: expression, cel: 'remote.City.parts(",").exists(a, remote.City.parts(",").exists(b, remote.City.parts(",").exists(c, a == b)))  ? "x" : "y"'}}]`,
    'fields[1].transform: The expression has 3 nested loops; 2 are allowed. | Use fewer nested loops, or join fewer texts.',
  ],
  [
    'an expression that could make a text too large',
    `fields: [{local: city, remote: City, direction: in, transform: {name: expression, cel: 'remote.City.replace("a", remote.City)'}}]`,
    'fields[1].transform: The expression could create a text of 64000000 characters; 1000000 are allowed. | Use fewer nested loops, or join fewer texts.',
  ],
  [
    'an expression that reads our record',
    `fields: [{local: city, remote: City, direction: in, transform: {name: expression, cel: 'ours.city'}}]`,
    'fields[1].transform: Expressions cannot use "ours". | Write remote.<field>: a line that reads uses the CRM’s record.',
  ],
  [
    'an expression with an unknown function',
    `fields: [{local: city, remote: City, direction: in, transform: {name: expression, cel: 'remote.City.uperAscii()'}}]`,
    'fields[1].transform: Expressions cannot use "uperAscii". | Did you mean upperAscii?',
  ],
  [
    'an expression with a type that does not fit the field',
    `fields: [{local: trailingRevenue, remote: City, direction: in, transform: {name: expression, cel: 'remote.Active'}}]`,
    'fields[1].transform: "expression" gives boolean; "expression" reads number, text. | Map trailingRevenue to a number field.',
  ],
  [
    'lines that form a cycle',
    'fields: [{local: city, remote: City, direction: in}, {local: city, remote: Notes, direction: out}, {local: phone, remote: Notes, direction: in}, {local: phone, remote: City, direction: out}]',
    'fields[4]: A value would be copied in a cycle: City → city → Notes → phone → City. | Remove one of these lines, or set one pair of fields to direction "both".',
  ],
];

describe('a reference', () => {
  const owner = remote('Owner', 'reference');
  const problemsOf = (kind: 'contact' | 'payout', ...fields: readonly object[]) => {
    const reading = readPack({ system: 'salesforce', object: 'Contact', kind, version: 1, fields });
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    const result = compileMapping(reading.pack, { ...shape, fields: [...shape.fields, owner] });
    const textOf = ({ path, code }: { readonly path: string; readonly code: string }) => `${path} ${code}`;
    return { problems: result.ok ? [] : result.problems.map(textOf), warnings: result.warnings.map(textOf) };
  };
  const read = { local: 'lastName', remote: 'Name', direction: 'in' };

  it('is only read: a line that writes it or uses it to write is refused, and direction both gives a warning', () => {
    const refused = ['fields[1].direction reference_not_written'];
    expect(
      problemsOf('contact', read, { local: 'account', remote: 'Owner', direction: 'out' }).problems,
    ).toEqual(refused);
    const duplicate = {
      local: 'account',
      remote: 'City',
      direction: 'out',
      transform: { name: 'template', text: 'of {account}' },
    };
    expect(problemsOf('contact', read, duplicate).problems).toEqual([
      'fields[1].transform reference_not_written',
    ]);
    const both = problemsOf('contact', read, { local: 'account', remote: 'Owner', direction: 'both' });
    expect([both.problems, both.warnings]).toEqual([[], expect.arrayContaining(refused)]);
  });

  it('of a record that Fairway creates is written', () => {
    const key = { local: 'key', remote: 'Name', direction: 'out' };
    expect(
      problemsOf('payout', key, { local: 'partner', remote: 'Owner', direction: 'out' }).problems,
    ).toEqual([]);
  });
});

describe('an invalid mapping is refused with the path, the problem and the fix', () => {
  it.each(wrong)('%s', (_, yaml, expected) => {
    expect(problemTextsOf(yaml)).toEqual([expected]);
  });

  it('with several problems reports all of them at once', () => {
    const problems = problemTextsOf(
      'match: [domian]\nfields: [{local: contry, remote: City, direction: in}, {local: tier, remote: Formula, direction: out}]',
    );
    expect(problems.map((expected) => expected.slice(0, expected.indexOf(':')))).toEqual([
      'fields[1].local',
      'fields[2].remote',
      'match[0]',
    ]);
  });
});
