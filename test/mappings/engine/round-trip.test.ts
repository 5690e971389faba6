import { applyInbound, applyOutbound } from '#mappings/engine/apply.ts';
import { compileMapping } from '#mappings/engine/compile.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import { isRefusal } from '#mappings/engine/refusal.ts';
import { buildTransform, transformNames } from '#mappings/engine/transform.ts';
import type { TransformName, ValueSpec } from '#mappings/engine/transform.ts';
import type { RemoteType } from '#mappings/engine/transforms/definition.ts';
import type { CanonicalValue } from '#src/domain/record.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, remote } from './shapes.ts';

const day = fc.date({
  min: new Date('1000-01-01T00:00:00Z'),
  max: new Date('4000-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});
const number = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: 0, max: 8 }))
  .map(([digits, scale]) => `${digits}e-${scale}`);
const isoDay = day.map((date) => date.toISOString().slice(0, 10));
const words = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.lorem(),
  fc.constantFrom('  a\r\n b ', 'ß', 'İstanbul', 'ŉ', 'ﬁne'),
);
const phones = fc.constantFrom(
  '+49 30 1234567',
  '030 1234567',
  '+1 (212) 555-0123 ext. 12',
  '+44 20 7946 0958',
  '0041 44 668 18 00',
);

interface Case {
  readonly spec: ValueSpec;
  /** The type of the remote field with direction `both`. Null if it can only read. */
  readonly through: RemoteType | null;
  /** Remote values, readable or not. */
  readonly theirs: fc.Arbitrary<unknown>;
}

/** At least one case for every transform. A missing transform is a type error. */
const cases: Readonly<Record<TransformName, readonly Case[]>> = {
  text: [{ spec: { name: 'text' }, through: 'text', theirs: words }],
  trim: [{ spec: { name: 'trim' }, through: 'text', theirs: words }],
  upper: [{ spec: { name: 'upper' }, through: 'text', theirs: words }],
  lower: [{ spec: { name: 'lower' }, through: 'text', theirs: words }],
  title: [{ spec: { name: 'title' }, through: 'text', theirs: words }],
  cut: [{ spec: { name: 'cut', length: 8 }, through: null, theirs: words }],
  split: [{ spec: { name: 'split', separator: ' ', part: -1 }, through: null, theirs: words }],
  replace: [{ spec: { name: 'replace', find: 'a', with: 'b' }, through: null, theirs: words }],
  decimal: [
    {
      spec: { name: 'decimal' },
      through: 'number',
      theirs: fc.oneof(number, fc.double({ noNaN: true, noDefaultInfinity: true })),
    },
    {
      spec: { name: 'decimal', format: '1.234,56' },
      through: 'text',
      theirs: fc.oneof(fc.constantFrom('1.234,50', '-12', '0,00', '1,234.5'), number),
    },
    {
      spec: { name: 'decimal', format: '1,234.56' },
      through: 'text',
      theirs: fc.constantFrom('1,234.50', '-12.5', '1.234,5', '12,34'),
    },
    {
      spec: { name: 'decimal', format: '1 234,56' },
      through: 'text',
      theirs: fc.constantFrom('1 234,50', '1\u00A0234', '12 34'),
    },
    {
      spec: { name: 'decimal', format: "1'234.56" },
      through: 'text',
      theirs: fc.constantFrom("1'234.50", '1’234', '-0.10'),
    },
  ],
  currency: [
    {
      spec: { name: 'currency', code: 'EUR', format: '1.234,56' },
      through: 'text',
      theirs: fc.constantFrom('EUR 1.234,50', '1.234,50 €', '€-12', '-€12', '$5'),
    },
    {
      spec: { name: 'currency', code: 'USD', format: '1,234.56' },
      through: 'text',
      theirs: fc.constantFrom('$1,234.50', 'US$ 5', 'usd 7.10', '5 €'),
    },
  ],
  scale: [
    { spec: { name: 'scale', by: '0.01' }, through: 'number', theirs: number },
    { spec: { name: 'scale', by: '1000' }, through: 'text', theirs: number },
  ],
  round: [{ spec: { name: 'round', places: 2 }, through: null, theirs: number }],
  date: [
    {
      spec: { name: 'date' },
      through: 'date',
      theirs: fc.oneof(isoDay, fc.constantFrom('2026-02-30', 'soon')),
    },
    {
      spec: { name: 'date', format: 'DD/MM/YYYY' },
      through: 'text',
      theirs: fc.constantFrom('3/4/2026', '31/12/1999', '2026-01-01', '12/31/1999'),
    },
    {
      spec: { name: 'date', format: 'MM/DD/YYYY' },
      through: 'text',
      theirs: fc.constantFrom('3/4/2026', '12/31/1999', '31/12/1999'),
    },
    {
      spec: { name: 'date', format: 'YYYYMMDD' },
      through: 'text',
      theirs: fc.constantFrom('20261122', '2026-11-22'),
    },
    {
      spec: { name: 'date', zone: 'Europe/Berlin' },
      through: null,
      theirs: day.map((date) => date.toISOString()),
    },
  ],
  instant: [
    { spec: { name: 'instant' }, through: 'datetime', theirs: day.map((date) => date.toISOString()) },
    {
      spec: { name: 'instant', zone: 'Europe/Berlin', format: 'DD.MM.YYYY' },
      through: null,
      theirs: fc.constantFrom('22.11.2026 10:00', '29.03.2026 02:30', '22.11.2026'),
    },
  ],
  domain: [
    {
      spec: { name: 'domain' },
      through: 'text',
      theirs: fc.oneof(fc.webUrl(), fc.emailAddress(), fc.domain()),
    },
  ],
  country: [
    {
      spec: { name: 'country' },
      through: 'text',
      theirs: fc.constantFrom('Germany', 'de', 'U.S.A.', 'Bavaria'),
    },
  ],
  phone: [{ spec: { name: 'phone', country: 'DE' }, through: 'text', theirs: phones }],
  email: [
    {
      spec: { name: 'email' },
      through: 'text',
      theirs: fc.oneof(fc.emailAddress(), fc.constantFrom('MAILTO:Jo@Acme.com', 'jo at acme')),
    },
  ],
  boolean: [
    {
      spec: { name: 'boolean' },
      through: 'boolean',
      theirs: fc.oneof(fc.boolean(), fc.constantFrom('TRUE', 'no')),
    },
  ],
  equals: [
    {
      spec: { name: 'equals', values: ['Partner'] },
      through: null,
      theirs: fc.constantFrom('partner', 'Customer'),
    },
  ],
  lookup: [
    {
      spec: { name: 'lookup', map: { 'New Business': 'new', Existing: 'renewal' } },
      through: 'picklist',
      theirs: fc.constantFrom('Existing', 'Other'),
    },
    {
      spec: { name: 'lookup', map: { Yes: true, No: false } },
      through: 'picklist',
      theirs: fc.constantFrom('Yes', 'No', 'Maybe'),
    },
  ],
  reference: [
    {
      spec: { name: 'reference' },
      through: 'reference',
      theirs: fc.oneof(fc.stringMatching(/^[A-Za-z0-9]{1,18}$/), fc.array(fc.stringMatching(/^\d{1,9}$/))),
    },
  ],
};

const all = Object.entries(cases).flatMap(([name, list]) =>
  list.map((one) => [`${name} ${JSON.stringify(one.spec)}`, one] as const),
);
const bothWays = all.filter(([, { through }]) => through !== null);
const runs = { numRuns: 300 };
const blank = fc.constantFrom(null, '', '  ');

describe('the catalogue', () => {
  it('has a case for every transform', () => {
    expect(Object.keys(cases).toSorted()).toEqual(transformNames.toSorted());
  });

  it.each(all)(
    '%s says that it loses nothing exactly when it goes both ways here',
    (_, { spec, through }) => {
      expect(buildTransform(spec).loses === null).toBe(through !== null);
    },
  );
});

describe.each(bothWays)('with direction both, %s', (_, { spec, through, theirs }) => {
  const { read, write } = buildTransform(spec);
  const put = write?.as(through ?? 'text');

  it('reads a written value as the same value', () => {
    fc.assert(
      fc.property(fc.oneof(theirs, blank), (value) => {
        const ours = read(value);
        fc.pre(!isRefusal(ours));
        const written = put?.(ours as CanonicalValue);
        expect(isRefusal(written)).toBe(false);
        // A checkbox has no blank.
        const same = spec.name === 'boolean' && ours === null ? false : ours;
        expect(read(written)).toBe(same);
      }),
      runs,
    );
  });

  it('writes the same value after any number of round trips', () => {
    fc.assert(
      fc.property(theirs, (value) => {
        const ours = read(value);
        fc.pre(!isRefusal(ours));
        const once = put?.(ours as CanonicalValue);
        expect(put?.(read(once) as CanonicalValue)).toBe(once);
      }),
      runs,
    );
  });
});

describe.each(all)('reading, %s', (_, { spec, theirs }) => {
  const { read, fills } = buildTransform(spec);

  it('never throws, and returns a value of its type, null, or a refusal with a fix', () => {
    fc.assert(
      fc.property(fc.oneof(theirs, fc.jsonValue(), fc.string({ unit: 'binary' })), (value) => {
        const ours = read(value);
        if (isRefusal(ours)) expect(ours.fix).not.toBe('');
        else if (ours !== null) expect(typeof ours === 'boolean').toBe(fills.includes('boolean'));
      }),
      runs,
    );
  });
});

describe('a record', () => {
  const fields = [
    { local: 'name', remote: 'Name', direction: 'both' },
    { local: 'domain', remote: 'Website', direction: 'both', transform: [{ name: 'domain' }] },
    {
      local: 'extra.band',
      remote: 'Band__c',
      direction: 'both',
      transform: [{ name: 'trim' }, { name: 'upper' }],
    },
    {
      local: 'extra.worth',
      remote: 'Worth__c',
      direction: 'both',
      transform: [
        { name: 'decimal', format: '1.234,56' },
        { name: 'scale', by: '1000' },
      ],
    },
  ] as const;
  const mapped = {
    ...pack(
      'account',
      fields.map((field) => ({
        ...field,
        transform: 'transform' in field ? [...field.transform] : undefined,
      })),
    ),
    extra: [
      { name: 'band', label: 'Band', type: 'text' as const },
      { name: 'worth', label: 'Worth', type: 'decimal' as const },
    ],
  };
  const result = compileMapping(mapped, {
    object: 'Account',
    fields: fields.map(({ remote: name }) => remote(name, 'text')),
  });
  const mapping = (result.ok ? result.mapping : null) as CompiledMapping;
  const anyRecord = fc.record({
    Name: fc.string({ minLength: 1 }),
    Website: fc.oneof(fc.webUrl(), fc.constant('n/a')),
    Band__c: fc.string(),
    Worth__c: fc.constantFrom('1.234,5', '7', 'much', null),
    Unmapped__c: fc.string(),
  });

  it('is unchanged by a round trip through several steps, field by field', () => {
    expect(result).toMatchObject({ ok: true });
    fc.assert(
      fc.property(anyRecord, (record) => {
        const { values, placed } = applyInbound(mapping, record);
        fc.pre(placed);
        const there = applyOutbound(mapping, values);
        expect(there.problems).toEqual([]);
        expect(applyInbound(mapping, { ...record, ...there.fields }).values).toEqual(values);
      }),
    );
  });

  it('is not changed in fields without a line, on either side', () => {
    fc.assert(
      fc.property(
        anyRecord,
        fc.dictionary(fc.stringMatching(/^extra\.[a-z]{3}$/), fc.string()),
        (record, others) => {
          const { values } = applyInbound(mapping, record);
          expect(Object.keys(values).every((local) => fields.some((field) => field.local === local))).toBe(
            true,
          );
          const written = applyOutbound(mapping, { ...others, ...values }).fields;
          expect(written).not.toHaveProperty('Unmapped__c');
          expect(written).toEqual(applyOutbound(mapping, values).fields);
          // Values that are not given stay, as when a record is stored.
          expect({ ...others, ...values }).toMatchObject(
            Object.fromEntries(Object.entries(others).filter(([name]) => !(name in values))),
          );
        },
      ),
    );
  });
});
