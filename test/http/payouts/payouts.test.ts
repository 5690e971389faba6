import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ratePercentText, traceAnswer } from '#src/http/payouts/trace.ts';
import { seedConsole } from '#test/support/console-data.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';

let http: HttpTest;
let batchId: string;
beforeAll(async () => {
  http = await startHttp();
  await seedConsole(http.deps);
  batchId = (await get('/api/payouts')).batches[0].id;
});
afterAll(() => http[Symbol.asyncDispose]());

const get = async (url: string) => (await (await http.as('viewer'))({ url })).json();
const step = async (name: string, person: string) => {
  const { shown } = await get(`/api/payouts/${batchId}`);
  return (await http.as('finance', person))({
    method: 'POST',
    url: `/api/payouts/${batchId}/${name}`,
    payload: { shown },
  });
};

test('batches come with their total as exact money', async () => {
  expect((await get('/api/payouts')).batches).toMatchObject([
    {
      key: '2026-10-USD',
      period: '2026-10',
      status: 'draft',
      total: { amount: '42207.50', currency: 'USD' },
      itemCount: 4,
    },
  ]);
});

test('the items of a batch add up to its total, and the lines of an item to the item', async () => {
  const batch = await get(`/api/payouts/${batchId}`);
  const cents = (amount: string): number => Number(amount.replace('.', ''));
  const sum = (rows: readonly { amount: { amount: string } }[]): number =>
    rows.reduce((total, row) => total + cents(row.amount.amount), 0);
  expect(sum(batch.items)).toBe(cents(batch.total.amount));
  for (const item of batch.items) {
    const { lines, complete } = await get(`/api/payouts/${batchId}/items/${item.id}`);
    expect(complete).toBe(true);
    expect(sum(lines)).toBe(cents(item.amount.amount));
  }
});

test('a line says how its amount came about', async () => {
  const batch = await get(`/api/payouts/${batchId}`);
  const northwind = batch.items.find(
    (item: { partnerName: string }) => item.partnerName === 'Northwind Systems',
  );
  const { lines } = await get(`/api/payouts/${batchId}/items/${northwind.id}`);
  expect(lines[0]).toMatchObject({
    documentKind: 'invoice',
    amount: { amount: '20625.00', currency: 'USD' },
    trace: {
      document: 'INV-101',
      basis: { amount: '412500.00', currency: 'USD' },
      rate: '5 %',
      tier: 'Registered',
      tierAsOf: '2026-10-01',
    },
  });
});

test('the lines of an item are not shown under another batch', async () => {
  const [item] = (await get(`/api/payouts/${batchId}`)).items;
  expect((await get(`/api/payouts/01890000-0000-7000-8000-000000000000/items/${item.id}`)).lines).toEqual([]);
});

test('two people take a batch from draft to export; the one who submitted it cannot approve it', async () => {
  expect((await step('approve', 'Ada')).statusCode).toBe(409);
  expect((await step('submit', 'Ada')).statusCode).toBe(200);
  const response = await step('approve', 'Ada');
  expect(response.statusCode).toBe(403);
  expect(response.json().error.message).toContain('another person must approve');
  expect((await step('approve', 'Grace')).statusCode).toBe(200);
  expect((await step('export', 'Ada')).statusCode).toBe(200);
  expect(await get(`/api/payouts/${batchId}`)).toMatchObject({
    status: 'exported',
    submittedBy: 'Ada',
    approvedBy: 'Grace',
  });
});

test('an approved batch can be returned to draft, which voids the approval; an exported one cannot', async () => {
  await using other = await startHttp();
  await seedConsole(other.deps);
  const finance = async (person: string) => other.as('finance', person);
  const { batches } = (await (await finance('Ada'))({ url: '/api/payouts' })).json();
  const url = `/api/payouts/${batches[0].id}`;
  const change = async (name: string, person: string) => {
    const { shown } = (await (await finance(person))({ url })).json();
    return (await finance(person))({ method: 'POST', url: `${url}/${name}`, payload: { shown } });
  };
  await change('submit', 'Ada');
  await change('approve', 'Grace');
  expect((await change('return', 'Ada')).statusCode).toBe(200);
  const returned = (await (await finance('Ada'))({ url: `/api/payouts/${batches[0].id}` })).json();
  expect(returned).toMatchObject({ status: 'draft', submittedBy: null, approvedBy: null });
  expect((await change('export', 'Ada')).statusCode).toBe(409);
  expect((await step('return', 'Ada')).statusCode).toBe(409);
});

test('the page knows that the asking person cannot approve', async () => {
  const asFinance = async (name: string) =>
    (await (await http.as('finance', name))({ url: `/api/payouts/${batchId}` })).json();
  expect((await asFinance('Ada')).needsAnotherApprover).toBe(true);
  expect((await asFinance('Grace')).needsAnotherApprover).toBe(false);
});

test('the file downloads as CSV under a name that is safe everywhere', async () => {
  const response = await (await http.as('finance'))({ url: `/api/payouts/${batchId}/csv` });
  expect(response.statusCode).toBe(200);
  expect(response.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(response.headers['content-disposition']).toBe('attachment; filename="payouts-2026-10-USD.csv"');
  expect(response.body).toContain('30025.00');
});

describe('a trace', () => {
  test('gives its rate as a percentage without a float', () => {
    expect(ratePercentText([75n, 1000n])).toBe('7.5 %');
    expect(ratePercentText([12n, 100n])).toBe('12 %');
    expect(ratePercentText([1n, 3n])).toBe('33.333333 %');
    expect(ratePercentText([1n, 1_000_000n])).toBe('0.0001 %');
    expect(ratePercentText([-5n, 100n])).toBe('-5 %');
  });

  test('that is not one of a calculation is left out', () => {
    expect(traceAnswer(null, 'USD')).toBeNull();
    expect(traceAnswer({ payout: 'x' }, 'USD')).toBeNull();
  });
});
