import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connector } from '#connectors/contract/connector.ts';
import { saveDrift } from '#src/db/mappings/drift-store.ts';
import type { Role } from '#src/db/schema/people.ts';
import { parse } from 'yaml';
import { type ConsoleData, seedConsole } from '#test/support/console-data.ts';
import { describedFor } from '#test/operations/mappings/described.ts';
import { type HttpTest, type Request, startHttp } from '#test/http/http-test.ts';

let http: HttpTest;
let data: ConsoleData;
/** Objects the vendor was asked about. */
const described: string[] = [];
beforeAll(async () => {
  const describe = async (object: string) => {
    described.push(object);
    return describedFor(http.deps, object);
  };
  const connectorFor = () => ({ describe }) as Partial<Connector> as Connector;
  http = await startHttp({ connectorFor });
  data = await seedConsole(http.deps);
});
afterAll(() => http[Symbol.asyncDispose]());

const ask = async (role: Role, name: string, request: Request) => (await http.as(role, name))(request);
const account = (rest = '') => `/api/mappings/${data.salesforceId}/Account${rest}`;
const opportunity = (rest = '') => `/api/mappings/${data.salesforceId}/Opportunity${rest}`;
const get = async (url: string) => (await ask('viewer', 'viewer', { url })).json();
const olga = (request: Request) => ask('ops', 'olga', request);
const piet = (request: Request) => ask('ops', 'piet', request);
const post = (url: string, payload: object = {}): Request => ({ method: 'POST', url, payload });
const shownOf = async (url: string) => (await get(url)).open?.shown;
const put = (url: string, payload: object): Request => ({ method: 'PUT', url, payload });

describe('the list', () => {
  test('names what is in force of each connection, and keeps the shipped mappings by system', async () => {
    const { systems, mappings } = await get('/api/mappings');
    expect(systems.map((one: { system: string }) => one.system)).toEqual(['salesforce', 'hubspot', 'files']);
    expect(mappings).toContainEqual({
      connectionId: data.salesforceId,
      connection: 'Salesforce',
      system: 'salesforce',
      object: 'Opportunity',
      kind: 'opportunity',
      version: expect.any(Number),
      custom: false,
      enabled: true,
      fieldCount: expect.any(Number),
      open: null,
      driftCount: 0,
    });
  });
});

describe('one mapping', () => {
  test('is shown to who may only look without a call to the vendor, and to an editor with what the vendor says', async () => {
    const asked = described.length;
    const product = `/api/mappings/${data.salesforceId}/Product2`;
    const seen = await get(product);
    expect(described.length).toBe(asked);
    expect(seen).toMatchObject({
      objectLabel: 'Product2',
      remoteFields: [],
      live: { problems: [], pack: { object: 'Product2' } },
    });
    expect((await olga({ url: product })).json().remoteFields.length).toBeGreaterThan(0);
    expect(described.slice(asked)).toEqual(['Product2']);
    expect((await get(product)).remoteFields.length).toBeGreaterThan(0);
    expect(described.length).toBe(asked + 1);
  });

  test('has both sides’ fields, what is live and the catalogue of transforms', async () => {
    const page = (await olga({ url: account() })).json();
    expect(page).toMatchObject({
      connection: { name: 'Salesforce', system: 'salesforce' },
      object: 'Account',
      kind: 'account',
      open: null,
    });
    expect(page.live).toMatchObject({
      custom: false,
      status: 'shipped',
      problems: [],
      pack: { object: 'Account' },
    });
    expect(page.remoteFields).toContainEqual(
      expect.objectContaining({ name: 'Website', type: 'text', updateable: true, values: null }),
    );
    expect(page.ourFields).toContainEqual({
      name: 'trailingRevenue',
      label: 'Trailing revenue',
      type: 'decimal',
      required: false,
      owner: 'fairway',
      to: null,
      extra: false,
      values: null,
    });
    const lookup = page.transforms.find((one: { name: string }) => one.name === 'lookup');
    expect(lookup).toMatchObject({
      label: 'Picklist values',
      options: { type: 'object', properties: { map: expect.anything() } },
    });
    expect(page.history).toMatchObject([{ status: 'shipped', version: page.live.version }]);
  });

  test('says what has changed in the CRM since its version was first held against it', async () => {
    const { version } = (await get(opportunity())).live;
    const finding = {
      change: 'deleted',
      remote: 'StageName',
      locals: ['stage'],
      renamedTo: null,
      stopsSync: true,
      message: 'It is gone.',
      fix: 'Map another.',
    };
    const place = { connectionId: data.salesforceId, object: 'Opportunity', kind: 'opportunity' as const };
    const at = http.deps.clock();
    const baseline = describedFor(http.deps, 'Opportunity');
    await saveDrift(http.deps.db, {
      ...place,
      version,
      baseline,
      findings: [finding],
      alertHash: 'x',
      foundAt: at,
      checkedAt: at,
    });
    expect((await get(opportunity())).drift).toMatchObject({
      findings: [
        {
          change: 'deleted',
          remote: 'StageName',
          locals: ['stage'],
          renamedTo: null,
          stopsSync: true,
          message: 'It is gone.',
          fix: 'Map another.',
        },
      ],
    });
    expect((await get('/api/mappings')).mappings).toContainEqual(
      expect.objectContaining({ object: 'Opportunity', driftCount: 1 }),
    );
  });

  test('suggests mappings for the fields that are not mapped', async () => {
    const { suggestions, sampleCount, sampleProblem } = (
      await olga({ url: `${opportunity('/suggestions')}` })
    ).json();
    expect({ suggestions, sampleCount, sampleProblem }).toMatchObject({
      suggestions: expect.any(Array),
      sampleCount: expect.any(Number),
    });
    expect((await ask('viewer', 'viewer', { url: opportunity('/suggestions') })).statusCode).toBe(403);
  });

  test('of an object that nothing is mapped to is not there', async () => {
    expect(
      (await ask('viewer', 'viewer', { url: `/api/mappings/${data.salesforceId}/Asset` })).statusCode,
    ).toBe(404);
    expect((await ask('viewer', 'viewer', { url: `/api/mappings/${data.runId}/Account` })).statusCode).toBe(
      404,
    );
  });

  test('finds records to try it on, by name or by the vendor’s id', async () => {
    const registration = (rest: string) =>
      `/api/mappings/${data.salesforceId}/Fairway_Registration__c/records${rest}`;
    const { records } = await get(registration(''));
    const named = records.find((one: { name: string | null }) => one.name !== null);
    expect(named).toMatchObject({ ref: expect.any(String), name: expect.stringMatching(/^DR-/) });
    expect((await get(registration(`?search=${named.ref}`))).records).toEqual([named]);
    expect((await get(registration(`?search=${named.name.toLowerCase()}`))).records).toEqual([named]);
  });
});

describe('a mapping’s way from draft to live', () => {
  test('is open to those who may, and to no one else', async () => {
    for (const role of ['viewer', 'finance'] as const) {
      expect((await ask(role, role, post(account('/draft')))).statusCode).toBe(403);
      expect((await ask(role, role, post(account('/draft/approve'), { version: 1 }))).statusCode).toBe(403);
    }
    expect((await olga(post(account('/rollback'), { version: 1, reason: 'No', shown: {} }))).statusCode).toBe(
      403,
    );
    expect((await ask('viewer', 'viewer', { url: account() })).statusCode).toBe(200);
  });

  test('goes through saving, handing in and somebody else’s approval, and back by an admin', async () => {
    const drafted = (await olga(post(account('/draft')))).json();
    expect(drafted).toMatchObject({ status: 'draft', revision: 1, createdBy: 'olga', problems: [] });
    const pack = {
      ...drafted.pack,
      fields: drafted.pack.fields.filter((field: { local: string }) => field.local !== 'phone'),
    };

    const saved = (await olga(put(account('/draft'), { pack, revision: 1 }))).json();
    expect(saved).toMatchObject({ revision: 2, updatedBy: 'olga' });
    const stale = await piet(put(account('/draft'), { pack, revision: 1 }));
    expect([stale.statusCode, stale.json().error.message]).toEqual([
      409,
      expect.stringContaining('olga saved this draft at'),
    ]);

    expect((await get(account('/difference'))).lines).toEqual([
      { change: 'removed', local: 'phone', remote: 'Phone', message: expect.stringContaining('Phone') },
    ]);
    expect(
      (await olga(post(account('/draft/submit'), { revision: 2, note: 'No phones' }))).json(),
    ).toMatchObject({
      status: 'submitted',
      note: 'No phones',
    });
    expect((await get('/api/mappings')).mappings).toContainEqual(
      expect.objectContaining({
        object: 'Account',
        open: expect.objectContaining({ status: 'submitted', by: 'olga' }),
      }),
    );
    const seen = async (who: typeof olga) => (await who({ url: account() })).json().open;
    expect(await seen(olga)).toMatchObject({
      mayApprove: false,
      approvalBlocker: 'You submitted this mapping; another person must approve it.',
    });
    expect(await seen(piet)).toMatchObject({ mayApprove: true, approvalBlocker: null });

    const { version } = saved;
    const shown = await shownOf(account());
    expect((await olga(post(account('/draft/approve'), { version, shown }))).statusCode).toBe(403);
    expect((await piet(post(account('/draft/approve'), { version, shown }))).json()).toMatchObject({
      status: 'live',
      decidedBy: 'piet',
    });
    expect((await get(account())).live).toMatchObject({ version, custom: true, submittedBy: 'olga' });

    const back = await ask(
      'admin',
      'ada',
      post(account('/rollback'), {
        version: drafted.basedOn,
        reason: 'Phones are missed',
        shown: (await get(account())).liveShown,
      }),
    );
    expect(back.json()).toMatchObject({
      status: 'live',
      version: version + 1,
      restores: drafted.basedOn,
      decidedBy: 'ada',
    });
    expect((await get(account())).history.map((one: { status: string }) => one.status)).toEqual([
      'live',
      'retired',
      'shipped',
    ]);
  });

  test('ends with a reason where somebody rejects it, or without a trace where the draft is discarded', async () => {
    const { version } = (await olga(post(opportunity('/draft')))).json();
    await olga(post(opportunity('/draft/submit'), { revision: 1 }));
    const shown = await shownOf(opportunity());
    expect((await piet(post(opportunity('/draft/reject'), { version, shown }))).statusCode).toBe(400);
    expect(
      (await piet(post(opportunity('/draft/reject'), { version, reason: 'Not now', shown }))).json(),
    ).toMatchObject({
      status: 'rejected',
      decisionReason: 'Not now',
    });
    expect((await olga(post(opportunity('/draft'), { from: version }))).json()).toMatchObject({
      version: version + 1,
      status: 'draft',
    });
    expect((await olga({ method: 'DELETE', url: opportunity('/draft?revision=2') })).statusCode).toBe(409);
    expect((await olga({ method: 'DELETE', url: opportunity('/draft?revision=1') })).json()).toEqual({
      discarded: true,
    });
    expect((await get(opportunity())).open).toBeNull();
  });

  test('takes YAML, and gives it back', async () => {
    const { version } = (await get(opportunity())).live;
    const { name, yaml } = await get(opportunity(`/versions/${version}/yaml`));
    expect([name, parse(yaml)]).toEqual([
      'salesforce.opportunity.yaml',
      expect.objectContaining({ object: 'Opportunity', version }),
    ]);
    const drafted = (
      await olga(
        post(opportunity('/draft'), { yaml: yaml.replace('local: name,', 'local: name, required: true,') }),
      )
    ).json();
    expect(drafted.pack.fields[0]).toEqual({
      local: 'name',
      remote: 'Name',
      direction: 'in',
      required: true,
    });
    const replaced = (await olga(put(opportunity('/draft'), { yaml, revision: 1 }))).json();
    expect([replaced.revision, replaced.pack.fields[0]]).toEqual([
      2,
      { local: 'name', remote: 'Name', direction: 'in' },
    ]);
    const both = await olga(put(opportunity('/draft'), { yaml, pack: replaced.pack, revision: 2 }));
    expect([both.statusCode, both.json().error.fields]).toEqual([
      400,
      { pack: 'Send either “pack” or “yaml”.' },
    ]);
    await olga({ method: 'DELETE', url: opportunity('/draft?revision=2') });
  });

  test('names every place that is wrong in what was sent', async () => {
    const bad = await olga(
      post(opportunity('/draft'), {
        yaml: 'system: salesforce\nobject: Opportunity\nkind: opportunity\nfields:\n - {local: name, remote: Name, direction: sideways}',
      }),
    );
    expect([bad.statusCode, bad.json().error.fields]).toEqual([
      400,
      { 'fields[0].direction': expect.stringContaining('in, out, both') },
    ]);
    const { pack } = (await olga(post(opportunity('/draft')))).json();
    const broken = await olga(
      put(opportunity('/draft'), {
        revision: 1,
        pack: { ...pack, fields: [{ local: '', remote: '', direction: 'in' }] },
      }),
    );
    expect(Object.keys(broken.json().error.fields)).toEqual(['fields[0].local', 'fields[0].remote']);
    expect((await olga(post(opportunity('/draft'), { from: 1, yaml: 'x' }))).statusCode).toBe(400);
    await olga({ method: 'DELETE', url: opportunity('/draft?revision=1') });
  });

  test('carries a mapping of 800 fields', async () => {
    const { pack } = (await olga(post(opportunity('/draft')))).json();
    const extra = Array.from({ length: 200 }, (_, n) => ({
      name: `field${n}`,
      label: `Field ${n}`,
      type: 'text',
    }));
    const lookup = {
      name: 'lookup',
      map: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`A value of theirs, ${n}`, `ours ${n}`])),
    };
    const fields = extra.map(({ name }) => ({
      local: `extra.${name}`,
      remote: `${name}__c`,
      direction: 'in',
      transform: [lookup],
    }));
    const saved = await olga(
      put(opportunity('/draft'), {
        revision: 1,
        pack: { ...pack, extra, fields: [...pack.fields, ...fields] },
      }),
    );
    expect([saved.statusCode, saved.json().pack?.fields.length]).toEqual([200, pack.fields.length + 200]);
    expect(saved.json().problems[0]).toMatchObject({
      path: `fields[${pack.fields.length}].remote`,
      code: 'remote_field_missing',
    });
  });
});
