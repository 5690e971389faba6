import { sql } from 'drizzle-orm';
import { requireCrm } from '#connectors/contract/connector.ts';
import type { CrmConnector, PushBatch, PushOutcome } from '#connectors/contract/crm.ts';
import type { JsonValue, RemoteFields } from '#connectors/contract/records.ts';
import { listConnections, type Connection } from '#src/db/connections/connection-store.ts';
import type { Resolution } from '#src/db/sync/conflict-store.ts';
import type { Deps } from '#src/deps.ts';
import type { Lane } from '#src/domain/connections/budget.ts';
import type { CanonicalValues } from '#src/domain/record.ts';
import { editRecord } from '#src/operations/edits/edit-record.ts';
import { canonicalRecords, type EditableKind } from '#src/operations/records/canonical-values.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { crmPeople } from '#test/simulation/service/crm-people.ts';
import type { Service } from '#test/support/service.ts';
import { startBootedService } from '#test/support/snapshot.ts';

export type CrmKind = 'salesforce' | 'hubspot';

/** A registration that lives in a CRM. */
export interface CrmRegistration {
  readonly id: string;
  readonly number: string;
  readonly extId: string;
}

/** A whole service after its first run, and people at work on both sides. */
export interface TwoWayWorld extends AsyncDisposable {
  readonly service: Service;
  readonly deps: Deps;
  readonly personId: string;
  connection(crm: CrmKind): Promise<Connection>;
  /** An approved registration that no test has had before. */
  unusedRegistration(crm: CrmKind): Promise<CrmRegistration>;
  /** Somebody changes a registration in the CRM; by our names of the fields. */
  editInCrm(crm: CrmKind, registration: CrmRegistration, values: RemoteFields): Promise<void>;
  removeInCrm(crm: CrmKind, registration: CrmRegistration): Promise<void>;
  /** Somebody changes its present values in Fairway; the next `sync` writes them to the CRM. */
  editHere(registration: CrmRegistration, values: CanonicalValues): Promise<void>;
  /** The CRM's values by our field names, as text. */
  inCrm(
    crm: CrmKind,
    registration: CrmRegistration,
    fields: readonly string[],
  ): Promise<Readonly<Record<string, string | null>>>;
  here(registration: CrmRegistration): Promise<Readonly<Record<string, JsonValue>>>;
  /** Runs the main job and all waiting jobs. Returns the number of records written to each CRM. */
  sync(): Promise<Readonly<Record<CrmKind, number>>>;
  resolutions(
    registration: CrmRegistration,
  ): Promise<readonly Pick<Resolution, 'id' | 'field' | 'base' | 'theirs' | 'ours' | 'policy' | 'winner'>[]>;
}

export async function startTwoWayWorld(): Promise<TwoWayWorld> {
  await using starting = new AsyncDisposableStack();
  const service = starting.use(await startBootedService());
  const { deps } = service;
  const personId = (await createLoginLink(deps, { email: 'olga@example.com', role: 'ops' })).person.id;
  const usedIds = new Set<string>();
  const owned = starting.move();

  const connection = async (crm: CrmKind): Promise<Connection> => {
    const found = (await listConnections(deps.db)).find((one) => one.kind === crm);
    if (!found) throw new Error(`no ${crm} connection`);
    return found;
  };
  const packOf = (crm: CrmKind) => {
    const pack = deps.packs.find((one) => one.system === crm && one.kind === 'registration');
    if (!pack) throw new Error(`no pack for ${crm}`);
    return pack;
  };
  const remoteOf = (crm: CrmKind, field: string): string =>
    packOf(crm).fields.find((one) => one.local === field)?.remote ?? field;

  return {
    service,
    deps,
    personId,
    connection,
    async unusedRegistration(crm) {
      const rows = await deps.db.execute<{ id: string; number: string; extId: string }>(sql`
        select r.id, r.number, l.ext_id as "extId" from registration r
        join link l on l.record_id = r.id join connection c on c.id = l.connection_id
        where c.kind = ${crm} and r.status = 'approved' and not r.deleted and r.deal_type = 'new' and r.conflict_summary is null
        order by r.number`);
      const free = rows.find((row) => !usedIds.has(row.id));
      if (!free) throw new Error(`no registration left in ${crm}`);
      usedIds.add(free.id);
      return free;
    },
    async editInCrm(crm, { extId }, values) {
      const fields = Object.fromEntries(
        Object.entries(values).map(([field, value]) => [remoteOf(crm, field), value]),
      );
      const write = { id: 'edit', extId, keyValue: null, fields };
      const connector = requireCrm(deps.connectorFor(await connection(crm)));
      const [outcome] = await connector.push({
        object: packOf(crm).object,
        operation: 'update',
        keyField: null,
        writes: [write],
      });
      if (!outcome?.ok) throw new Error(`${crm} refused the edit: ${JSON.stringify(outcome)}`);
    },
    async removeInCrm(crm, { extId }) {
      await (await crmPeople(crm, service.addresses)).remove(extId);
    },
    async editHere({ id }, values) {
      await editRecord(deps, {
        kind: 'registration',
        id,
        values,
        expectedValues: await currentValues(deps, 'registration', id),
        personId,
      });
    },
    async inCrm(crm, { extId }, fields) {
      const connector = requireCrm(deps.connectorFor(await connection(crm)));
      const [record] = await connector.fetch(
        packOf(crm).object,
        [extId],
        fields.map((field) => remoteOf(crm, field)),
      );
      return Object.fromEntries(
        fields.map((field) => {
          const value = record?.fields[remoteOf(crm, field)] ?? null;
          return [field, value === null || value === '' ? null : String(value)];
        }),
      );
    },
    async here({ id }) {
      const [row] = await deps.db.execute<Record<string, JsonValue>>(sql`
        select customer_name as "customerName", customer_domain as "customerDomain", contact_email as "contactEmail",
               product_family as "productFamily", deal_type as "dealType", (amount_minor / 100.0)::float8 as amount,
               expected_close::text as "expectedClose", status, deleted from registration where id = ${id}`);
      return row ?? {};
    },
    async sync() {
      return (await service.runJobAndRest()).summary.written;
    },
    async resolutions({ id }) {
      const rows = await deps.db.execute(
        sql`select id, field, base, theirs, ours, policy, winner from resolution where record_id = ${id} order by at, id`,
      );
      return rows as unknown as Awaited<ReturnType<TwoWayWorld['resolutions']>>;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The values that a person sees now. */
export async function currentValues(deps: Deps, kind: EditableKind, id: string): Promise<CanonicalValues> {
  return (await canonicalRecords(deps.db, kind, [id])).get(id)?.values ?? {};
}

/** Deps whose connectors write in another way. */
export function pushing(
  deps: Deps,
  push: (connector: CrmConnector, batch: PushBatch, lane: Lane) => Promise<readonly PushOutcome[]>,
): Deps {
  return {
    ...deps,
    connectorFor: (connection, lane = 'bulk') => {
      const connector = requireCrm(deps.connectorFor(connection, lane));
      return {
        ...connector,
        calls: () => connector.calls(),
        limits: () => connector.limits(),
        push: (batch) => push(connector, batch, lane),
      };
    },
  };
}

/**
 * The customers' own rule that refuses a registration with this product family; null takes it away.
 *
 * @param lacking HubSpot refuses the family as long as this property is blank. After a run that answered the
 *   edit, `decided_at` is; before it, `conflict_summary`.
 */
export async function refuseProduct(
  service: Service,
  crm: CrmKind,
  family: string | null,
  lacking: 'conflict_summary' | 'decided_at' = 'decided_at',
): Promise<void> {
  const rules = {
    salesforce: {
      path: '/sandbox/settings',
      method: 'PATCH',
      body: {
        validationRules:
          family === null
            ? []
            : [
                {
                  object: 'Fairway_Registration__c',
                  errorCondition: `Product_Family__c = '${family}'`,
                  message: `We do not sell ${family}.`,
                },
              ],
      },
    },
    hubspot: {
      path: '/sandbox/rules',
      method: 'PUT',
      body: {
        rules:
          family === null
            ? []
            : [
                {
                  objectType: 'p_fairway_registration',
                  required: lacking,
                  when: { property: 'product_family', value: family },
                },
              ],
      },
    },
  } as const;
  const { path, method, body } = rules[crm];
  const response = await fetch(`${service.addresses[crm]}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the rule was refused: ${await response.text()}`);
}
