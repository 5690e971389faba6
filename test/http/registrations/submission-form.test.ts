import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programJsonSchema, type ProgramDocument } from '#src/domain/program/document/document.ts';
import { startHttp, type HttpTest } from '#test/http/http-test.ts';
import {
  lifecycleFixture,
  type LifecycleFixture,
} from '#test/operations/registrations/lifecycle/lifecycle-fixture.ts';
import { programText, publishProgram } from '#test/operations/program/program-fixture.ts';

const now = '2026-06-15T08:00:00Z';

/** Competitors are always required, a special-price id for large deals, a distributor when one is involved. */
export const withForm = ({ form }: ProgramDocument): Partial<ProgramDocument> => ({
  form: {
    fields: [
      ...form.fields,
      {
        name: 'competitors',
        label: { en: 'Competitors', de: 'Wettbewerber' },
        type: 'choices',
        required: true,
        choices: [
          { code: 'northern', en: 'Northern Cables', de: 'Nordkabel' },
          { code: 'none', en: 'Nobody', de: 'Niemand' },
        ],
      },
      {
        name: 'specialPriceId',
        label: { en: 'Special price', de: 'Sonderpreis' },
        type: 'text',
        longest: 20,
        required: false,
        requiredWhen: { deal: { amountFrom: ['100000.00 EUR'] } },
      },
      {
        name: 'twoTier',
        label: { en: 'Two tiers', de: 'Zweistufig' },
        type: 'yesNo',
        required: false,
      },
      {
        name: 'distributor',
        label: { en: 'Distributor', de: 'Distributor' },
        type: 'partner',
        role: 'distributor',
        required: false,
        requiredWhen: { field: { name: 'twoTier', is: ['yes'] } },
      },
    ],
  },
});

let http: HttpTest;
let fixture: LifecycleFixture;
let olaf: Awaited<ReturnType<HttpTest['as']>>;
beforeAll(async () => {
  http = await startHttp({ now });
  fixture = await lifecycleFixture(http.deps, now);
  await http.deps.db.execute(
    sql`update partner set code = 'D-7' where id = ${fixture.partners['bolt'] ?? ''}`,
  );
  await publishProgram(http.deps, programText(withForm));
  olaf = await http.as('ops', 'olaf');
});
afterAll(() => http[Symbol.asyncDispose]());

let count = 0;
const submit = (terms: object) =>
  olaf({
    method: 'POST',
    url: '/api/registrations',
    payload: { partner: fixture.partners['acme'], key: `order ${(count += 1)}`, terms },
  });
const lifecycleOf = async (id: string) => (await olaf({ url: `/api/registrations/${id}/lifecycle` })).json();
const edit = (id: string, fields: Readonly<Record<string, string>>) =>
  olaf({ method: 'POST', url: `/api/registrations/${id}/moves`, payload: { move: 'edit', fields } });
const deal = (customerName: string, more: object = {}) => ({
  customerName,
  productFamily: 'Network',
  amount: '50000.00',
  currency: 'EUR',
  competitors: ['none', 'Nordkabel'],
  ...more,
});

describe('the form of the programme', () => {
  test('names every problem of a submission at once, each with its field and what to write', async () => {
    const answer = await submit({
      productFamily: 'Network',
      amount: '120.000,00',
      currency: 'EUR',
      competitors: 'nothern',
      twoTier: 'yes',
      expectedClose: 'soon',
      specialPrice: 'X-1',
    });
    expect(answer.statusCode).toBe(400);
    const { error } = answer.json();
    expect(error.fields).toEqual({
      customerName: 'Customer is required. Enter it.',
      amount:
        '"120.000,00" is not an amount. Write a plain decimal such as 50000.00, with the decimals of the currency.',
      expectedClose: '"soon" is not a date. Write it such as 2026-12-31.',
      competitors: '"nothern" is not among the choices. The nearest is "northern".',
      distributor: 'Distributor is required. Enter it.',
      specialPrice: 'There is no such field. The nearest name is "specialPriceId".',
    });
    expect(error.detail).toMatchObject({ reason: 'field_missing', fields: ['customerName', 'distributor'] });
  });

  test('asks for a field only of the deals that need it', async () => {
    const small = await submit(deal('Nordwind Logistik GmbH'));
    expect(small.json()).toMatchObject({ result: 'created' });
    const large = await submit(deal('Bergmann Maschinenbau AG', { amount: '100000.00' }));
    expect(large.json().error.fields).toEqual({ specialPriceId: 'Special price is required. Enter it.' });
    const other = await submit(
      deal('Bergmann Maschinenbau AG', { amount: '100000.00', specialPriceId: 'SP 1' }),
    );
    expect(other.json()).toMatchObject({ result: 'created' });
  });

  test('stores added fields with the registration, which shows them and lets them be edited', async () => {
    const unknown = await submit(deal('Seehafen Spedition GmbH', { twoTier: 'ja', distributor: 'D-8' }));
    expect(unknown.json().error.fields).toEqual({
      distributor: 'There is no partner with the code "D-8". Write the partner code of the distributor.',
    });
    const sent = await submit(deal('Seehafen Spedition GmbH', { twoTier: 'ja', distributor: 'D-7' }));
    const { id } = sent.json();
    const shown = await lifecycleOf(id);
    expect(shown.terms).toMatchObject({
      competitors: 'northern; none',
      twoTier: 'yes',
      distributor: 'D-7',
    });
    expect(shown.editableFields).toContain('competitors');
    expect((await edit(id, { competitors: 'everybody' })).json().error.fields).toEqual({
      competitors: '"everybody" is not among the choices. Write one of northern, none.',
    });
    expect((await edit(id, { competitors: '' })).json().error.fields).toEqual({
      competitors: 'Competitors is required. Write some of northern, none.',
    });
    expect((await edit(id, { competitors: 'NONE' })).statusCode).toBe(200);
    expect(await lifecycleOf(id)).toMatchObject({ version: 2, terms: { competitors: 'none' } });
    // A deal that becomes large needs the special price from then on.
    expect((await edit(id, { amount: '100000.00' })).json().error.fields).toEqual({
      specialPriceId: 'Special price is required. Enter it.',
    });
  });

  test('is the one of the version at the submission for a registration, and the one in force for a new one', async () => {
    const before = (await submit(deal('Alpenblick Hotels AG'))).json().id;
    await publishProgram(
      http.deps,
      programText((document) => {
        const { form } = withForm(document);
        return { form: { fields: (form?.fields ?? []).filter(({ name }) => name !== 'competitors') } };
      }),
    );
    const refused = await submit(deal('Talbrücke Energie GmbH'));
    expect(refused.json().error.fields).toEqual({
      competitors: expect.stringContaining('There is no such field. Remove it.'),
    });
    const created = await submit(deal('Talbrücke Energie GmbH', { competitors: undefined }));
    expect(created.json()).toMatchObject({ result: 'created' });
    expect((await lifecycleOf(before)).editableFields).toContain('competitors');
    expect((await lifecycleOf(created.json().id)).editableFields).not.toContain('competitors');
    await publishProgram(http.deps, programText(withForm));
  });

  test('is shown in a language, with a JSON Schema for senders', async () => {
    const german = await olaf({ url: '/api/registrations/form?language=de' });
    expect(german.statusCode).toBe(200);
    const { fields, schema, version } = german.json();
    expect(version).toBeGreaterThan(1);
    expect(fields.find(({ name }: { name: string }) => name === 'competitors')).toEqual({
      name: 'competitors',
      label: 'Wettbewerber',
      type: 'choices',
      required: true,
      requiredWhen: null,
      choices: [
        { code: 'northern', label: 'Nordkabel' },
        { code: 'none', label: 'Niemand' },
      ],
      longest: 1000,
      role: null,
    });
    expect(fields.find(({ name }: { name: string }) => name === 'distributor')).toMatchObject({
      requiredWhen: 'twoTier = yes',
      role: 'distributor',
    });
    expect(schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['customerName', 'productFamily', 'competitors'],
      properties: { competitors: { type: 'array', title: 'Wettbewerber' }, amount: { type: 'string' } },
      allOf: [
        {
          if: { required: ['twoTier'], properties: { twoTier: { enum: ['yes'] } } },
          // oxlint-disable-next-line unicorn/no-thenable
          then: { required: ['distributor'] },
        },
      ],
    });
    expect(JSON.stringify(programJsonSchema())).toContain('requiredWhen');
  });
});
