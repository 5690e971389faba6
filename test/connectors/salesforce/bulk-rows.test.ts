import { ReadableStream } from 'node:stream/web';
import { describe, expect, test } from 'vitest';
import type { WebhookRequest } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import { eachRow, emptyMarker, jsonReader, toBulkCsv } from '#connectors/salesforce/bulk/bulk-csv.ts';
import { bulkToken, isBulkToken, readBulkToken } from '#connectors/salesforce/bulk/bulk-token.ts';
import { csvRows } from '#connectors/salesforce/bulk/csv-rows.ts';
import { readOutboundMessage } from '#connectors/salesforce/events/webhook.ts';
import { inTurn } from '#connectors/salesforce/portions.ts';

describe('rows of a bulk job', () => {
  const bytes = (...texts: string[]) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
    });

  test('have the values that the REST API would give', () => {
    const names = ['A', 'B', 'C', 'D', 'E', 'F'];
    const types = new Map([
      ['A', 'text'],
      ['B', 'boolean'],
      ['C', 'number'],
      ['D', 'datetime'],
      ['E', 'date'],
    ] as const);
    const read = jsonReader(names, types);
    expect(read(['x', 'true', '1.5', '2026-11-22T02:00:00.000Z', '2026-11-22', 'y'])).toEqual({
      A: 'x',
      B: true,
      C: 1.5,
      D: '2026-11-22T02:00:00.000+0000',
      E: '2026-11-22',
      F: 'y',
    });
    expect(read(['', 'false', '', '2026-11-22T02:00:00.000+0000'])).toEqual({
      A: null,
      B: false,
      C: null,
      D: '2026-11-22T02:00:00.000+0000',
      E: null,
      F: null,
    });
  });

  test('are given by name, without the header', async () => {
    const rows: object[] = [];
    await eachRow(bytes('A,B\n1,2\n', '"x,""y""",\n'), (row) => rows.push(row));
    expect(rows).toEqual([
      { A: '1', B: '2' },
      { A: 'x,"y"', B: '' },
    ]);
  });

  test('are written with an empty cell for what stays as it is, and a mark for what is emptied', () => {
    expect(emptyMarker).toBe('#N/A');
    expect(
      toBulkCsv([
        { Id: '1', A: null, B: 'x,y' },
        { Id: '2', C: false, A: '' },
      ]),
    ).toBe('Id,A,B,C\n1,#N/A,"x,y",""\n2,#N/A,"",false\n');
  });

  test.each<[string, readonly string[], string]>([
    ['a row that is too short', ['A,B\n1\n'], 'a row does not have the 2 cells of the header'],
    ['text behind a closing quote', ['A\n"x"y\n'], 'a cell continues after its closing quote'],
    ['an end inside a cell', ['A\n"x'], 'it ends inside a cell'],
  ])('are refused for %s', async (_case, texts, reason) => {
    const read = async () => {
      for await (const rows of csvRows(bytes(...texts))) expect(rows).toBeDefined();
    };
    await expect(read()).rejects.toMatchObject({ failure: { class: 'retry', code: 'csv_malformed' } });
    await expect(read()).rejects.toThrow(reason);
  });

  test('are resumed from a token that holds the whole position', () => {
    const position = { jobId: '750x', askedAt: new Date(1_700_000_000_000), afterId: '001', locator: 'abc' };
    const token = bulkToken(position);
    expect([token, isBulkToken(token), isBulkToken('001')]).toEqual([
      'bulk:750x:1700000000000:001:abc',
      true,
      false,
    ]);
    expect(readBulkToken(token)).toEqual(position);
    const start = { ...position, afterId: null, locator: null };
    expect([bulkToken(start), readBulkToken(bulkToken(start))]).toEqual(['bulk:750x:1700000000000::', start]);
  });
});

describe('portions', () => {
  const write = (id: string) => ({ id, extId: null, keyValue: null, fields: {} });
  const portions = [[write('1')], [write('2'), write('3')], [write('4')]];
  const failure = { class: 'retry', code: 'x', message: '', fix: '' } as const;
  const ok = (id: string) => ({ id, ok: true, extId: id, created: false, modifiedAt: '' }) as const;

  test('are sent one after the other', async () => {
    const sent: string[] = [];
    const outcomes = await inTurn(portions, (writes) => {
      sent.push(writes.map(({ id }) => id).join(' '));
      return Promise.resolve(writes.map(({ id }) => ok(id)));
    });
    expect([sent, outcomes.map(({ id }) => id)]).toEqual([
      ['1', '2 3', '4'],
      ['1', '2', '3', '4'],
    ]);
  });

  test('from a failed one on have its failure, unless it is the first or an error of our own', async () => {
    const failAt = (at: string, error: Error) => (writes: readonly { readonly id: string }[]) =>
      writes[0]?.id === at ? Promise.reject(error) : Promise.resolve(writes.map(({ id }) => ok(id)));
    const refused = new ConnectorError(failure);
    expect(await inTurn(portions, failAt('2', refused))).toEqual([
      ok('1'),
      ...['2', '3', '4'].map((id) => ({ id, ok: false, failure })),
    ]);
    await expect(inTurn(portions, failAt('1', refused))).rejects.toBe(refused);
    await expect(inTurn(portions, failAt('2', new Error('bug')))).rejects.toThrow('bug');
  });
});

describe('an outbound message', () => {
  const org = '00D000000000001';
  const message = (records: string, id = `${org}AAA`) =>
    `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="s" xmlns:sf="f" xmlns:xsi="x"><soapenv:Body><notifications><OrganizationId>${id}</OrganizationId>${records}</notifications></soapenv:Body></soapenv:Envelope>`;
  const notification = (type: string, id: string) =>
    `<Notification><sObject xsi:type="${type}"><sf:Id>${id}</sf:Id></sObject></Notification>`;
  const read = (text: string, method = 'POST', organization: string | undefined = org) =>
    readOutboundMessage(
      { method, url: '', headers: {}, receivedAt: new Date(), rawBody: Buffer.from(text) } as WebhookRequest,
      organization,
    );
  const one = notification('sf:Account', '001000000000001AAA');

  test('names its records, and is answered so that Salesforce does not repeat it', () => {
    const verdict = read(message(one + notification('Fairway_Payout__c', 'a01000000000002')));
    expect(verdict?.hints).toEqual([
      { object: 'Account', extId: '001000000000001AAA' },
      { object: 'Fairway_Payout__c', extId: 'a01000000000002' },
    ]);
    expect(verdict?.reply).toEqual({
      contentType: 'text/xml; charset=utf-8',
      body: '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse></soapenv:Body></soapenv:Envelope>',
    });
  });

  test.each<[string, ReturnType<typeof read>]>([
    ['by another method', read(message(one), 'GET')],
    ['of another org', read(message(one, '00D000000000002AAA'))],
    ['that is no XML', read('<a')],
    ['that is another document', read('<a/>')],
    ['without records', read(message(''))],
    ['with a malformed id', read(message(notification('Account', '0010000000000011')))],
    ['with more than 100 records', read(message(one.repeat(101)))],
  ])('%s is refused', (_case, verdict) => {
    expect(verdict).toBeNull();
  });

  test('is refused while the org is not known, and read with up to 100 records', () => {
    expect(
      readOutboundMessage(
        { method: 'POST', rawBody: Buffer.from(message(one)) } as WebhookRequest,
        undefined,
      ),
    ).toBeNull();
    expect(read(message(one.repeat(100)))?.hints).toHaveLength(100);
  });
});
