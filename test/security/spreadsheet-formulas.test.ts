import { globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { payoutFile } from '#connectors/files/payout-file.ts';
import type { PayoutBatchContent } from '#connectors/contract/erp.ts';
import { csvOf } from '#src/domain/spreadsheet-text.ts';
import { Folders } from '#test/connectors/files/folders.ts';

/** Names that a partner, a customer or a CRM user may choose. */
const attacks = [
  '=cmd|calc!A0',
  ' =1+1',
  '\u00a0=1+1',
  '\u200b=1+1',
  '\ufeff@SUM(A1)',
  '"=1+1"',
  '“=1+1”',
  'Acme;=1+1',
  'Acme; \u00a0=1+1',
  'Acme;"=1+1"',
  'Acme;""=1+1',
  'Acme,=1+1',
  'Acme, "=1+1',
  'Acme\t=1+1',
  'Acme\r\n=1+1',
  'Acme\u2028=1+1',
  'Acme\u0000=1+1',
  'Acme;－1+1',
  '﹦1+1',
];

/** Amounts and counts are numbers, and a negative number is not a formula. */
const isNumber = (cell: string): boolean => /^-?\d+(\.\d+)?$/.test(cell.trim());
const isFormula = (cell: string): boolean =>
  !isNumber(cell) && /^[\s\p{Z}\p{C}"“”„«»]*[=+\-@＝＋－＠﹦﹢﹣﹫]/u.test(cell);

/** The cells of a file for every reader: with the separators of three countries, and for one that ignores quotes. */
function cellsForAnyReader(text: string): string[] {
  const read = (delimiter: string): string[] =>
    parse(text, { delimiter, relaxColumnCount: true, relaxQuotes: true }).flat();
  return [...read(','), ...read(';'), ...read('\t'), ...text.split(/[,;\t\r\n\u2028\u2029]/)];
}

const payoutsOf = (partnerName: string): PayoutBatchContent => ({
  key: '2026-10-USD',
  draft: false,
  payouts: [
    {
      key: '2026-10-P-1-USD',
      period: '2026-10',
      partnerCode: `P-1${partnerName}`,
      partnerName,
      currency: 'USD',
      amountMinor: -500n,
      lineCount: 1,
    },
  ],
});

const hostileText = fc
  .array(fc.constantFrom('=', '+', '-', '@', ',', ';', '\t', '\n', '"', ' ', '\u00a0', '\u200b', 'a', '1'), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => `${parts.join('')}x`);

describe('no spreadsheet runs text from a record as a formula', () => {
  it.each(attacks)('in a payout file: %j', (name) => {
    expect(cellsForAnyReader(payoutFile(payoutsOf(name)).text).filter(isFormula)).toEqual([]);
  });

  it.each(attacks)('in the list of duplicates: %j', (name) => {
    expect(cellsForAnyReader(csvOf([['merge', name, 1]])).filter(isFormula)).toEqual([]);
  });

  it('for any text', () => {
    fc.assert(
      fc.property(hostileText, (name) => {
        const text = `${payoutFile(payoutsOf(name)).text}${csvOf([['merge', name, -1.5]])}`;
        expect(cellsForAnyReader(text).filter(isFormula)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('and numbers stay numbers', () => {
    expect(payoutFile(payoutsOf('Acme')).text).toContain(',USD,-5.00,1');
  });

  it('in every file that Fairway writes as CSV for people', () => {
    // Programs read these: Salesforce's bulk API and the sandbox. An apostrophe would become a part of the value.
    const forMachines = ['connectors/salesforce/bulk/bulk-csv.ts', 'src/cli/local/company-rows.ts'];
    const writers = globSync(['src/**/*.ts', 'connectors/**/*.ts', 'workers/**/*.ts']).filter((file) =>
      readFileSync(file, 'utf8').includes('csv-stringify'),
    );
    const unsafe = writers.filter((file) => !readFileSync(file, 'utf8').includes('spreadsheetText('));
    expect(writers.length).toBeGreaterThan(2);
    expect(unsafe).toEqual(forMachines);
  });
});

describe('the draft of a payout file', () => {
  const released = payoutsOf('Acme');
  const draft = { ...released, draft: true };

  it('does not lie in the folder that finance pays from', async () => {
    using folders = new Folders();
    await folders.connect().deliverPayouts(draft);
    expect(readdirSync(folders.outbox)).toEqual(['drafts']);
    expect(readdirSync(join(folders.outbox, 'drafts'))).toEqual(['payouts-2026-10-USD.draft.csv']);
  });

  it('is removed when the batch is released, wherever an earlier version put it', async () => {
    using folders = new Folders();
    mkdirSync(folders.outbox);
    writeFileSync(join(folders.outbox, 'payouts-2026-10-USD.draft.csv'), payoutFile(draft).text);
    await folders.connect().deliverPayouts(draft);
    await folders.connect().deliverPayouts(released);
    expect(readdirSync(folders.outbox).toSorted()).toEqual(['drafts', 'payouts-2026-10-USD.csv']);
    expect(readdirSync(join(folders.outbox, 'drafts'))).toEqual([]);
  });

  it('is not removed when somebody put another file in its place', async () => {
    using folders = new Folders();
    await folders.connect().deliverPayouts(draft);
    const file = join(folders.outbox, 'drafts', 'payouts-2026-10-USD.draft.csv');
    writeFileSync(file, 'somebody,else\n');
    await folders.connect().deliverPayouts(released);
    expect(readFileSync(file, 'utf8')).toBe('somebody,else\n');
  });
});
