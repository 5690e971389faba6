import { describe, expect, test } from 'vitest';
import { usualForm, type FormField, type RegistrationForm } from '#src/domain/registrations/form/form.ts';
import { readForm } from '#src/domain/registrations/form/read-form.ts';

const field = (name: string, type: FormField['type'], more: Partial<FormField> = {}): FormField => ({
  name,
  type,
  label: { en: name, de: name },
  required: false,
  longest: 20,
  ...more,
});
const choices = [
  { code: 'a', en: 'Alpha', de: 'Anfang' },
  { code: 'b', en: 'Beta', de: 'Zweiter' },
];
const given = { customerName: 'Nordwind GmbH', productFamily: 'Network' };
const facts = { partnerCodes: new Set(['D-7']) };
const read = (form: RegistrationForm, terms: Readonly<Record<string, string>>) =>
  readForm([...usualForm, ...form], { ...given, ...terms }, facts);

describe('a field of the form', () => {
  test.each<[FormField['type'], string, string | null]>([
    ['text', '  SP 1 ', 'SP 1'],
    ['text', 'x'.repeat(20), 'x'.repeat(20)],
    ['text', 'x'.repeat(21), null],
    ['text', 'a\0', null],
    ['text', '\uD800', null],
    ['email', 'ann@example.com', 'ann@example.com'],
    ['email', 'ann', null],
    ['country', 'Germany', 'DE'],
    ['country', 'Atlantis', null],
    ['date', '2026-02-28', '2026-02-28'],
    ['date', '2026-02-30', null],
    ['number', '-1200.5', '-1200.5'],
    ['number', '1,200', null],
    ['yesNo', 'TRUE', 'yes'],
    ['yesNo', 'nein', 'no'],
    ['yesNo', 'maybe', null],
    ['choice', 'Zweiter', 'b'],
    ['choice', 'a; b', null],
    ['choices', 'B;  alpha ; b', 'a; b'],
    ['choices', 'a; c', null],
    ['productLines', 'beta', 'b'],
    ['partner', 'D-7', 'D-7'],
    ['partner', 'D-8', null],
  ])('of the type %s reads %j as %j', (type, written, stored) => {
    const { terms, problems } = read([field('extra', type, { choices })], { extra: written });
    expect(terms['extra'] ?? null).toBe(stored);
    expect(problems.map((problem) => problem.field)).toEqual(stored === null ? ['extra'] : []);
  });

  test('that is required with another one is asked for only then', () => {
    const form = [
      field('tier', 'choice', { choices }),
      field('any', 'text', { requiredWith: { field: 'tier', values: [] } }),
      field('some', 'text', { requiredWith: { field: 'tier', values: ['b'] } }),
    ];
    const missing = (tier: string) => read(form, { tier }).problems.map((problem) => problem.field);
    expect([missing(''), missing('a'), missing('Beta')]).toEqual([[], ['any'], ['any', 'some']]);
  });

  test('whose choices a programme lists can only have those, also where Fairway knows the field', () => {
    const form = usualForm.map((one) => (one.name === 'productFamily' ? { ...one, choices } : one));
    expect(readForm(form, { ...given, productFamily: 'Beta' }, facts).terms['productFamily']).toBe('b');
    expect(readForm(form, given, facts).problems).toEqual([
      {
        field: 'productFamily',
        kind: 'invalid',
        message: '"Network" is not among the choices. Write one of a, b.',
      },
    ]);
  });

  test('with the name of something that every object has is unknown', () => {
    expect(read([], { constructor: 'x' }).problems).toMatchObject([
      { field: 'constructor', kind: 'unknown' },
    ]);
  });
});
