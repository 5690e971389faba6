import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Payout, PayoutBatchContent } from '#connectors/contract/erp.ts';
import { Folders } from './folders.ts';

const payout = (n: number, changes: Partial<Payout> = {}): Payout => ({
  key: `2026-10:P-000${n}:USD`,
  period: '2026-10',
  partnerCode: `P-000${n}`,
  partnerName: `Partner ${n}`,
  currency: 'USD',
  amountMinor: 123_450n,
  lineCount: 3,
  ...changes,
});
const batch = (
  payouts: readonly Payout[],
  changes: Partial<PayoutBatchContent> = {},
): PayoutBatchContent => ({
  key: '2026-10-USD',
  draft: false,
  payouts,
  ...changes,
});
const file = (folders: Folders, name = 'payouts-2026-10-USD.csv'): string =>
  readFileSync(join(folders.outbox, name), 'utf8');

describe('the payout outbox', () => {
  it('holds one file per batch, with exact amounts, sorted by key', async () => {
    using folders = new Folders();
    const connector = folders.connect();
    expect(await connector.deliverPayouts(batch([payout(2), payout(1)]))).toEqual([
      { key: '2026-10:P-0002:USD', ok: true, extId: '2026-10:P-0002:USD' },
      { key: '2026-10:P-0001:USD', ok: true, extId: '2026-10:P-0001:USD' },
    ]);
    await connector.deliverPayouts(batch([payout(3, { currency: 'EUR' })], { key: '2026-10-EUR' }));
    expect(readdirSync(folders.outbox).toSorted()).toEqual([
      'payouts-2026-10-EUR.csv',
      'payouts-2026-10-USD.csv',
    ]);
    expect(file(folders)).toBe(
      'payout_key,batch,period,partner_code,partner_name,currency,amount,line_count\r\n' +
        '2026-10:P-0001:USD,2026-10-USD,2026-10,P-0001,Partner 1,USD,1234.50,3\r\n' +
        '2026-10:P-0002:USD,2026-10-USD,2026-10,P-0002,Partner 2,USD,1234.50,3\r\n',
    );
  });

  it('names a draft as one in the file’s name and in every row', async () => {
    using folders = new Folders();
    await folders.connect().deliverPayouts(batch([payout(1)], { draft: true }));
    expect(readdirSync(join(folders.outbox, 'drafts'))).toEqual(['payouts-2026-10-USD.draft.csv']);
    expect(file(folders, 'drafts/payouts-2026-10-USD.draft.csv')).toContain(',2026-10-USD.draft,');
  });

  it('has the same bytes after the same delivery', async () => {
    using folders = new Folders();
    const odd = payout(2, { partnerName: '=cmd|\' /C calc\'!A0 "x", Ltd' });
    await folders.connect().deliverPayouts(batch([payout(1), odd]));
    const once = file(folders);
    const written = statSync(join(folders.outbox, 'payouts-2026-10-USD.csv')).mtimeMs;
    expect(await folders.connect().deliverPayouts(batch([odd, payout(1)]))).toMatchObject([
      { key: odd.key, ok: true },
      { key: payout(1).key, ok: true },
    ]);
    expect(file(folders)).toBe(once);
    expect(statSync(join(folders.outbox, 'payouts-2026-10-USD.csv')).mtimeMs).toBe(written);
  });

  it('has exactly the rows of the last delivery, so that it ties out', async () => {
    using folders = new Folders();
    await folders.connect().deliverPayouts(batch([payout(1), payout(2)]));
    await folders.connect().deliverPayouts(batch([payout(2)]));
    expect(file(folders)).not.toContain('P-0001');
  });

  it('gets no file for a batch without payouts', async () => {
    using folders = new Folders();
    expect(await folders.connect().deliverPayouts(batch([]))).toEqual([]);
    expect(() => readdirSync(folders.outbox)).toThrow('ENOENT');
  });

  it('makes text harmless that a spreadsheet would run as a formula, and does not change numbers', async () => {
    using folders = new Folders();
    const names = ['=1+1', '+49 30', '-x', '@sum', ' =1', '\u00a0=1', '\t=1', 'ok\n=1', '＝1'];
    const payouts = names.map((partnerName, n) => payout(n, { partnerName, amountMinor: -500n }));
    await folders.connect().deliverPayouts(batch(payouts));
    const cells = file(folders)
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(','));
    expect(cells.map((row) => row[4])).toEqual([
      "'=1+1",
      "'+49 30",
      "'-x",
      "'@sum",
      "'=1",
      "'=1",
      "'=1",
      'ok =1',
      "'＝1",
    ]);
    expect(cells.every((row) => row[6] === '-5.00')).toBe(true);
  });

  it.each([
    ['an unknown currency', { currency: 'USX' }, {}, 'payout_amount_invalid'],
    ['a batch that would leave the folder', {}, { key: '../x' }, 'payout_row_invalid'],
    ['a missing partner code', { partnerCode: '' }, {}, 'payout_row_invalid'],
    ['a partner without a name', { partnerName: ' ' }, {}, 'payout_row_invalid'],
    ['a period that is no month', { period: '2026' }, {}, 'payout_row_invalid'],
    ['a line count that is not a whole number', { lineCount: 1.5 }, {}, 'payout_row_invalid'],
  ])('refuses %s and writes no payout of the batch', async (_, changes, batchChanges, code) => {
    using folders = new Folders();
    const payouts = [payout(2), payout(1, changes)];
    const failure = {
      class: 'validation',
      code,
      message: expect.stringMatching(/^2026-10:P/),
      fix: expect.stringMatching(/\w/),
    };
    expect(await folders.connect().deliverPayouts(batch(payouts, batchChanges))).toMatchObject([
      { key: payout(2).key, ok: false, failure },
      { key: payout(1).key, ok: false, failure },
    ]);
    expect(() => readdirSync(folders.outbox)).toThrow('ENOENT');
  });

  it('does not overwrite a file that it did not write', async () => {
    using folders = new Folders();
    mkdirSync(folders.outbox);
    writeFileSync(join(folders.outbox, 'payouts-2026-10-USD.csv'), 'somebody,else\n');
    const [outcome] = await folders.connect().deliverPayouts(batch([payout(1)]));
    expect(outcome).toMatchObject({ ok: false, failure: { code: 'outbox_file_foreign' } });
    expect(file(folders)).toBe('somebody,else\n');
  });

  it('fails as a whole, with the fix, when the folder cannot be written', async () => {
    using folders = new Folders();
    writeFileSync(folders.outbox, 'a file where the folder should be');
    await expect(folders.connect().deliverPayouts(batch([payout(1)]))).rejects.toMatchObject({
      name: 'ConnectorError',
      failure: { code: 'outbox_unavailable', fix: expect.stringContaining('outbox setting') },
    });
  });
});
