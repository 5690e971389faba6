import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import type { CrmSample } from '#sandbox/sample.ts';
import { findRegistration } from '#src/db/registrations/registration-view.ts';
import { processHints } from '#src/operations/refresh/process-hints.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { sampleWith } from '#test/connectors/hubspot/account.ts';
import { noProgress, startHintsFixture, type HintsFixture } from '#test/operations/hints/hints-fixture.ts';

const registrations = 'p_fairway_registration';
/** A user who has left since. */
const userId = 9_999;

/** The texts that the three readers of a decision read. */
export interface Readings {
  readonly status: string;
  /** The fields that Fairway wrote to the CRM record, which the partner reads too. */
  readonly crm: Readonly<Record<string, string | null>>;
  /** `rule effect: message` of each finding, for the reviewer. */
  readonly reviewer: readonly string[];
}

/** People who register deals in a HubSpot, and Fairway that follows their changes. */
export interface CrmRegistrations extends AsyncDisposable {
  readonly fixture: HintsFixture;
  /** Creates a registration of a partner, and returns the vendor's id. Fairway does not know it yet. */
  readonly register: (
    customerName: string,
    values?: Readonly<Record<string, string>>,
    partner?: string,
  ) => Promise<string>;
  /** Changes a registration as a person in the CRM. */
  readonly edit: (extId: string, values: Readonly<Record<string, string>>) => Promise<void>;
  /** Lets Fairway read, evaluate and write what changed in these registrations. */
  readonly follow: (...extIds: readonly string[]) => Promise<void>;
  readonly read: (extId: string) => Promise<Readings>;
  /** Fairway's id. */
  readonly idOf: (extId: string) => Promise<string>;
}

export const partnerNames = ['Northwind Partners', 'Kestrel IT', 'Basalt Systems'] as const;

/** The sample of one partner, with two more partners. */
export function sampleOfPartners(): CrmSample {
  const sample = sampleWith(1);
  const [first] = sample.accounts;
  if (!first) throw new Error('the sample has no account');
  const more = partnerNames.slice(1).map((name, n) => ({
    ...first,
    key: `partner${n + 2}`,
    name,
    domain: `${name.toLowerCase().replaceAll(' ', '-')}.example`,
    partnerCode: `P-000${n + 2}`,
  }));
  return { ...sample, accounts: [...sample.accounts, ...more] };
}

export async function startCrmRegistrations(
  vendorNow: () => Date = () => new Date(),
): Promise<CrmRegistrations> {
  const fixture = await startHintsFixture(sampleOfPartners(), vendorNow);
  const { deps } = fixture;
  let numbers = 0;
  const one = async (query: ReturnType<typeof sql>, what: string): Promise<string> =>
    (await deps.db.execute<{ id: string }>(query))[0]?.id ?? expect.fail(`there is no ${what}`);
  const idOf = (extId: string): Promise<string> =>
    one(sql`select record_id as id from link where object = ${registrations} and ext_id = ${extId}`, extId);
  return {
    fixture,
    idOf,
    register: async (customerName, values = {}, partner = partnerNames[0]) => {
      numbers += 1;
      const properties = {
        number: `DR-2026-9${String(numbers).padStart(3, '0')}`,
        customer_name: customerName,
        customer_country: 'FR',
        product_family: 'Pumps',
        deal_type: 'new',
        amount: '10000',
        currency: 'EUR',
        submitted_at: vendorNow().toISOString(),
        ...values,
      };
      const created = { objectType: registrations, properties, userId };
      const { id } = await fixture.control('POST', '/edit', created);
      const toId = await one(
        sql`select ext_id as id from remote_record where object = 'companies' and fields ->> 'name' = ${partner}`,
        partner,
      );
      const link = { objectType: registrations, id, toObjectType: 'companies', toId, userId };
      await fixture.control('POST', '/associate', link);
      return id;
    },
    edit: async (id, properties) => {
      await fixture.control('POST', '/edit', { objectType: registrations, id, properties, userId });
    },
    follow: async (...extIds) => {
      const hints = extIds.map((extId) => ({ object: registrations, extId }));
      await deps.db.transaction((tx) =>
        recordHints(deps, tx, { connection: fixture.connection, hints, via: 'webhook' }),
      );
      await processHints(deps, { connectionId: fixture.connection.id, roundEveryMs: 0 }, noProgress);
    },
    read: async (extId) => {
      const names = ['status', 'reason', 'conflict_summary', 'protected_until'];
      const path = `/crm/objects/2026-09/${registrations}/${extId}?properties=${names.join(',')}`;
      const { properties } = await fixture.call('GET', path);
      const found = await findRegistration(deps.db, await idOf(extId));
      if (!found) throw new Error(`${extId} is not placed`);
      return {
        status: found.registration.status,
        crm: Object.fromEntries(names.map((name) => [name, properties[name] || null])),
        reviewer: (found.conflictCase?.decision.findings ?? []).map(
          ({ rule, effect, message }) => `${rule} ${effect}: ${message}`,
        ),
      };
    },
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}
