import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { saveDescription } from '#src/db/connections/connection-store.ts';
import { addVersion, moveVersion } from '#src/db/mappings/mapping-version-store.ts';
import { shapeFor } from '#test/mappings/engine/shapes.ts';
import { seedConsole } from '#test/support/console-data.ts';
import { jobsWaiting } from '#test/support/queries.ts';
import { seedSync } from '#test/support/sync-data.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';
import { addPerson } from '#test/support/people/people.ts';

let http: HttpTest;
let url: string;
beforeAll(async () => {
  http = await startHttp();
  const data = await seedConsole(http.deps);
  await declareRegion(data.salesforceId, await seedSync(http.deps, data));
});
afterAll(() => http[Symbol.asyncDispose]());

/** A mapping of opportunities with a custom region field that goes both ways. */
async function declareRegion(
  connectionId: string,
  { opportunityId }: { readonly opportunityId: string },
): Promise<void> {
  const { deps } = http;
  url = `/api/records/opportunity/${opportunityId}`;
  const shipped = deps.packs.find((one) => one.system === 'salesforce' && one.kind === 'opportunity');
  if (!shipped) throw new Error('Salesforce has no opportunities');
  const pack: MappingPack = {
    ...shipped,
    version: shipped.version + 1,
    extra: [
      { name: 'region', label: 'Sales region', type: 'text', values: ['North', 'South'] },
      { name: 'stale', label: 'Gone quiet', type: 'boolean' },
    ],
    fields: [
      ...shipped.fields,
      { local: 'extra.region', remote: 'Region__c', direction: 'both', policy: 'ask' },
      { local: 'extra.stale', remote: 'Stale__c', direction: 'in' },
    ],
  };
  const shape = shapeFor(pack);
  await saveDescription(
    deps.db,
    connectionId,
    {
      ...shape,
      label: 'Opportunity',
      fields: shape.fields.map((field) => ({ ...field, label: field.name })),
    },
    deps.clock(),
  );
  const { object, kind, version } = pack;
  const at = deps.clock();
  const author = deps.ids();
  const by = { editors: [author], createdBy: author, createdAt: at, updatedBy: author, updatedAt: at };
  const draft = await addVersion(deps.db, {
    id: deps.ids(),
    connectionId,
    object,
    kind,
    version,
    pack,
    status: 'draft',
    basedOn: null,
    ...by,
  });
  await moveVersion(deps.db, draft.id, { status: 'submitted', submittedBy: author, submittedAt: at });
  const { id: decidedBy } = await addPerson(deps, { name: 'Reviewer', role: 'ops' });
  await moveVersion(deps.db, draft.id, { status: 'live', decidedBy, decidedAt: at });
}

const shown = async () => (await (await http.as('viewer'))({ url })).json();
const edit = async (values: object, seen: object, role: 'ops' | 'viewer' = 'ops') =>
  (await http.as(role))({ method: 'PATCH', url, payload: { values, expectedValues: seen } });

describe('a record’s page', () => {
  test('shows the customer’s own fields under their names, and which of them may be changed here', async () => {
    const { extra, editable } = await shown();
    expect(extra).toEqual([
      { field: 'extra.region', label: 'Sales region', type: 'text', values: ['North', 'South'], value: null },
      { field: 'extra.stale', label: 'Gone quiet', type: 'boolean', values: null, value: null },
    ]);
    expect(editable).toMatchObject([
      {
        field: 'extra.region',
        label: 'Sales region',
        values: ['North', 'South'],
        required: false,
        policy: 'ask',
        connection: 'Salesforce',
      },
    ]);
  });

  test('lets ops change such a field, and writes it to the CRM', async () => {
    const before = await jobsWaiting(http.deps.db, 'write-back');
    expect((await edit({ 'extra.region': 'South' }, { 'extra.region': null })).json()).toEqual({
      changed: ['extra.region'],
    });
    expect((await shown()).editable).toMatchObject([{ field: 'extra.region', value: 'South' }]);
    expect(await jobsWaiting(http.deps.db, 'write-back')).toBe(before + 1);
  });

  test('refuses a change of what somebody has changed since, of what is only read, and by viewers', async () => {
    const late = await edit({ 'extra.region': 'North' }, { 'extra.region': null });
    expect(late.statusCode).toBe(409);
    expect(late.json().error.fields).toEqual({ 'extra.region': expect.stringContaining('is "South" now') });
    const readOnly = await edit({ 'extra.stale': true }, { 'extra.stale': null });
    expect(readOnly.statusCode).toBe(400);
    expect(readOnly.json().error.fields).toEqual({ 'extra.stale': expect.stringContaining('extra.region') });
    expect((await edit({ 'extra.region': 'North' }, { 'extra.region': 'South' }, 'viewer')).statusCode).toBe(
      403,
    );
  });
});
