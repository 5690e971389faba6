import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordOrigin } from '#src/db/schema/erp-file.ts';
import { answerDocumentQuestion } from '#src/operations/place/answer-document-question.ts';
import { addPerson } from '#test/support/people/people.ts';
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

  it('in a currency without cents, or with three decimals, is exact to the last unit', async () => {
    await erp.drop('scales.csv', [
      'EUR-1,invoice,P-0001,Euro GmbH,EUR,10000.00,2026-10-05,2026-10-20,',
      'KWD-1,invoice,P-0001,Kuwait Trading,KWD,1234.567,2026-10-05,2026-10-20,',
      'JPY-1,invoice,P-0002,Tokyo KK,JPY,1234567,2026-10-05,2026-10-20,',
    ]);
    const { documents, problems, earned } = await erp.run();
    expect(problems).toEqual([]);
    expect(documents).toEqual([
      'EUR-1 invoice P-0001 EUR 1000000 2026-10-05 2026-10-20',
      'JPY-1 invoice P-0002 JPY 1234567 2026-10-05 2026-10-20',
      'KWD-1 invoice P-0001 KWD 1234567 2026-10-05 2026-10-20',
    ]);
    expect(earned).toEqual([
      '2026-10 P-0001 EUR 50000',
      '2026-10 P-0001 KWD 61728',
      '2026-10 P-0002 JPY 61728',
    ]);
  });

  it('with an amount of two meanings has its row refused, unless the other amounts of its file decide', async () => {
    // A comma before three digits is a thousand for some and the decimal mark of a dinar for others.
    await erp.drop('alone.csv', ['A-1,invoice,P-0001,Acme,KWD,"1,234",2026-10-05,,']);
    await erp.drop('point.csv', [
      'B-1,invoice,P-0001,Acme,KWD,"1,234",2026-10-05,,',
      'B-2,invoice,P-0001,Acme,KWD,10.500,2026-10-05,,',
      'B-3,invoice,P-0001,Acme,JPY,"1,234",2026-10-05,,',
      'B-4,invoice,P-0001,Acme,USD,10.50,2026-10-05,,',
    ]);
    await erp.drop('comma.csv', [
      'C-1,invoice,P-0001,Acme,KWD,"1,234",2026-10-05,,',
      'C-2,invoice,P-0001,Acme,EUR,"10,50",2026-10-05,,',
    ]);
    const { documents, problems } = await erp.run();
    expect(documents).toEqual([
      'B-1 invoice P-0001 KWD 1234000 2026-10-05 unpaid',
      'B-2 invoice P-0001 KWD 10500 2026-10-05 unpaid',
      'B-3 invoice P-0001 JPY 1234 2026-10-05 unpaid',
      'B-4 invoice P-0001 USD 1050 2026-10-05 unpaid',
      'C-1 invoice P-0001 KWD 1234 2026-10-05 unpaid',
      'C-2 invoice P-0001 EUR 1050 2026-10-05 unpaid',
    ]);
    expect(problems).toEqual(['alone.csv:2 amount_unreadable']);
  });

  it('with the number 10 comes after the one with the number 9', async () => {
    await erp.drop('invoices-10.csv', ['ORD-1,invoice,P-0001,Acme,USD,10000.00,2026-10-05,2026-10-20,']);
    await erp.drop('invoices-9.csv', ['ORD-1,invoice,P-0001,Acme,USD,10000.00,2026-10-05,,']);
    const { documents } = await erp.run();
    expect(documents).toEqual(['ORD-1 invoice P-0001 USD 1000000 2026-10-05 2026-10-20']);
  });

  it('whose credit memo has the number of its invoice books both', async () => {
    await erp.drop('memo-1-2026-10.csv', ['1001,invoice,P-0001,Acme,USD,10000.00,2026-10-05,2026-10-20,']);
    await erp.drop('memo-2-2026-11.csv', ['1001,credit_memo,P-0001,Acme,USD,500.00,2026-11-05,,1001']);
    const { documents, problems, earned } = await erp.run();
    expect(documents).toEqual([
      '1001 credit_memo P-0001 USD 50000 2026-11-05 unpaid',
      '1001 invoice P-0001 USD 1000000 2026-10-05 2026-10-20',
    ]);
    expect(problems).toEqual([]);
    expect(earned).toEqual(['2026-10 P-0001 USD 50000', '2026-11 P-0001 USD -2500']);
  });

  it('with a known number for another partner and currency is a question, and nothing booked changes', async () => {
    await erp.drop('companies-1-de.csv', ['1002,invoice,P-0001,Acme,USD,20000.00,2026-10-05,2026-10-20,']);
    await erp.drop('companies-2-us.csv', ['1002,invoice,P-0002,Somebody else,EUR,75.00,2026-11-05,,']);
    const together = await erp.run();
    const first = '1002 invoice P-0001 USD 2000000 2026-10-05 2026-10-20';
    expect(together.documents).toEqual([first]);
    expect(together.problems).toEqual(['1002 (P-0002 EUR 2026) document_changed']);
    expect(together.messages[0]).toMatch(/partner P-0002 instead of P-0001 and currency EUR instead of USD/);
    // The same when the first file is gone by then.
    await erp.remove('companies-1-de.csv');
    const alone = await erp.run();
    expect(alone.documents).toEqual([first]);
    expect(alone.problems).toContain('1002 (P-0002 EUR 2026) document_changed');
    expect(alone.earned).toEqual(together.earned);
  });

  it('is a question for each value that cannot change in one document, and none for a correction', async () => {
    await erp.drop('1.csv', [
      'A,invoice,P-0001,Acme,USD,100.00,2026-10-05,,',
      'B,invoice,P-0001,Acme,USD,100.00,2026-10-05,,',
      'C,invoice,P-0001,Acme,USD,100.00,2026-10-05,,',
      'D,invoice,P-0001,Acme,USD,100.00,2026-10-05,,',
      'E,invoice,P-0001,Acme,USD,100.00,2026-10-05,,',
    ]);
    await erp.run();
    await erp.drop('2.csv', [
      'A,invoice,P-0002,Acme,USD,100.00,2026-10-05,,',
      'B,invoice,P-0001,Acme,EUR,100.00,2026-10-05,,',
      'C,invoice,P-0001,Acme,USD,100.00,2025-10-05,,',
      'D,credit_memo,P-0001,Acme,USD,100.00,2026-10-05,,',
      'Ｅ,invoice,p-0001 ,Acme Ltd,USD,90.00,2026-10-06,2026-10-20,',
    ]);
    const { documents, problems } = await erp.run();
    expect(documents).toEqual([
      'A invoice P-0001 USD 10000 2026-10-05 unpaid',
      'B invoice P-0001 USD 10000 2026-10-05 unpaid',
      'C invoice P-0001 USD 10000 2026-10-05 unpaid',
      'D invoice P-0001 USD 10000 2026-10-05 unpaid',
      'Ｅ invoice P-0001 USD 9000 2026-10-06 2026-10-20',
    ]);
    expect(problems).toEqual([
      'A (P-0002 USD 2026) document_changed',
      'B (P-0001 EUR 2026) document_changed',
      'C (P-0001 USD 2025) document_changed',
      'D (credit memo) document_kind',
    ]);
  });

  it('waits for finance: a row corrects what is booked, is another document, or is wrong', async () => {
    const { deps } = erp.test;
    const personId = (await addPerson(deps, { name: 'Fin', email: 'fin@example.com', role: 'finance' })).id;
    const answer = (ref: string, given: 'replace' | 'book' | 'discard') =>
      answerDocumentQuestion(deps, {
        connectionId: erp.connectionId,
        ref,
        answer: given,
        reason: 'Asked.',
        personId,
      });
    const row = (number: string, partner: string, amount: string): string =>
      `${number},invoice,${partner},Acme,USD,${amount},2026-10-05,2026-10-20,`;
    await erp.drop(
      '1.csv',
      ['A', 'B', 'C'].map((number) => row(number, 'P-0001', '100.00')),
    );
    await erp.run();
    await erp.drop(
      '2.csv',
      ['A', 'B', 'C'].map((number) => row(number, 'P-0002', '200.00')),
    );
    const { problems } = await erp.run();
    expect(problems).toHaveLength(3);
    await answer('A (P-0002 USD 2026)', 'replace');
    await answer('B (P-0002 USD 2026)', 'book');
    await answer('C (P-0002 USD 2026)', 'discard');
    await expect(answer('C (P-0002 USD 2026)', 'book')).rejects.toMatchObject({ code: 'not_found' });
    const answered = await erp.run();
    expect(answered.problems).toEqual([]);
    expect(answered.documents).toEqual([
      'A invoice P-0002 USD 20000 2026-10-05 2026-10-20',
      'B invoice P-0001 USD 10000 2026-10-05 2026-10-20',
      'B invoice P-0002 USD 20000 2026-10-05 2026-10-20',
      'C invoice P-0001 USD 10000 2026-10-05 2026-10-20',
    ]);
    // October is closed by then, so that what changed is posted in November.
    expect(answered.earned).toEqual([
      '2026-10 P-0001 USD 1500',
      '2026-11 P-0001 USD -500',
      '2026-11 P-0002 USD 2000',
    ]);
    // With other values the row is asked about again; the second B is known by now.
    await erp.drop('3.csv', [row('C', 'P-0002', '300.00'), row('B', 'P-0002', '250.00')]);
    const again = await erp.run();
    expect(again.problems).toEqual(['C (P-0002 USD 2026) document_changed']);
    expect(again.documents).toContain('B invoice P-0002 USD 25000 2026-10-05 2026-10-20');
  });

  it('that goes away takes nothing back, and one from before it that arrives late changes nothing', async () => {
    await erp.drop('keep-1.csv', ['KEEP-1,invoice,P-0001,Acme,USD,10000.00,2026-10-05,,']);
    await erp.drop('keep-3.csv', ['KEEP-1,invoice,P-0001,Acme,USD,10000.00,2026-10-05,2026-10-20,']);
    const paid = await erp.run();
    expect(paid.earned).toEqual(['2026-10 P-0001 USD 50000']);
    await erp.remove('keep-3.csv');
    expect((await erp.run()).documents).toEqual(paid.documents);
    await erp.drop('keep-2.csv', ['KEEP-1,invoice,P-0001,Acme,USD,1.00,2026-10-05,,']);
    expect(await erp.run()).toMatchObject({ documents: paid.documents, earned: paid.earned, problems: [] });
    await erp.drop('keep-4.csv', ['KEEP-1,invoice,P-0001,Acme,USD,2000.00,2026-10-05,2026-10-20,']);
    expect((await erp.run()).documents).toEqual(['KEEP-1 invoice P-0001 USD 200000 2026-10-05 2026-10-20']);
  });

  it('with a credit memo that fits no invoice, or takes back more than is left, is a question', async () => {
    await erp.drop('1.csv', [
      'CM-1,credit_memo,P-0001,Acme,USD,10.00,2026-10-08,,I-404',
      'CM-2,credit_memo,P-0002,Acme,USD,10.00,2026-10-08,,I-1',
      'CM-3,credit_memo,P-0001,Acme,USD,60.00,2026-10-08,,i-1',
      'CM-4,credit_memo,P-0001,Acme,USD,60.00,2026-10-09,,I-1',
      'CM-5,credit_memo,P-0001,Acme,USD,40.00,2026-10-09,,I-1',
      'CM-6,credit_memo,P-0001,Acme,USD,7.00,2026-10-09,,',
      'I-1,invoice,P-0001,Acme,USD,100.00,2026-10-05,2026-10-20,',
    ]);
    const { documents, problems, messages } = await erp.run();
    expect(documents).toEqual([
      'CM-3 credit_memo P-0001 USD 6000 2026-10-08 unpaid',
      'CM-5 credit_memo P-0001 USD 4000 2026-10-09 unpaid',
      'CM-6 credit_memo P-0001 USD 700 2026-10-09 unpaid',
      'I-1 invoice P-0001 USD 10000 2026-10-05 2026-10-20',
    ]);
    expect(problems).toEqual([
      'CM-1 (credit memo) credit_memo_unmatched',
      'CM-2 (credit memo) credit_memo_unmatched',
      'CM-4 (credit memo) credit_memo_over',
    ]);
    expect(messages.join('\n')).toMatch(/takes back 60\.00 USD, but I-1 has 0\.00 USD left/);
    await erp.drop('2.csv', ['I-404,invoice,P-0001,Acme,USD,10.00,2026-10-05,2026-10-20,']);
    expect((await erp.run()).problems).toEqual([
      'CM-2 (credit memo) credit_memo_unmatched',
      'CM-4 (credit memo) credit_memo_over',
    ]);
  });

  it('may use a number again for another company or year, where the connection says so', async () => {
    await using group = await ErpInbox.open({ companyColumn: 'Mandant', numbersRestart: 'yearly' });
    await group.drop(
      'a.csv',
      [
        `${header},MANDANT`,
        '1,invoice,P-0001,Acme,USD,100.00,2026-10-05,,,DE',
        '1,invoice,P-0002,Acme,EUR,200.00,2026-10-05,,,US',
        '1,invoice,P-0001,Acme,USD,300.00,2025-10-05,,,DE',
        '2,credit_memo,P-0001,Acme,USD,30.00,2026-01-05,,1,DE',
        '',
      ].join('\n'),
    );
    const { documents, problems } = await group.run();
    expect(problems).toEqual([]);
    expect(documents).toEqual([
      '1 invoice P-0001 USD 10000 2026-10-05 unpaid',
      '1 invoice P-0001 USD 30000 2025-10-05 unpaid',
      '1 invoice P-0002 EUR 20000 2026-10-05 unpaid',
      '2 credit_memo P-0001 USD 3000 2026-01-05 unpaid',
    ]);
    await group.drop('b.csv', ['3,invoice,P-0001,Acme,USD,100.00,2026-10-05,,']);
    expect((await group.run()).problems).toEqual(['b.csv:1 column_missing']);
  });

  it('is the same document after the connection has declared its companies and years', async () => {
    const rows = [
      '1,invoice,P-0001,Acme,USD,100.00,2026-10-05,,',
      '2,invoice,P-0001,Acme,USD,100.00,2026-10-05,,',
    ];
    await erp.drop('a.csv', rows);
    const { documents } = await erp.run();
    await erp.declare({ companyColumn: 'company', numbersRestart: 'yearly' });
    await erp.drop('a.csv', `${header},company\n${rows.map((row) => `${row},DE\n`).join('')}`);
    expect(await erp.run()).toMatchObject({ documents, problems: [] });
    await erp.drop('b.csv', `${header},company\n${rows[0]?.replace('P-0001', 'P-0002')},US\n`);
    const { documents: three, problems } = await erp.run();
    expect([three, problems]).toEqual([
      [documents[0], '1 invoice P-0002 USD 10000 2026-10-05 unpaid', documents[1]],
      [],
    ]);
  });

  it('says of a correction which row of which file it replaced', async () => {
    await erp.drop('1.csv', ['I-1,invoice,P-0001,Acme,USD,100.00,2026-10-05,,']);
    await erp.run();
    await erp.remove('1.csv');
    await erp.drop('2.csv', ['I-1,invoice,P-0001,Acme,USD,90.00,2026-10-05,2026-10-20,']);
    await erp.run();
    const [origin] = await erp.test.deps.db.select().from(recordOrigin);
    expect(origin).toMatchObject({
      file: '2.csv',
      line: 2,
      replaced: { file: '1.csv', line: 2, fields: ['amount', 'paid_on'] },
    });
  });

  it('has a receipt beside it: the rows accepted, refused and waiting, and the totals of those accepted', async () => {
    await erp.drop('1.csv', [
      'I-1,invoice,P-0001,Acme,USD,100.00,2026-10-05,,',
      'I-2,invoice,P-0001,Acme,USD,ten,2026-10-05,,',
      'I-3,invoice,P-9999,Acme,USD,7.00,2026-10-05,,',
      'I-4,invoice,P-0002,Acme,EUR,20.00,2026-10-05,,',
      'C-1,credit_memo,P-0001,Acme,USD,30.00,2026-10-06,,I-1',
    ]);
    await erp.run();
    expect(JSON.parse(await erp.read('1.csv.receipt.json'))).toMatchObject({
      file: '1.csv',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      rows: 5,
      accepted: 3,
      refusedRows: 1,
      refused: [{ line: 3, code: 'amount_unreadable', reason: expect.any(String), fix: expect.any(String) }],
      waiting: [{ line: 4, document: 'I-3', code: 'partner_unknown' }],
      totals: { EUR: '20.00', USD: '70.00' },
      control: 'not stated',
      corrections: [],
    });
    await erp.drop('2.csv', ['I-1,invoice,P-0001,Acme,USD,110.00,2026-10-05,2026-10-20,']);
    await erp.run();
    expect(JSON.parse(await erp.read('2.csv.receipt.json'))).toMatchObject({
      accepted: 1,
      corrections: [
        { line: 2, document: 'I-1', replaced: { file: '1.csv', line: 2, fields: ['amount', 'paid_on'] } },
      ],
    });
    await erp.drop('3.csv', Buffer.from(`${header}\nM\xFCller\n`, 'latin1'));
    await erp.run();
    expect(JSON.parse(await erp.read('3.csv.receipt.json'))).toMatchObject({
      accepted: 0,
      refused: [{ code: 'encoding_unknown' }],
    });
  });

  it('is refused as a whole when its rows or totals are not the stated ones', async () => {
    const rows = [
      'I-1,invoice,P-0001,Acme,USD,100.00,2026-10-05,,',
      'C-1,credit_memo,P-0001,Acme,USD,30.00,2026-10-06,,I-1',
    ];
    await erp.drop('1.csv', [...rows, '#control,rows=2,USD=70.00']);
    await erp.drop('2.csv', ['I-2,invoice,P-0001,Acme,USD,5.00,2026-10-05,,', '#control,rows=2']);
    await erp.drop('3.csv', ['I-3,invoice,P-0001,Acme,USD,5.00,2026-10-05,,', '#control,USD=50.00']);
    await erp.drop('4.csv', ['I-4,invoice,P-0001,Acme,USD,5.00,2026-10-05,,']);
    await erp.drop('4.csv.control', 'rows=1\nUSD=5.00\n');
    await erp.drop('5.csv', ['I-5,invoice,P-0001,Acme,USD,5.00,2026-10-05,,']);
    await erp.drop('5.csv.control', 'rows=two\n');
    const { documents, problems, messages } = await erp.run();
    expect(documents.map((one) => one.split(' ')[0])).toEqual(['C-1', 'I-1', 'I-4']);
    expect(problems).toEqual(['2.csv control_wrong', '3.csv control_wrong', '5.csv control_unreadable']);
    expect(messages.join('\n')).toMatch(/1 rows instead of 2[^]*5\.00 USD instead of 50\.00 USD/);
    expect(JSON.parse(await erp.read('1.csv.receipt.json'))).toMatchObject({
      accepted: 2,
      control: 'correct',
    });
    expect(JSON.parse(await erp.read('2.csv.receipt.json'))).toMatchObject({ accepted: 0, control: 'wrong' });
  });
});
