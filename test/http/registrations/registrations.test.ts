import { parse } from 'csv-parse/sync';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usualDueAt } from '#src/db/registrations/registration-view.ts';
import { registration } from '#src/db/schema/channel.ts';
import { answerDueAt } from '#src/domain/registrations/response-deadline.ts';
import { type ConsoleData, seedConsole } from '#test/support/console-data.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';

let http: HttpTest;
let data: ConsoleData;
beforeAll(async () => {
  http = await startHttp();
  data = await seedConsole(http.deps);
});
afterAll(() => http[Symbol.asyncDispose]());

interface Listed {
  readonly id: string;
  readonly number: string;
}
const list = async (
  query: string,
): Promise<{ registrations: Listed[]; nextCursor: string | null; counts: Record<string, number> }> => {
  const response = await (await http.as('viewer'))({ url: `/api/registrations?${query}` });
  expect(response.statusCode).toBe(200);
  return response.json();
};
const numbers = async (query: string): Promise<string[]> =>
  (await list(query)).registrations.map((one) => one.number.slice(-1));
const detail = async (number: string) =>
  (await (await http.as('viewer'))({ url: `/api/registrations/${data.registrationIds.get(number)}` })).json();
const decide = async (number: string, decision: object, role: 'ops' | 'admin' = 'ops') => {
  const { shown } = await detail(number);
  return (await http.as(role))({
    method: 'POST',
    url: `/api/registrations/${data.registrationIds.get(number)}/decision`,
    payload: { ...decision, shown },
  });
};

describe('the queue', () => {
  test('shows what waits, the oldest first, and counts every status', async () => {
    expect(await numbers('status=waiting')).toEqual(['2', '3']);
    expect((await list('status=waiting')).counts).toEqual({
      submitted: 0,
      information_needed: 0,
      in_review: 2,
      approved: 3,
      rejected: 1,
      expired: 0,
      withdrawn: 0,
    });
  });

  test.each(['due', 'oldest', 'newest', 'score'])(
    'in pages of two, ordered by %s, shows each registration exactly once',
    async (sort) => {
      const all = await numbers(`sort=${sort}`);
      const paged: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page = await list(`sort=${sort}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
        paged.push(...page.registrations.map((one) => one.number.slice(-1)));
        cursor = page.nextCursor;
      }
      expect(paged).toEqual(all);
      expect([...paged].sort()).toEqual(['1', '2', '3', '4', '5', '6']);
    },
  );

  test('finds part of a number, a partner, a customer or a domain, in any letter case', async () => {
    expect(await numbers('search=0004')).toEqual(['4']);
    expect(await numbers('search=kestrel')).toEqual(['3']);
    expect(await numbers('search=QUILLMARK')).toEqual(['4']);
    expect(await numbers('search=osterberg-pharma.de')).toEqual(['5', '6']);
  });

  test('searches for a percent sign as it is', async () => {
    expect(await numbers('search=%25')).toEqual([]);
  });

  test('refuses a cursor it did not give', async () => {
    const forged = Buffer.from(JSON.stringify(["x'; drop table registration; --", data.runId])).toString(
      'base64url',
    );
    for (const cursor of ['nonsense', forged]) {
      expect(
        (await (await http.as('viewer'))({ url: `/api/registrations?cursor=${cursor}` })).statusCode,
      ).toBe(400);
    }
  });

  test('orders by the promised time, and shows only what is late', async () => {
    expect(await numbers('status=waiting&sort=due')).toEqual(['2', '3']);
    expect(await numbers('answer=late')).toEqual(['2']);
    expect(await numbers('answer=late&status=approved')).toEqual([]);
  });

  test('knows the promised time of every instant as the pages do', async () => {
    const first = Date.UTC(2026, 9, 19, 0, 59);
    const expected = Array.from({ length: 15 * 24 }, (_, hour) =>
      answerDueAt(new Date(first + hour * 3_600_000)).getTime(),
    );
    for (const timezone of ['UTC', 'America/New_York']) {
      const rows = await http.deps.db.transaction(async (tx) => {
        await tx.execute(sql.raw(`set local timezone to '${timezone}'`));
        return tx.execute<{ due: string }>(sql`
          select extract(epoch from ${usualDueAt(sql`at`)}) * 1000 as due
          from generate_series(${new Date(first).toISOString()}::timestamptz, '2026-11-02T23:59:00Z', interval '1 hour') as list (at)`);
      });
      expect(rows.map(({ due }) => Number(due))).toEqual(expected);
    }
  });

  test('is a CSV file of what the filter shows, without formulas', async () => {
    const csv = async (query: string) => {
      const answer = await (await http.as('viewer'))({ url: `/api/registrations/csv?${query}` });
      expect(answer.headers['content-disposition']).toBe('attachment; filename="registrations.csv"');
      return parse(answer.body, { columns: true }) as Record<string, string>[];
    };
    expect(await csv('status=waiting')).toMatchObject([
      { number: 'DR-2026-0002', status: 'in_review', late: 'yes' },
      {
        number: 'DR-2026-0003',
        late: 'no',
        answer_due: '2026-11-19T10:00:00.000Z',
        amount: '240000.00',
        currency: 'USD',
      },
    ]);
    expect(await csv('')).toHaveLength(6);
    const id = data.registrationIds.get('DR-2026-0003') ?? '';
    const named = (customerName: string) =>
      http.deps.db.update(registration).set({ customerName }).where(eq(registration.id, id)).returning();
    const [before] = await http.deps.db.select().from(registration).where(eq(registration.id, id));
    await named('=HYPERLINK("http://evil.example")');
    expect((await csv('search=0003'))[0]?.['customer']).toBe(`'=HYPERLINK("http://evil.example")`);
    await named(before?.customerName ?? '');
  });

  test('marks what is past the promise', async () => {
    const { registrations } = await list('status=waiting');
    expect(registrations).toMatchObject([
      { number: 'DR-2026-0002', overdue: true },
      {
        number: 'DR-2026-0003',
        overdue: false,
        answerDueAt: '2026-11-19T10:00:00.000Z',
        amount: { amount: '240000.00', currency: 'USD' },
      },
    ]);
  });
});

describe('a registration', () => {
  test('is shown next to each rival with the rules’ sentences and the evidence field by field', async () => {
    const { conflictCase } = await detail('DR-2026-0002');
    expect(conflictCase).toMatchObject({ outcome: 'review', programVersion: 1 });
    const [entry] = conflictCase.rivals;
    expect(entry.rival).toMatchObject({
      kind: 'registration',
      number: 'DR-2026-0001',
      partnerName: 'Northwind Systems',
    });
    expect(entry.findings).toContainEqual({
      rule: 'earlier_registration',
      effect: 'review',
      message: expect.stringContaining('DR-2026-0001'),
    });
    expect(entry.rival.match.evidence).toContainEqual({
      field: 'domain',
      left: 'halvorsen-shipping.no',
      right: 'halvorsen-shipping.no',
      level: 'exact',
      weight: expect.any(Number),
    });
    expect(entry.crm[0]).toMatchObject({
      system: 'salesforce',
      url: 'https://vendor.my.salesforce.com/lightning/r/Fairway_Registration__c/a015f000000AAA/view',
    });
  });

  test('says of each CRM field what it should hold, what it holds and how far the writing is', async () => {
    const states = async (number: string) => (await detail(number)).writeBack[0].fields;
    expect(await states('DR-2026-0001')).toEqual([
      { name: 'Status__c', desired: 'approved', current: 'approved', state: 'written' },
    ]);
    expect(await states('DR-2026-0002')).toContainEqual({
      name: 'Status__c',
      desired: 'in_review',
      current: 'submitted',
      state: 'waiting',
    });
    expect(await states('DR-2026-0003')).toEqual([
      { name: 'Status__c', desired: 'in_review', current: 'submitted', state: 'refused' },
    ]);
    expect((await detail('DR-2026-0003')).writeBack[0].failure).toMatchObject({
      message: 'Closed deals are read-only.',
    });
  });

  test('that does not exist is not found; an id that is none is a bad request', async () => {
    const viewer = await http.as('viewer');
    expect((await viewer({ url: `/api/registrations/${data.runId}` })).statusCode).toBe(404);
    expect((await viewer({ url: '/api/registrations/1' })).statusCode).toBe(400);
  });
});

describe('a decision', () => {
  test('to reject needs a reason', async () => {
    expect((await decide('DR-2026-0003', { decision: 'reject', reason: '  ' })).statusCode).toBe(400);
  });

  test('approves, protects for the programme’s window, and can be undone', async () => {
    const approved = await decide('DR-2026-0003', { decision: 'approve', reason: 'Agreed with sales.' });
    expect(approved.json()).toEqual({ status: 'approved', protectedUntil: '2027-02-16' });
    const shown = await detail('DR-2026-0003');
    expect(shown).toMatchObject({
      status: 'approved',
      decidedBy: 'ops',
      reason: 'Agreed with sales.',
      overdue: false,
    });
    expect(shown.history[0]).toMatchObject({
      actor: 'ops',
      action: 'registration.approved',
      subject: 'DR-2026-0003',
    });
    expect((await decide('DR-2026-0003', { decision: 'reopen' })).json()).toEqual({
      status: 'in_review',
      protectedUntil: null,
    });
  });

  test('that the registration’s status does not allow is a conflict', async () => {
    const response = await decide('DR-2026-0006', { decision: 'approve' });
    expect(response.statusCode).toBe(409);
    expect(response.json().error.message).toContain('rejected');
  });

  test('of a kind that does not exist is a bad request', async () => {
    expect((await decide('DR-2026-0003', { decision: 'delete' })).statusCode).toBe(400);
  });
});

test('a typed date is confirmed with the evidence, and the page shows from when precedence counts', async () => {
  const id = data.registrationIds.get('DR-2026-0003') ?? '';
  const createdAt = new Date('2026-11-18T08:00:00Z');
  await http.deps.db
    .update(registration)
    .set({ createdAt, status: 'in_review' })
    .where(eq(registration.id, id));
  const before = await detail('DR-2026-0003');
  expect(before).toMatchObject({ precedenceAt: createdAt.toISOString(), isDateConfirmed: false });
  const confirm = async (reason: string) =>
    (await http.as('ops'))({
      method: 'POST',
      url: `/api/registrations/${id}/confirm-date`,
      payload: { reason, shown: before.shown },
    });
  expect((await confirm('  ')).body).toContain('Enter the evidence');
  expect((await confirm('Imported from the old portal.')).json()).toEqual({
    precedenceAt: before.submittedAt,
  });
  expect(await detail('DR-2026-0003')).toMatchObject({
    precedenceAt: before.submittedAt,
    isDateConfirmed: true,
  });
});
