import { readPack } from '#mappings/engine/pack/pack.ts';
import { describe, expect, it } from 'vitest';

const field = { local: 'name', remote: 'Name', direction: 'in' };
const good = { system: 'salesforce', object: 'Account', kind: 'account', version: 1, fields: [field] };
const problemsIn = (input: unknown): unknown => {
  const reading = readPack(input);
  return reading.ok ? [] : reading.problems.map(({ path, fix }) => [path, fix]);
};

describe('parsing a pack', () => {
  it('accepts a transform as its name or with its options', () => {
    const reading = readPack({
      ...good,
      fields: [
        { ...field, transform: 'text' },
        { ...field, local: 'isPartner', transform: { name: 'equals', values: ['A'] } },
      ],
    });
    expect(reading.ok && reading.pack.fields.map((found) => found.transform)).toEqual([
      [{ name: 'text' }],
      [{ name: 'equals', values: ['A'] }],
    ]);
  });

  it('suggests the most similar setting', () => {
    expect(problemsIn({ ...good, fields: [{ ...field, requird: true }] })).toEqual([
      ['fields[0]', 'Rename it to "required".'],
    ]);
    expect(problemsIn({ ...good, colour: 'red' })).toEqual([['', 'Remove it.']]);
  });

  it('gives the path of a wrong value and the possible values', () => {
    expect(problemsIn({ ...good, fields: [{ ...field, direction: 'inn' }] })).toEqual([
      ['fields[0].direction', 'Did you mean "in"?'],
    ]);
    expect(problemsIn({ ...good, fields: [{ ...field, transform: 'contry' }] })).toMatchObject([
      ['fields[0].transform', expect.stringContaining('country')],
    ]);
    expect(problemsIn({ ...good, version: 'one' })).toEqual([['version', 'Set version to a number.']]);
    expect(problemsIn({ ...good, fields: [] })).toEqual([['fields', 'Fill in fields.']]);
    expect(problemsIn(null)).toEqual([['', 'Set the pack to a set of settings.']]);
  });

  it('refuses a canonical field that is read from two remote fields, and a remote field that is written twice', () => {
    expect(problemsIn({ ...good, fields: [field, { ...field, remote: 'Title' }] })).toEqual([
      ['fields[1].local', 'Remove fields[1] or correct it.'],
    ]);
    const out = { local: 'tier', remote: 'Tier__c', direction: 'out' };
    expect(problemsIn({ ...good, fields: [field, out, { ...out, local: 'tierStanding' }] })).toEqual([
      ['fields[2].remote', 'Remove fields[2] or correct it.'],
    ]);
  });

  it('refuses a field that is both required and optional', () => {
    expect(problemsIn({ ...good, fields: [{ ...field, required: true, optional: true }] })).toEqual([
      ['fields[0].optional', 'Remove one of the two.'],
    ]);
  });

  it('refuses a policy for a field with one direction, with the fix', () => {
    const advice = (index: number) => [
      `fields[${index}].policy`,
      `Remove fields[${index}].policy, or set direction to "both".`,
    ];
    expect(problemsIn({ ...good, fields: [{ ...field, policy: 'crm' }] })).toEqual([advice(0)]);
    const out = { local: 'tier', remote: 'Tier__c', direction: 'out' };
    expect(problemsIn({ ...good, fields: [field, { ...out, policy: 'latest' }] })).toEqual([advice(1)]);
    expect(problemsIn({ ...good, fields: [field, { ...out, policy: 'fairway' }] })).toEqual([]);
    expect(problemsIn({ ...good, fields: [{ ...field, direction: 'both', policy: 'ask' }] })).toEqual([]);
    expect(problemsIn({ ...good, fields: [{ ...field, direction: 'both', policy: 'newest' }] })).toEqual([
      ['fields[0].policy', 'Choose one of: crm, fairway, latest, crm_unless_blank, ask.'],
    ]);
  });
});
