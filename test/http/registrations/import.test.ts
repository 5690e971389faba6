import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHttp, type HttpTest } from '#test/http/http-test.ts';
import {
  lifecycleFixture,
  type LifecycleFixture,
} from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';
import { processJob } from '#workers/registry.ts';

const now = '2026-06-15T08:00:00Z';

let http: HttpTest;
let fixture: LifecycleFixture;
beforeAll(async () => {
  http = await startHttp({ now });
  fixture = await lifecycleFixture(http.deps, now);
  for (const code of ['acme', 'bolt'])
    await http.deps.db.execute(
      sql`update partner set code = ${`P-${code}`} where id = ${fixture.partners[code] ?? ''}`,
    );
});
afterAll(() => http[Symbol.asyncDispose]());

const send = async (
  content: string | Buffer,
  { preview = false, name = 'olaf', query = '' }: { preview?: boolean; name?: string; query?: string } = {},
) => {
  const cookies = await http.cookiesOf('ops', name);
  return http.app.inject({
    method: 'POST',
    url: `/api/registrations/import?preview=${preview}${query}`,
    cookies,
    headers: { 'x-fairway': '1', 'content-type': 'text/csv' },
    payload: content,
  });
};
const registrations = async () => {
  const [row] = await http.deps.db.execute<{ count: number; keys: number }>(
    sql`select (select count(*)::int from registration) as count, (select count(*)::int from submission_key) as keys`,
  );
  return row;
};
const results = (answer: Awaited<ReturnType<typeof send>>) =>
  answer.json().outcomes.map(({ line, result }: { line: number; result: string }) => `${line} ${result}`);

const file = `partner;Customer;Produktfamilie;amount;currency;key;customerCountry
P-acme;Nordwind Logistik GmbH;Network;50000.00;EUR;a-1;DE
P-acme;Nordwind Logistik GmbH;Network;51000.00;EUR;a-2;DE
P-bolt;"Bergmann; Söhne AG";Network;;;a-3;DE
P-none;;Network;1.000,00;EUR;a-4;DE
P-acme;Seehafen Spedition GmbH;Network;5;EUR;a-1;DE
P-acme;too;few
P-acme;Talbrücke "Energie;Network;5;EUR;a-7;DE
`;

describe('a CSV file with registrations', () => {
  test('is previewed row by row, nothing is stored, and the import has the same outcomes', async () => {
    const before = await registrations();
    const preview = await send(file, { preview: true });
    expect(preview.statusCode).toBe(200);
    const expected = ['2 created', '3 updated', '4 created', '5 refused', '6 same', '7 refused', '8 created'];
    expect(results(preview)).toEqual(expected);
    expect(await registrations()).toEqual(before);
    const imported = await send(file);
    expect(results(imported)).toEqual(expected);
    expect(imported.json()).toMatchObject({
      state: 'done',
      rows: 7,
      done: 7,
      counts: { created: 3, updated: 1, same: 1, refused: 2 },
    });
    expect(imported.json().outcomes[3].problems).toEqual([
      {
        field: 'partner',
        message: 'There is no partner with the code "P-none". Write a partner code that exists.',
      },
      { field: 'customerName', message: 'Customer is required. Enter it.' },
      {
        field: 'amount',
        message:
          '"1.000,00" is not an amount. Write a plain decimal such as 50000.00, with the decimals of the currency.',
      },
    ]);
    expect(imported.json().outcomes[5].problems[0].message).toContain(
      'The row has 3 cells; the header has 7.',
    );
    const [event] = await http.deps.db.execute(
      sql`select actor, via from registration_event where registration_id = ${imported.json().outcomes[0].registrationId}`,
    );
    expect(event).toEqual({ actor: 'olaf@vendor.test', via: 'csv' });
  });

  test('says in the preview who is asked about each row and until when, as importing it does', async () => {
    const rival = `partner;Customer;Produktfamilie;key;customerCountry\nP-bolt;Nordwind Logistik GmbH;Network;p-1;DE\nP-acme;Freiland Obstbau;Network;p-2;DE\n`;
    const preview = await send(rival, { preview: true });
    const [waiting, approved] = preview.json().outcomes;
    expect(waiting).toMatchObject({
      result: 'created',
      preview: {
        state: 'in_review',
        route: 'Every deal',
        steps: [{ name: 'review', people: ['olga@scenario.example', 'omar@scenario.example'] }],
        decisionDue: '2026-06-17T08:00:00.000Z',
      },
    });
    expect(approved.preview).toMatchObject({ state: 'approved', decisionDue: null });
    const imported = await send(rival);
    const [row, other] = imported.json().outcomes;
    expect([row.preview, other.preview]).toEqual([null, null]);
    for (const [one, { state, decisionDue, steps }] of [
      [row, waiting.preview],
      [other, approved.preview],
    ]) {
      const read = await (
        await http.as('ops', 'olaf')
      )({ url: `/api/registrations/${one.registrationId}/lifecycle` });
      expect(read.json()).toMatchObject({ state });
      if (state === 'in_review') expect(read.json()).toMatchObject({ decisionDue, asked: steps[0].people });
    }
  });

  test('is the same the second time, also without keys', async () => {
    const plain = `partner,customerName,productFamily\nP-acme,Alpenblick Hotels AG,Network\nP-bolt,Ostwind GmbH,Network\n`;
    expect(results(await send(plain))).toEqual(['2 created', '3 created']);
    const before = await registrations();
    expect(results(await send(plain))).toEqual(['2 same', '3 same']);
    expect(await registrations()).toEqual(before);
  });

  test(
    'with more rows than a request waits for is imported by a worker, which continues where another was killed',
    { timeout: 90_000 },
    async () => {
      const rows = Array.from({ length: 30 }, (_, index) => `P-acme,Kunde ${index} Werkzeugbau GmbH,Network`);
      const answer = await send(`partner,customerName,productFamily\n${rows.join('\n')}\n`);
      expect(answer.json()).toMatchObject({ state: 'running', rows: 30, done: 0 });
      const { id } = answer.json();
      const killed = new Error('killed');
      const dies = processJob(http.deps, 'import-registrations', { importId: id }, async ({ done }) => {
        if (done >= 25) throw killed;
      });
      await expect(dies).rejects.toBe(killed);
      const olaf = await http.as('ops', 'olaf');
      const half = await olaf({ url: `/api/registrations/imports/${id}` });
      expect(half.json()).toMatchObject({ state: 'running', done: 25, counts: { created: 25 } });
      // Another process continues, and one that is delivered twice changes nothing.
      await Promise.all([
        processJob(http.deps, 'import-registrations', { importId: id }, async () => {}),
        processJob(http.deps, 'import-registrations', { importId: id }, async () => {}),
      ]);
      const end = await olaf({ url: `/api/registrations/imports/${id}?after=25` });
      expect(end.json()).toMatchObject({ state: 'done', done: 30, counts: { created: 30, same: 0 } });
      expect(end.json().outcomes).toHaveLength(6);
      const [stored] = await http.deps.db.execute(
        sql`select content from registration_import where id = ${id}`,
      );
      expect(stored).toEqual({ content: null });
    },
  );

  test.each([
    [
      'with an unknown column',
      'partner,custmerName,productFamily\nP-acme,A,B\n',
      'nearest name is "customername"',
    ],
    [
      'with a column twice',
      'partner,Customer,customerName\nP-acme,A,B\n',
      'there is another column for customerName',
    ],
    ['in an unknown encoding', Buffer.from([0x70, 0x2c, 0xe4, 0x0a]), 'The file is not UTF-8'],
    ['without a line', '', 'The file is empty'],
  ])('%s is refused as a whole, and the answer says what to change', async (_, content, sentence) => {
    const before = await http.deps.db.execute(sql`select count(*) from registration_import`);
    const answer = await send(content);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.message).toContain(sentence);
    expect(await http.deps.db.execute(sql`select count(*) from registration_import`)).toEqual(before);
  });

  test('in the encoding that the sender names is read, and JSON is not a file', async () => {
    const latin = Buffer.from(
      'partner,Kunde,Produktfamilie\nP-acme,M\u00fcller Werkzeuge KG,Network\n',
      'latin1',
    );
    expect((await send(latin)).statusCode).toBe(400);
    const read = await send(latin, { query: '&encoding=windows-1252' });
    expect(results(read)).toEqual(['2 created']);
    const olaf = await http.as('ops', 'olaf');
    expect((await olaf({ method: 'POST', url: '/api/registrations/import', payload: {} })).statusCode).toBe(
      400,
    );
  });
});
