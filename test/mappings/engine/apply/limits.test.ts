import { applyInbound } from '#mappings/engine/apply.ts';
import { compileMapping } from '#mappings/engine/compile.ts';
import { mappingPack } from '#mappings/engine/pack/pack.ts';
import { describe, expect, it } from 'vitest';

const remote = ['Name', 'Code', 'Street', 'Since', 'Note', 'Size'].map((name) => ({
  name,
  type: 'text' as const,
  required: false,
  createable: true,
  updateable: true,
}));

const compiled = compileMapping(
  mappingPack.parse({
    system: 'any',
    object: 'Account',
    kind: 'account',
    version: 1,
    extra: [
      { name: 'note', label: 'Note', type: 'text' },
      { name: 'size', label: 'Size', type: 'decimal' },
    ],
    fields: [
      { local: 'name', remote: 'Name', direction: 'in' },
      { local: 'partnerCode', remote: 'Code', direction: 'in' },
      { local: 'street', remote: 'Street', direction: 'in' },
      { local: 'customerSince', remote: 'Since', direction: 'in' },
      { local: 'extra.note', remote: 'Note', direction: 'in' },
      { local: 'extra.size', remote: 'Size', direction: 'in' },
    ],
  }),
  { object: 'Account', fields: remote },
);
if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
const { mapping } = compiled;
const record = { Name: 'Acme', Code: null, Street: null, Since: null, Note: null, Size: null };

describe('a value from a CRM', () => {
  it.each([
    ['Code', 'partnerCode', 255],
    ['Street', 'street', 4_000],
    ['Note', 'extra.note', 131_072],
  ])('in %s is read up to its limit, and refused with the limit above it', (field, local, longest) => {
    const full = applyInbound(mapping, { ...record, [field]: 'x'.repeat(longest) });
    expect(full).toMatchObject({ problems: [], placed: true, values: { [local]: 'x'.repeat(longest) } });
    const longer = applyInbound(mapping, { ...record, [field]: 'x'.repeat(longest + 1) });
    expect(longer.values).not.toHaveProperty(local);
    expect(longer).toMatchObject({
      placed: true,
      problems: [
        {
          field: local,
          code: 'too_long',
          message: `The value has ${longest + 1} characters; at most ${longest} are possible.`,
          fix: `Shorten ${field} to at most ${longest} characters.`,
        },
      ],
    });
  });

  it('that is required and too long leaves the record out', () => {
    expect(applyInbound(mapping, { ...record, Name: 'x'.repeat(500) }).placed).toBe(true);
    expect(applyInbound(mapping, { ...record, Name: 'x'.repeat(501) })).toMatchObject({
      placed: false,
      problems: [{ field: 'name', code: 'too_long', severity: 'error' }],
    });
  });

  it('that is a number has at most 60 characters', () => {
    expect(applyInbound(mapping, { ...record, Size: '9'.repeat(60) }).problems).toEqual([]);
    expect(applyInbound(mapping, { ...record, Size: '9'.repeat(61) }).problems).toMatchObject([
      { field: 'extra.size', code: 'too_long' },
    ]);
  });

  it('that is a date is not after the year 4000', () => {
    expect(applyInbound(mapping, { ...record, Since: '4000-12-31' }).problems).toEqual([]);
    expect(applyInbound(mapping, { ...record, Since: '4001-01-01' }).problems).toEqual([
      {
        field: 'customerSince',
        code: 'date_too_late',
        message: '"4001-01-01" is after 4000-12-31, the last possible day.',
        fix: 'Correct the date in Since.',
        severity: 'warning',
      },
    ]);
  });
});
