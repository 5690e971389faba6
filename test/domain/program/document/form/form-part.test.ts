import { describe, expect, test } from 'vitest';
import { programChanges } from '#src/domain/program/document/difference.ts';
import {
  programJsonSchema,
  readProgramDocument,
  requireProgramDocument,
} from '#src/domain/program/document/document.ts';
import { lifecycleProgrammeOf } from '#src/domain/program/document/lifecycle-programme.ts';
import { programFromYaml, programToYaml } from '#src/domain/program/document/yaml.ts';
import { standardNames } from '#src/domain/registrations/form/form.ts';
import { written } from '../written-program.ts';

const label = { en: 'Competitors', de: 'Wettbewerber' };
const usual = [
  { name: 'customerName', required: true },
  { name: 'productFamily', required: true },
  { name: 'amount' },
];
const competitors = {
  name: 'competitors',
  label,
  type: 'choices',
  choices: [{ code: 'acme', en: 'Acme', de: 'Acme' }],
};
const problems = (fields: readonly object[]) => {
  const reading = readProgramDocument({ ...written, form: { fields } });
  return reading.ok ? [] : reading.problems.map(({ path, message }) => `${path}: ${message}`);
};

describe('the form of a programme', () => {
  test('is that of today until a programme writes one, and is not stored with the settings of a submission', () => {
    const document = requireProgramDocument(written);
    expect(document.form.fields.map(({ name }) => name)).toEqual(standardNames);
    expect(lifecycleProgrammeOf(document, 2)).not.toHaveProperty('form');
    expect(JSON.stringify(programJsonSchema())).toContain('"requiredWhen"');
  });

  test('survives its export as YAML', () => {
    const document = requireProgramDocument({ ...written, form: { fields: [...usual, competitors] } });
    expect(programFromYaml(programToYaml(document))).toEqual({ ok: true, document });
    expect(lifecycleProgrammeOf(document, 2).form?.map(({ name }) => name)).toEqual([
      'customerName',
      'productFamily',
      'amount',
      'competitors',
    ]);
  });

  test.each([
    [
      'without a field that the rules need',
      [{ name: 'customerName', required: true }],
      'form.fields: Add the field productFamily with required: true. The rules of engagement need it.',
    ],
    [
      'with a field twice',
      [...usual, { name: 'amount' }],
      'form.fields[3].name: There are two fields named amount. Rename one.',
    ],
    [
      'with a type for a known field',
      [...usual, { name: 'currency', type: 'text' }],
      'form.fields[3].type: "text" does not fit. Remove it. Fairway knows the type of currency.',
    ],
    [
      'with a new field without a type',
      [...usual, { name: 'competitor', label }],
      'form.fields[3].type: It is missing. Write one of text, email, country, date, number, yesNo, choice, choices, productLines, partner.',
    ],
    [
      'with choices that are not listed',
      [...usual, { name: 'competitor', label, type: 'choice' }],
      'form.fields[3].choices: It is missing. The type choice needs a list of choices.',
    ],
    [
      'with a condition about a value that is never chosen',
      [
        ...usual,
        competitors,
        { name: 'why', label, type: 'text', requiredWhen: { field: { name: 'competitors', is: ['acne'] } } },
      ],
      'form.fields[4].requiredWhen.field.is[0]: competitors is never acne. The nearest is "acme".',
    ],
    [
      'with a condition about a field that is not there',
      [
        ...usual,
        competitors,
        { name: 'why', label, type: 'text', requiredWhen: { field: { name: 'competitor' } } },
      ],
      'form.fields[4].requiredWhen.field.name: There is no other field competitor. The nearest name is "competitors".',
    ],
    [
      'with a condition about an unknown region',
      [...usual, { name: 'why', label, type: 'text', requiredWhen: { deal: { regions: ['EMEA'] } } }],
      'form.fields[3].requiredWhen.deal.regions[0]: There is no region EMEA. Add it to the regions of the programme, or remove it here.',
    ],
    [
      'with product lines of a programme without product families',
      [...usual, { name: 'lines', label, type: 'productLines' }],
      'form.fields[3].type: "productLines" does not fit. Add the product families under engagement.productFamilies; the field lists them.',
    ],
    [
      'with two fields for one role',
      [
        ...usual,
        { name: 'one', label, type: 'partner', role: 'distributor' },
        { name: 'two', label, type: 'partner', role: 'distributor' },
      ],
      'form.fields[4].role: There are two fields for the distributor. Remove one.',
    ],
  ])('%s is refused, and the sentence names the setting and the fix', (_, fields, sentence) => {
    expect(problems(fields)).toContain(sentence);
  });

  test('that changes is described field by field', () => {
    const before = requireProgramDocument({ ...written, form: { fields: [...usual, competitors] } });
    const now = requireProgramDocument({
      ...written,
      form: {
        fields: [
          { name: 'amount', required: true },
          ...usual.slice(0, 2),
          {
            name: 'specialPriceId',
            label: { en: 'Special price', de: 'Sonderpreis' },
            type: 'text',
            requiredWhen: { deal: { amountFrom: ['100000 USD'] } },
          },
        ],
      },
    });
    expect(programChanges(before, now).map(({ sentence }) => sentence)).toEqual([
      'Form, field amount: optional → required',
      'Form, field specialPriceId is new: Special price / Sonderpreis, text, required when amounts from 100000.00 USD',
      'Form, field competitors is removed. It was: Competitors / Wettbewerber, choices, of acme (Acme / Acme), optional',
      'Form, order: customerName, productFamily, amount → amount, customerName, productFamily',
    ]);
  });
});
