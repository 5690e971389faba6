import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PushBatch, RemoteFields, RemoteWrite } from '#connectors/contract/crm.ts';
import { describe, expect, it } from 'vitest';
import { Folders } from './folders.ts';

const payout = (n: number, changes: RemoteFields = {}): RemoteWrite => ({
  id: `w${n}`,
  extId: null,
  keyValue: `2026-10:P-000${n}:USD`,
  fields: {
    batch: '2026-10-USD',
    period: '2026-10',
    partner_code: `P-000${n}`,
    partner_name: `Partner ${n}`,
    currency: 'USD',
    amount: '1234.5',
    line_count: 3,
    ...changes,
  },
});
const batch = (...writes: RemoteWrite[]): PushBatch => ({
  object: 'payout',
  operation: 'upsert',
  keyField: 'payout_key',
  writes,
});
const file = (folders: Folders, name = 'payouts-2026-10-USD.csv'): string =>
  readFileSync(join(folders.outbox, name), 'utf8');

describe('the payout outbox', () => {
  it('holds one file a batch, with exact amounts, sorted by key', async () => {
    using folders = new Folders();
    const outcomes = await folders
      .connect()
      .push(batch(payout(2), payout(1), payout(3, { batch: '2026-10-EUR', currency: 'EUR' })));
    expect(outcomes).toEqual([
      { id: 'w2', ok: true, extId: '2026-10:P-0002:USD', created: true, modifiedAt: expect.any(String) },
      { id: 'w1', ok: true, extId: '2026-10:P-0001:USD', created: true, modifiedAt: expect.any(String) },
      { id: 'w3', ok: true, extId: '2026-10:P-0003:USD', created: true, modifiedAt: expect.any(String) },
    ]);
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

  it('has the same bytes after the same export', async () => {
    using folders = new Folders();
    const odd = payout(2, { partner_name: '=cmd|\' /C calc\'!A0 "x", Ltd' });
    await folders.connect().push(batch(payout(1), odd));
    const once = file(folders);
    const written = statSync(join(folders.outbox, 'payouts-2026-10-USD.csv')).mtimeMs;
    const again = await folders.connect().push(batch(odd, payout(1)));
    expect(again).toMatchObject([
      { id: 'w2', created: false },
      { id: 'w1', created: false },
    ]);
    expect(file(folders)).toBe(once);
    expect(statSync(join(folders.outbox, 'payouts-2026-10-USD.csv')).mtimeMs).toBe(written);
  });

  it('has exactly the rows of the last export, so that it ties out', async () => {
    using folders = new Folders();
    await folders.connect().push(batch(payout(1), payout(2)));
    await folders.connect().push(batch(payout(2)));
    expect(file(folders)).not.toContain('P-0001');
  });

  it('defuses text a spreadsheet would run, and leaves numbers alone', async () => {
    using folders = new Folders();
    const names = ['=1+1', '+49 30', '-x', '@sum', ' =1', '\u00a0=1', '\t=1', 'ok\n=1', '＝1'];
    await folders
      .connect()
      .push(batch(...names.map((name, n) => payout(n, { partner_name: name, amount: '-5.00' }))));
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
    ['a fraction of a cent', { amount: '1.005' }, 'payout_amount_invalid'],
    ['an amount in words', { amount: 'ten' }, 'payout_amount_invalid'],
    ['a currency that is none', { currency: 'USX' }, 'payout_amount_invalid'],
    ['a batch that would leave the folder', { batch: '../x' }, 'payout_row_invalid'],
    ['a missing partner', { partner_code: null }, 'payout_row_invalid'],
    ['a column the file does not have', { iban: 'DE00' }, 'payout_row_invalid'],
  ])(
    'refuses %s and writes nothing of its batch, but other batches',
    async (_, changes: RemoteFields, code) => {
      using folders = new Folders();
      const own: RemoteFields = { batch: '2026-10-EUR', currency: 'EUR', ...changes };
      const rowsOfBatch = [payout(2, { batch: own['batch'] ?? null }), payout(1, own)];
      const outcomes = await folders.connect().push(batch(...rowsOfBatch, payout(3)));
      const failure = {
        class: 'validation',
        code,
        message: expect.stringMatching(/^2026-10:P/),
        fix: expect.stringMatching(/\w/),
      };
      expect(outcomes).toMatchObject([
        { id: 'w2', ok: false, failure },
        { id: 'w1', ok: false, failure },
        { id: 'w3', ok: true },
      ]);
      expect(readdirSync(folders.outbox)).toEqual(['payouts-2026-10-USD.csv']);
    },
  );

  it('does not overwrite a file that is not its own', async () => {
    using folders = new Folders();
    mkdirSync(folders.outbox);
    writeFileSync(join(folders.outbox, 'payouts-2026-10-USD.csv'), 'somebody,else\n');
    const [outcome] = await folders.connect().push(batch(payout(1)));
    expect(outcome).toMatchObject({ ok: false, failure: { code: 'outbox_file_foreign' } });
    expect(file(folders)).toBe('somebody,else\n');
  });

  it('fails as a whole, with the remedy, when the folder cannot be written', async () => {
    using folders = new Folders();
    writeFileSync(folders.outbox, 'a file where the folder should be');
    await expect(folders.connect().push(batch(payout(1)))).rejects.toMatchObject({
      name: 'ConnectorError',
      failure: { code: 'outbox_unavailable', fix: expect.stringContaining('outbox setting') },
    });
  });

  it('takes nothing but upserts of payouts', async () => {
    using folders = new Folders();
    await expect(folders.connect().push({ ...batch(payout(1)), object: 'invoice' })).rejects.toMatchObject({
      failure: { class: 'mapping', code: 'not_supported' },
    });
  });
});
