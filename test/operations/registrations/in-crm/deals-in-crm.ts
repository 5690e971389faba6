/** Deals in a CRM in which people also register: what a sales rep does with them there. */
import { requireCrm } from '#connectors/contract/connector.ts';
import { recordHints } from '#src/operations/hints/record-hints.ts';
import { processHints } from '#src/operations/refresh/process-hints.ts';
import type { CrmKind } from './crm-worlds.ts';
import type { DecidingCrm } from './deciding-crm.ts';

export type DealStage = 'open' | 'later' | 'won' | 'lost';

export interface DealsInCrm {
  readonly object: string;
  readonly create: (name: string) => Promise<string>;
  readonly move: (deal: string, stage: DealStage, lostReason?: string) => Promise<void>;
  readonly remove: (deal: string) => Promise<void>;
  readonly restore: (deal: string) => Promise<void>;
  /** Names the deal on the record of a registration. */
  readonly link: (registration: string, deal: string) => Promise<void>;
  readonly unlink: (registration: string, deal: string) => Promise<void>;
  /** The vendor's id of the deal that the record of a registration names. */
  readonly named: (registration: string) => Promise<string | null>;
  /** Lets Fairway read these records, in any order of objects, and apply what changed. */
  readonly follow: (records: {
    readonly deals?: readonly string[];
    readonly registrations?: readonly string[];
  }) => Promise<void>;
}

const stages = {
  salesforce: { open: 'Prospecting', later: 'Qualification', won: 'Closed Won', lost: 'Closed Lost' },
  hubspot: {
    open: 'appointmentscheduled',
    later: 'qualifiedtobuy',
    won: 'closedwon',
    lost: 'closedlost',
  },
} as const;

const noProgress = async (): Promise<void> => {};

export function crmDealsFor(kind: CrmKind, crm: DecidingCrm): DealsInCrm {
  const vendor = kind === 'salesforce' ? salesforceDeals(crm) : hubspotDeals(crm);
  const later = <A extends readonly unknown[], R>(work: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      crm.pass(2_000);
      const result = await work(...args);
      crm.pass(2_000);
      return result;
    };
  };
  return {
    object: vendor.object,
    create: later(vendor.create),
    move: later(vendor.move),
    remove: later(vendor.remove),
    restore: later(vendor.restore),
    link: later(vendor.link),
    unlink: later(vendor.unlink),
    named: async (registration) => {
      const connector = requireCrm(crm.deps.connectorFor(crm.connection));
      const field = kind === 'salesforce' ? 'Opportunity__c' : 'assoc:deals';
      const [record] = await connector.fetch(vendor.registrations, [registration], [field]);
      const value = record?.fields[field] ?? '';
      return value === '' ? null : String(value);
    },
    follow: async ({ deals = [], registrations = [] }) => {
      crm.pass(2_000);
      const hints = [
        ...deals.map((extId) => ({ object: vendor.object, extId })),
        ...registrations.map((extId) => ({ object: vendor.registrations, extId })),
      ];
      const { deps, connection } = crm;
      await deps.db.transaction((tx) => recordHints(deps, tx, { connection, hints, via: 'webhook' }));
      await processHints(deps, { connectionId: connection.id, roundEveryMs: 0 }, noProgress);
    },
  };
}

interface Vendor extends Omit<DealsInCrm, 'follow' | 'named'> {
  readonly registrations: string;
}

function salesforceDeals(crm: DecidingCrm): Vendor {
  const registrations = 'Fairway_Registration__c';
  const stageOf = stages.salesforce;
  const linkTo = async (registration: string, deal: string | null): Promise<void> => {
    await crm.call('lena', 'PATCH', `/${registrations}/${registration}`, { Opportunity__c: deal });
  };
  return {
    object: 'Opportunity',
    registrations,
    create: async (name) =>
      (
        await crm.call('integration', 'POST', '/Opportunity', {
          Name: name,
          StageName: stageOf.open,
          CloseDate: '2027-03-31',
        })
      ).id,
    // Salesforce has no standard field for the reason.
    move: async (deal, stage) => {
      await crm.call('integration', 'PATCH', `/Opportunity/${deal}`, { StageName: stageOf[stage] });
    },
    remove: async (deal) => {
      await crm.call('integration', 'DELETE', `/Opportunity/${deal}`);
    },
    restore: async (deal) => {
      await crm.control('/undelete', { id: deal });
    },
    link: linkTo,
    unlink: (registration) => linkTo(registration, null),
  };
}

function hubspotDeals(crm: DecidingCrm): Vendor {
  const registrations = 'p_fairway_registration';
  const stageOf = stages.hubspot;
  const userId = 7_103;
  return {
    object: 'deals',
    registrations,
    create: async (dealname) =>
      (
        await crm.control('/edit', {
          objectType: 'deals',
          properties: { dealname, dealstage: stageOf.open, closedate: '2027-03-31' },
          userId,
        })
      ).id,
    move: async (id, stage, lostReason) => {
      const properties = {
        dealstage: stageOf[stage],
        ...(lostReason === undefined ? {} : { closed_lost_reason: lostReason }),
      };
      await crm.control('/edit', { objectType: 'deals', id, properties, userId });
    },
    remove: async (id) => {
      await crm.control('/archive', { objectType: 'deals', id, userId });
    },
    restore: async (id) => {
      await crm.control('/restore', { objectType: 'deals', id, userId });
    },
    link: async (id, toId) => {
      const ends = { objectType: registrations, id, toObjectType: 'deals', toId, userId };
      await crm.control('/associate', ends);
    },
    unlink: async (id, deal) => {
      await crm.call(
        'integration',
        'POST',
        `/crm/associations/2026-09/${registrations}/deals/batch/archive`,
        { inputs: [{ from: { id }, to: [{ id: deal }] }] },
      );
    },
  };
}
