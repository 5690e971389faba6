import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleData, seedConsole } from '#test/support/console-data.ts';
import { jobsWaiting } from '#test/support/queries.ts';
import { seedSync } from '#test/support/sync-data.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';

let http: HttpTest;
let data: ConsoleData;
beforeAll(async () => {
  http = await startHttp();
  data = await seedConsole(http.deps);
  await seedSync(http.deps, data);
});
afterAll(() => http[Symbol.asyncDispose]());

const urlOf = (number: string) => `/api/registrations/${data.registrationIds.get(number)}`;
const detail = async (number: string) => (await (await http.as('viewer'))({ url: urlOf(number) })).json();
/** By somebody who has the page before them. */
const edit = async (number: string, values: object, role: 'ops' | 'viewer' = 'ops') =>
  (await http.as(role))({
    method: 'PATCH',
    url: urlOf(number),
    payload: { values, expectedValues: await currentValues(number, values) },
  });
const currentValues = async (number: string, values: object) => {
  const { editable } = await detail(number);
  const shown = new Map<string, unknown>(
    editable.map((one: { field: string; value: unknown }) => [one.field, one.value]),
  );
  return Object.fromEntries(Object.keys(values).map((field) => [field, shown.get(field) ?? null]));
};

describe('what may be changed of a registration', () => {
  test('is what its mapping says goes both ways, each with the rule for conflicts', async () => {
    const { editable } = await detail('DR-2026-0001');
    expect(editable.map((one: { field: string }) => one.field).sort()).toEqual([
      'amount',
      'contactEmail',
      'customerCountry',
      'customerDomain',
      'customerName',
      'dealType',
      'expectedClose',
      'productFamily',
    ]);
    expect(editable).toContainEqual({
      field: 'amount',
      label: null,
      type: 'decimal',
      values: null,
      required: false,
      value: '84000.00',
      policy: 'ask',
      connection: 'Salesforce',
      hasOpenConflict: false,
    });
    expect(editable).toContainEqual(
      expect.objectContaining({ field: 'customerName', required: true, policy: 'crm' }),
    );
  });

  test('waits where a person is asked which value wins', async () => {
    const { editable } = await detail('DR-2026-0002');
    expect(editable.filter((one: { hasOpenConflict: boolean }) => one.hasOpenConflict)).toMatchObject([
      { field: 'amount' },
    ]);
    const refused = await edit('DR-2026-0002', { amount: '1.00' });
    expect(refused.statusCode).toBe(409);
    expect(refused.json().error.fields).toEqual({ amount: expect.stringContaining('Conflicts') });
  });
});

describe('an edit', () => {
  test('changes the registration at once, is on its timeline with its fields, and is on its way to the CRM', async () => {
    const values = { contactEmail: 'cfo@halvorsen-shipping.no', amount: '85250' };
    expect((await edit('DR-2026-0001', values)).json()).toEqual({ changed: ['contactEmail', 'amount'] });
    expect(await detail('DR-2026-0001')).toMatchObject({
      contactEmail: 'cfo@halvorsen-shipping.no',
      amount: { amount: '85250.00', currency: 'USD' },
    });
    expect(await jobsWaiting(http.deps.db, 'write-back')).toBe(1);
    const { entries } = (
      await (
        await http.as('viewer')
      )({ url: `/api/records/registration/${data.registrationIds.get('DR-2026-0001')}/timeline` })
    ).json();
    const [act] = entries.filter(
      (one: { type: string; action?: string }) => one.action === 'registration.edited',
    );
    expect(act).toMatchObject({ actor: 'ops', changes: [], fields: ['contactEmail', 'amount'] });
  });

  test('that changes nothing puts nothing out', async () => {
    expect((await edit('DR-2026-0004', { productFamily: 'Platform' })).json()).toEqual({ changed: [] });
    expect(await jobsWaiting(http.deps.db, 'write-back')).toBe(1);
  });

  test('of a field that was changed since the page was shown is refused at that field, with its value now', async () => {
    const payload = {
      values: { productFamily: 'Late' },
      expectedValues: await currentValues('DR-2026-0004', { productFamily: '' }),
    };
    await edit('DR-2026-0004', { productFamily: 'Quicker' });
    const refused = await (await http.as('ops'))({ method: 'PATCH', url: urlOf('DR-2026-0004'), payload });
    expect(refused.statusCode).toBe(409);
    expect(refused.json().error.fields).toEqual({
      productFamily: expect.stringMatching(/is "Quicker" now.*edit it again/),
    });
    expect(await detail('DR-2026-0004')).toMatchObject({ productFamily: 'Quicker' });
    await edit('DR-2026-0004', { productFamily: 'Platform' });
  });

  test('that the CRM could not hold is refused at its field', async () => {
    const refused = await edit('DR-2026-0004', { amount: 'a lot' });
    expect(refused.statusCode).toBe(400);
    expect(refused.json().error.fields).toEqual({ amount: expect.any(String) });
    const unknown = await edit('DR-2026-0004', { status: 'approved' });
    expect(unknown.statusCode).toBe(400);
    expect(unknown.json().error.fields).toEqual({ status: expect.stringContaining('customerName') });
  });

  test('is not for viewers', async () => {
    expect((await edit('DR-2026-0004', { productFamily: 'Other' }, 'viewer')).statusCode).toBe(403);
  });
});
