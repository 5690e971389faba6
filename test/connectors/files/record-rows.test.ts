import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRecords } from '#connectors/files/record-inbox.ts';
import { Folders } from './folders.ts';

let folders: Folders;
beforeEach(() => {
  folders = new Folders();
});
afterEach(() => folders[Symbol.dispose]());

const orders = 'order_number,customer_number,partner_code,stage,currency,amount,opened_on,closed_on';
const read = (kind: 'customer' | 'order', rules = {}) => readRecords(folders.inbox, kind, null, rules);
const refs = (problems: Awaited<ReturnType<typeof read>>['problems']) =>
  problems.map(({ ref, failure }) => `${ref} ${failure.code}`);

describe('a file of customers or orders', () => {
  it('is recognised by its header, in every encoding', async () => {
    folders.dropText('a.csv', 'Name;Customer-Number\nAcme;K-1\n');
    folders.dropText('b.csv', 'sep=|\nname|"customer number"\nBrandt|K-2\n');
    folders.dropText('c.csv', Buffer.from('\uFEFFname,customer_number\nCzerny,K-3\n', 'utf16le'));
    folders.dropText('invoice.csv', 'invoice_number,customer_number\nI-1,K-4\n');
    folders.dropText('order.csv', `${orders}\nA-1,K-1,,Offer,USD,1.00,2026-01-02,\n`);
    folders.dropText('empty.csv', '');
    const { rows: records, problems } = await read('customer');
    expect([...records].map(([id, { fields }]) => `${id} ${fields['name']}`)).toEqual([
      'K-1 Acme',
      'K-2 Brandt',
      'K-3 Czerny',
    ]);
    expect(problems).toEqual([]);
  });

  it('loses a bad row only, and says which cell is at fault', async () => {
    folders.dropText(
      'orders.csv',
      [
        orders,
        'A-1,K-1,,Offer,USD,100.00,2026-01-02,',
        'A-2,,,Offer,USD,100.00,2026-01-02,',
        'A-3,K-1,,Offer,XXX,100.00,2026-01-02,',
        'A-4,K-1,,Offer,USD,"1,234",2026-01-02,',
        'A-5,K-1,,Offer,USD,-5.00,2026-01-02,',
        'A-6,K-1,,Offer,USD,5.00,1900-01-01,',
        'A-7,K-1,,Offer,USD,5.00,02.01.2026,',
        'A-8,K-1,,Offer,JPY,5.00,2026-01-02,2099-12-31',
        '2.02611E+11,K-1,,Offer,USD,5.00,2026-01-02,',
        'A-9,K-1,,Offer,USD,5.00,2026-01-02',
      ].join('\n'),
    );
    const { rows: records, problems, files } = await read('order');
    expect([...records].map(([id, { fields }]) => [id, fields['amount'], fields['closed_on']])).toEqual([
      ['A-1', '100.00', null],
      ['A-4', '1234.00', null],
      ['A-8', '5', null],
    ]);
    expect(refs(problems)).toEqual([
      'orders.csv:3 value_missing',
      'orders.csv:4 currency_unknown',
      'orders.csv:6 amount_negative',
      'orders.csv:7 date_missing',
      'orders.csv:8 date_unreadable',
      'orders.csv:10 key_damaged',
      'orders.csv:11 column_count',
    ]);
    expect(files).toMatchObject([{ rows: 10, refusedRows: 7, totals: { JPY: '5', USD: '1334.00' } }]);
  });

  it('replaces the row of an earlier file, and reports two rows with one number in one file', async () => {
    folders.dropText('customers-2026-10.csv', 'customer_number,name\nK-1,Old\nK-2,Same\n');
    folders.dropText(
      'customers-2026-11.csv',
      'customer_number,name\nｋ-1,New\nK-2,Same\nK-3,One\nK-3,Other\n',
    );
    const { rows: records, problems } = await read('customer');
    expect(records.get('K-1')).toMatchObject({
      fields: { name: 'New' },
      replaced: { file: 'customers-2026-10.csv', line: 2 },
    });
    expect(records.get('K-2')?.replaced).toBeUndefined();
    expect(records.get('K-3')?.fields['name']).toBe('Other');
    expect(refs(problems)).toEqual(['customers-2026-11.csv:5 number_repeated']);
  });

  it('has numbers of several companies where the connection declares a column for them', async () => {
    folders.dropText('customers.csv', 'company,customer_number,name\nDE,1,Acme\nAT,1,Brandt\n');
    folders.dropText(
      'orders.csv',
      'company,order_number,customer_number,stage,currency,amount,opened_on\nAT,7,1,won,EUR,1.00,2026-01-02\n',
    );
    const rules = { companyColumn: 'company' };
    expect([...(await read('customer', rules)).rows.keys()]).toEqual(['DE/1', 'AT/1']);
    expect((await read('order', rules)).rows.get('AT/7')?.fields['customer']).toBe('AT/1');
  });

  it('is refused as a whole when a required column is missing or its stated total is another', async () => {
    folders.dropText('short.csv', 'customer_number\nK-1\n');
    folders.dropText('cut.csv', 'customer_number,name\nK-2,Acme\n#control,rows=2\n');
    const { rows: records, problems } = await read('customer');
    expect([...records.keys()]).toEqual([]);
    expect(refs(problems)).toEqual(['cut.csv control_wrong', 'short.csv:1 column_missing']);
  });
});
