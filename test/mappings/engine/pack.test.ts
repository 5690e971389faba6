import { readPack } from '#mappings/engine/pack/pack.ts';
import { describe, expect, it } from 'vitest';

const field = { local: 'name', remote: 'Name', direction: 'in' };
const good = { system: 'salesforce', object: 'Account', kind: 'account', version: 1, fields: [field] };
const problemsIn = (input: unknown): unknown => {
  const reading = readPack(input);
  return reading.ok ? [] : reading.problems.map(({ path, fix }) => [path, fix]);
};

describe('reading a pack', () => {
  it('takes a transform by its name or with its options', () => {
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

  it('names the setting that was probably meant', () => {
    expect(problemsIn({ ...good, fields: [{ ...field, requird: true }] })).toEqual([
      ['fields[0]', 'Rename it to "required".'],
    ]);
    expect(problemsIn({ ...good, colour: 'red' })).toEqual([['', 'Remove it.']]);
  });

  it('names the path of a wrong value and what it can be', () => {
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

  it('refuses one of our fields read from two remote ones, and one remote field written twice', () => {
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

  it('refuses a policy where nothing can disagree, and says what to change', () => {
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
