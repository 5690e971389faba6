import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readInbox } from '#connectors/files/invoice-inbox.ts';
import { catalogue, type TransformName } from '#mappings/engine/transform.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { writtenNames } from '#src/domain/matching/names/aliases.ts';
import { searchKeys, slipsOf } from '#src/domain/matching/search-keys.ts';
import { parseMinor } from '#src/domain/money.ts';

/** A text of this length is the longest that a CRM stores in one field. */
const length = 131_072;
/** An algorithm that takes time in the square of the length takes minutes for such a text. */
const mostMs = 1_500;

/** Texts that make expressions and loops slow: runs of one mark, marks that open and never close, and both. */
const unit = fc.constantFrom(
  ',', ' ', '(', ')', '((', '(a)', '(a', ', ', ' dba ', ' dba', ' formerly known as ', '.', 'a.', 'a', 'ab ',
  ' ltd', ' gmbh & co kg', '0', '00.', '1', '1,', "1'", '-', '/', '\\', '"', '""', "'", '@', 'a@', '.com',
  'www.', ':', '://', 'x', 'ext', '#', '\n', '\r\n', '\t', '\u00A0', '\u3000', 'é', 'ß', '株式会社', '(株)',
  '\uD83D\uDE00', '\uD800', '\0', '\uFDFA', 'İ', '%', '&', ';', 'and ', 'the ',
); // prettier-ignore

const hostile = fc
  .tuple(fc.array(unit, { minLength: 1, maxLength: 3 }), fc.array(unit, { maxLength: 2 }), unit)
  .map(([repeated, head, tail]) => {
    const part = repeated.join('');
    return head.join('') + part.repeat(Math.ceil(length / part.length)).slice(0, length) + tail;
  });

function quickOnAll(work: (text: string) => unknown, numRuns = 60): void {
  fc.assert(
    fc.property(hostile, (text) => {
      const began = performance.now();
      work(text);
      const elapsedMs = performance.now() - began;
      if (elapsedMs > mostMs)
        throw new Error(`${Math.round(elapsedMs)} ms for ${JSON.stringify(text.slice(0, 60))}…`);
    }),
    { seed: 20_261_122, numRuns, endOnFailure: true },
  );
}

describe('a hostile text costs no more than a long one', { timeout: 120_000 }, () => {
  it('as the name, the address and the ids of a company', () => {
    quickOnAll((text) => {
      const company = normaliseCompany({
        name: text,
        aliases: text.split(';'),
        domain: text,
        otherDomain: text,
        email: `a@${text}`,
        phone: text,
        street: text,
        postcode: text,
        city: text,
        country: text,
        registryIds: { vat: text, lei: text, duns: text },
      });
      for (const word of searchKeys(company).words) slipsOf(word);
    });
  });

  it('as a line with several names', () => quickOnAll(writtenNames));

  it('as an amount', () => {
    quickOnAll((text) => {
      expect(() => parseMinor(text, 'USD')).toThrow(/plain decimal|at most/);
      expect(() => parseMinor(`1${'0'.repeat(length)}`, 'USD')).toThrow(/at most 999999999999999\.99/);
    }, 20);
  });

  const options: Partial<Record<TransformName, readonly object[]>> = {
    cut: [{ length: 100 }],
    split: [{ separator: ',', part: -1 }],
    replace: [{ find: ',', with: ';' }],
    decimal: [{}, { format: '1,234.56' }, { format: "1'234.56" }],
    currency: [
      { code: 'EUR', format: '1.234,56' },
      { code: 'USD', format: '1 234,56' },
    ],
    scale: [{ by: '0.01' }],
    round: [{ places: 2 }],
    date: [{}, { format: 'DD/MM/YYYY' }, { zone: 'Europe/Berlin' }],
    instant: [{}, { format: 'DD.MM.YYYY', zone: 'Europe/Berlin' }],
    phone: [{}, { country: 'DE' }],
    equals: [{ values: ['a'] }],
    lookup: [{ map: { a: 'b' } }],
  };
  it.each(
    (Object.keys(catalogue) as TransformName[]).flatMap((name) =>
      (options[name] ?? [{}]).map((given) => [name, given] as const),
    ),
  )('to the transform %s %j', (name, given) => {
    const { options: schema, build } = catalogue[name];
    const { read, write } = build(schema.parse({ name, ...given }) as never);
    quickOnAll((text) => {
      const value = read(text);
      if (typeof value === 'string') write?.as('text')(value);
    }, 30);
  });
});

describe('a hostile invoice file', { timeout: 120_000 }, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairway-invoices-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const header =
    'invoice_number,kind,partner_code,customer_name,currency,amount,issued_on,paid_on,applies_to';
  it.each([
    ['one line without end', `${header}\n${'a,'.repeat(4_000_000)}`],
    ['one quote without end', `${header}\n"${'a\n'.repeat(200_000)}`],
    ['quotes only', `${header}\n${`${'"'.repeat(99)}\n`.repeat(20_000)}`],
    ['a header without end', 'a,'.repeat(4_000_000)],
    ['amounts of zeros', `${header}\nA,invoice,P,C,USD,0.${'0'.repeat(150_000)}1,2026-01-01,,\n`],
  ])('of %s is read within seconds', async (_, text) => {
    await writeFile(join(folder, 'a.csv'), text);
    const began = performance.now();
    const { problems } = await readInbox(folder, null);
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(problems.length).toBeGreaterThan(0);
  });
});
