import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ErpInbox, header } from './erp-inbox.ts';

/** Files that other people’s systems read wrongly without a word, dropped into the inbox of a whole Fairway. */
describe('an invoice file', { timeout: 60_000 }, () => {
  let erp: ErpInbox;
  beforeEach(async () => {
    erp = await ErpInbox.open();
  });
  afterEach(() => erp[Symbol.asyncDispose]());

  it('with stray quotes loses the row of the quote, and no two rows become one', async () => {
    await erp.drop('quotes.csv', [
      'Q-1,invoice,P-0001,"Acme Holding,USD,100.00,2026-10-05,2026-10-20,',
      'Q-2,invoice,P-0002,Rack 19" Systems,USD,50000.00,2026-10-05,2026-10-20,',
      'Q-3,invoice,P-0002,Fine Ltd,USD,10.00,2026-10-05,2026-10-20,',
      // These two are well-formed quotes as well as two rows with stray ones.
      'Q-4,invoice,P-0001,"Acme Holding,USD,100.00,2026-10-05,2026-10-20,',
      'Q-5,invoice,P-0002,Rack 19",USD,50000.00,2026-10-05,2026-10-20,',
    ]);
    const { documents, problems } = await erp.run();
    expect(documents).toEqual([
      'Q-2 invoice P-0002 USD 5000000 2026-10-05 2026-10-20',
      'Q-3 invoice P-0002 USD 1000 2026-10-05 2026-10-20',
    ]);
    expect(problems).toEqual([
      'quotes.csv:2 row_unreadable',
      'quotes.csv:5 row_unreadable',
      'quotes.csv:6 row_unreadable',
    ]);
  });

  it('with dates that stand for none has unpaid invoices', async () => {
    await erp.drop('dates.csv', [
      'NULL-1900,invoice,P-0001,Acme,USD,100000.00,2026-10-10,1900-01-01,',
      'NULL-1753,invoice,P-0001,Acme,USD,100000.00,2026-10-10,1899-12-30,',
      'NULL-1970,invoice,P-0001,Acme,USD,100000.00,2026-10-10,1970-01-01,',
    ]);
    const { documents, problems, earned } = await erp.run();
    expect(documents.map((one) => one.replace(/.* /, ''))).toEqual(['unpaid', 'unpaid', 'unpaid']);
    expect([problems, earned]).toEqual([[], []]);
  });

  it('with dates outside the programme’s time has these rows refused', async () => {
    await erp.drop('future.csv', [
      'NULL-9999,invoice,P-0001,Acme,USD,100000.00,2026-10-10,9999-12-31,',
      'TYPO-2206,invoice,P-0001,Acme,USD,100000.00,2026-10-10,2206-10-21,',
      'TYPO-ISSUED-2062,invoice,P-0001,Acme,USD,100000.00,2062-10-10,2026-10-21,',
      'TOMORROW,invoice,P-0001,Acme,USD,100.00,2026-10-10,2026-11-23,',
      'AFTER-TOMORROW,invoice,P-0001,Acme,USD,100.00,2026-10-10,2026-11-24,',
      'LAST-YEAR,invoice,P-0001,Acme,USD,100.00,2025-01-01,2025-02-01,',
      'TOO-OLD,invoice,P-0001,Acme,USD,100.00,2024-12-31,2026-10-21,',
      'PAID-TOO-EARLY,invoice,P-0001,Acme,USD,100.00,2026-10-10,2016-10-21,',
    ]);
    const { documents, problems, messages } = await erp.run();
    expect(documents).toEqual([
      'LAST-YEAR invoice P-0001 USD 10000 2025-01-01 2025-02-01',
      'NULL-9999 invoice P-0001 USD 10000000 2026-10-10 unpaid',
      'TOMORROW invoice P-0001 USD 10000 2026-10-10 2026-11-23',
    ]);
    expect(problems).toEqual([
      'AFTER-TOMORROW date_implausible',
      'PAID-TOO-EARLY date_implausible',
      'TOO-OLD date_implausible',
      'TYPO-2206 date_implausible',
      'TYPO-ISSUED-2062 date_implausible',
      'future.csv:2 date_open_end',
    ]);
    expect(messages.join('\n')).toMatch(/paid on 2206-10-21, which is after 2026-11-23/);
  });

  it('in another encoding than UTF-8 is refused with its bytes, and read once the encoding is declared', async () => {
    const files = ['RM-Ä-100,invoice,P-0001,Müller & Söhne GmbH,EUR,9000.00,2026-10-05,2026-10-20,', 'RM-Ü-100,invoice,P-0002,Jäger AG,EUR,10.00,2026-10-05,2026-10-20,']; // prettier-ignore
    const drop = async (inbox: ErpInbox): Promise<void> => {
      for (const [index, row] of files.entries())
        await inbox.drop(`cp1252-${index + 1}.csv`, Buffer.from(`${header}\n${row}\n`, 'latin1'));
    };
    await drop(erp);
    const refused = await erp.run();
    expect(refused.documents).toEqual([]);
    expect(refused.problems).toEqual(['cp1252-1.csv encoding_unknown', 'cp1252-2.csv encoding_unknown']);
    expect(refused.messages[0]).toMatch(/line 2 has the bytes .*C4.*RM-Ä|line 2 has the bytes .*-Ä-100/);
    await using declared = await ErpInbox.open({ encoding: 'windows-1252' });
    await drop(declared);
    const { documents, problems } = await declared.run();
    expect(documents).toEqual([
      'RM-Ä-100 invoice P-0001 EUR 900000 2026-10-05 2026-10-20',
      'RM-Ü-100 invoice P-0002 EUR 1000 2026-10-05 2026-10-20',
    ]);
    expect(problems).toEqual([]);
  });

  it('that a spreadsheet has saved is refused where it replaced the numbers', async () => {
    await erp.drop('a.csv', ['2.02611E+11,invoice,P-0001,Acme,USD,40000.00,2026-10-05,2026-10-20,']);
    await erp.drop('b.csv', ['2.02611E+11,invoice,P-0002,Beta,USD,77.00,2026-10-06,2026-10-20,']);
    const { documents, problems } = await erp.run();
    expect(documents).toEqual([]);
    expect(problems).toEqual(['a.csv:2 key_damaged', 'b.csv:2 key_damaged']);
  });

  it('with the number 10 comes after the one with the number 9', async () => {
    await erp.drop('invoices-10.csv', ['ORD-1,invoice,P-0001,Acme,USD,10000.00,2026-10-05,2026-10-20,']);
    await erp.drop('invoices-9.csv', ['ORD-1,invoice,P-0001,Acme,USD,10000.00,2026-10-05,,']);
    const { documents } = await erp.run();
    expect(documents).toEqual(['ORD-1 invoice P-0001 USD 1000000 2026-10-05 2026-10-20']);
  });
});
