import { setTimeout as wait } from 'node:timers/promises';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { BenchService } from './bench-service.ts';

/** Registrations somebody enters in a CRM at a steady rate. */
export interface EnteredDeals {
  /** The time from the creation of each registration until the CRM showed its answer, in ms. */
  answered(): Promise<readonly number[]>;
}

const json = { 'content-type': 'application/json' };
const tickMs = 200;
const longestWaitMs = 60_000;
/** The polling interval of Salesforce, which is also the error of the measured times. */
const lookEveryMs = 250;
/** Salesforce stamps whole seconds. */
const stampGrainMs = 1_000;
const answered = 'SELECT Id FROM Fairway_Registration__c WHERE Status__c != null';

/**
 * Starts entering `rate` registrations a second for so many seconds, spread over the partners there are.
 *
 */
export async function registerMany(
  fixture: BenchService,
  { kind }: Connection,
  { rate, seconds, first = 0, competing = false }: SeriesToEnter,
): Promise<EnteredDeals> {
  const entry =
    kind === 'salesforce'
      ? await salesforceEntry(fixture.addresses.salesforce, competing)
      : await hubspotEntry(fixture.addresses.hubspot, competing);
  const perTick = Math.round((rate * tickMs) / 1_000);
  const total = perTick * Math.round((seconds * 1_000) / tickMs);
  const deals: DealsToEnter = {
    createdAt: new Map(),
    first,
    total,
    untilMs: Date.now() + seconds * 1_000 + longestWaitMs,
  };
  const entered = enter(entry, deals, perTick);
  // Starts with the first registration, because an answer counts from the time it was visible.
  const seen = Promise.all([entry.answers(deals, entered), entered]);
  return {
    async answered() {
      const [answers] = await seen;
      return [...deals.createdAt].map(([id, at]) => (answers.get(id) ?? Number.NaN) - at);
    },
  };
}

interface SeriesToEnter {
  readonly rate: number;
  readonly seconds: number;
  /** The number of the first one. Two series must not overlap. */
  readonly first?: number;
  /** Partners of the two CRMs register almost the same customers, so that a person decides about the later ones. */
  readonly competing?: boolean;
}

/** Instants are in ms since the epoch. */
interface DealsToEnter {
  /** The creation time of each registration so far. */
  readonly createdAt: Map<string, number>;
  readonly first: number;
  /** The planned number of registrations. */
  readonly total: number;
  /** By when all must have their answer. */
  readonly untilMs: number;
}

/** The actions of a person in one CRM, without Fairway. */
interface Entry {
  create(numbers: readonly string[]): Promise<readonly string[]>;
  /** The time at which the CRM showed the first answer of each registration, in ms since the epoch. */
  answers(deals: DealsToEnter, entered: Promise<void>): Promise<ReadonlyMap<string, number>>;
}

async function enter(
  entry: Entry,
  { createdAt, first, total }: DealsToEnter,
  perTick: number,
): Promise<void> {
  const began = performance.now();
  for (let tick = 0; tick * perTick < total; tick += 1) {
    const at = Date.now();
    const ids = await entry.create(
      Array.from({ length: perTick }, (_, n) => `DR-${first + tick * perTick + n}`),
    );
    for (const id of ids) createdAt.set(id, at);
    await wait(Math.max(0, began + (tick + 1) * tickMs - performance.now()));
  }
}

/** Polls until every registration has an answer. */
async function findAll(
  { createdAt, total, untilMs }: DealsToEnter,
  everyMs: number,
  look: (found: Map<string, number>) => Promise<void>,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  // The CRM may show answers to registrations of an earlier series as well.
  const answers = (): number => [...createdAt.keys()].filter((id) => found.has(id)).length;
  while (answers() < total) {
    if (Date.now() > untilMs) throw new Error(`a CRM shows ${answers()} answers to ${total} registrations`);
    await wait(everyMs);
    await look(found);
  }
  return found;
}

async function call<T>(url: string, init: RequestInit): Promise<T> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** The number of a registration, such as 12 of `DR-12`. */
const placeOf = (number: string): number => Number(number.slice(3));

const syllables = {
  salesforce: ['Alba', 'Brem', 'Coro', 'Duna', 'Esko', 'Fara', 'Gavo', 'Hilo', 'Ispa', 'Juno'],
  hubspot: ['Kern', 'Lund', 'Mirt', 'Nexo', 'Orbi', 'Pulk', 'Quaz', 'Rist', 'Stow', 'Tyck'],
} as const;

/** Spelled apart, so that no two are the same customer. With `competing`, those of the two CRMs are almost the same. */
function customerOf(
  number: string,
  crm: keyof typeof syllables,
  competing: boolean,
): { readonly customer: string; readonly domain: string } {
  const words = syllables[competing ? 'salesforce' : crm];
  const name = [...number.slice(3)].map((digit) => words[Number(digit)]).join('');
  const initial = crm === 'salesforce' ? 'S' : 'H';
  return {
    customer: `${competing ? initial : ''}${name} AG`,
    domain: `${initial}${number}.example`.toLowerCase(),
  };
}

async function salesforceEntry(url: string, competing: boolean): Promise<Entry> {
  const { accessToken } = await call<{ accessToken: string }>(`${url}/sandbox/authorizations`, {
    method: 'POST',
    headers: json,
    body: '{}',
  });
  const headers = { ...json, authorization: `Bearer ${accessToken}` };
  const query = async (soql: string): Promise<readonly { Id: string }[]> =>
    (
      await call<{ records: { Id: string }[] }>(
        `${url}/services/data/v67.0/query?q=${encodeURIComponent(soql)}`,
        { headers },
      )
    ).records;
  const partners = await query("SELECT Id FROM Account WHERE Type = 'Channel Partner / Reseller' LIMIT 50");
  return {
    async create(numbers) {
      const records = numbers.map((number) => ({
        attributes: { type: 'Fairway_Registration__c' },
        Number__c: `SF-${number}`,
        Partner__c: partners[placeOf(number) % partners.length]?.Id,
        Customer_Name__c: customerOf(number, 'salesforce', competing).customer,
        Customer_Domain__c: customerOf(number, 'salesforce', competing).domain,
        Customer_Country__c: 'DE',
        Product_Family__c: 'Network',
        Deal_Type__c: 'new',
        Amount__c: 20_000,
        Currency__c: 'EUR',
        Submitted_At__c: new Date().toISOString(),
      }));
      const body = JSON.stringify({ allOrNone: true, records });
      const results = await call<{ id: string }[]>(`${url}/services/data/v67.0/composite/sobjects`, {
        method: 'POST',
        headers,
        body,
      });
      return results.map((result) => result.id);
    },
    async answers(deals) {
      let since = Date.now();
      return findAll(deals, lookEveryMs, async (found) => {
        const asked = Date.now();
        const changed = new Date(since - stampGrainMs).toISOString();
        for (const { Id } of await query(`${answered} AND SystemModstamp >= ${changed}`))
          if (!found.has(Id)) found.set(Id, Date.now());
        since = asked;
      });
    },
  };
}

async function hubspotEntry(url: string, competing: boolean): Promise<Entry> {
  const objectType = 'p_fairway_registration';
  const act = <T>(path: string, body: unknown): Promise<T> =>
    call<T>(`${url}/sandbox/${path}`, { method: 'POST', headers: json, body: JSON.stringify(body) });
  const associate = async (id: string, toId: string): Promise<void> => {
    const body = JSON.stringify({ objectType, id, toObjectType: 'companies', toId });
    const response = await fetch(`${url}/sandbox/associate`, { method: 'POST', headers: json, body });
    if (!response.ok) throw new Error(`HubSpot refused an association: ${await response.text()}`);
  };
  const { accessToken } = await act<{ accessToken: string }>('apps', {});
  const headers = { ...json, authorization: `Bearer ${accessToken}` };
  const objects = `${url}/crm/objects/2026-09`;
  const companies = await call<{ results: { id: string; properties: { type: string } }[] }>(
    `${objects}/companies?limit=100&properties=type`,
    { headers },
  );
  const partners = companies.results.filter((one) => one.properties.type === 'PARTNER');
  const historyOf = async (ids: readonly string[]): Promise<readonly WithHistory[]> => {
    const body = JSON.stringify({
      inputs: ids.map((id) => ({ id })),
      properties: [],
      propertiesWithHistory: ['status'],
    });
    return (
      await call<{ results: WithHistory[] }>(`${objects}/${objectType}/batch/read`, {
        method: 'POST',
        headers,
        body,
      })
    ).results;
  };
  return {
    async create(numbers) {
      const ids = [];
      for (const number of numbers) {
        const properties = {
          number: `HS-${number}`,
          customer_name: customerOf(number, 'hubspot', competing).customer,
          customer_domain: customerOf(number, 'hubspot', competing).domain,
          customer_country: 'DE',
          product_family: 'Network',
          deal_type: 'new',
          amount: '20000',
          currency: 'EUR',
          submitted_at: new Date().toISOString(),
        };
        const { id } = await act<{ id: string }>('edit', { objectType, properties });
        await associate(id, partners[placeOf(number) % partners.length]?.id ?? '');
        ids.push(id);
      }
      return ids;
    },
    async answers(deals, entered) {
      await entered;
      return findAll(deals, 1_000, async (found) => {
        const open = [...deals.createdAt.keys()].filter((id) => !found.has(id));
        for (let from = 0; from < open.length; from += 50) {
          for (const { id, propertiesWithHistory } of await historyOf(open.slice(from, from + 50))) {
            // Newest first: the oldest value is the first answer.
            const first = propertiesWithHistory.status?.findLast((one) => one.value !== '');
            if (first) found.set(id, Date.parse(first.timestamp));
          }
        }
      });
    },
  };
}

interface WithHistory {
  readonly id: string;
  readonly propertiesWithHistory: {
    readonly status?: readonly { readonly value: string; readonly timestamp: string }[];
  };
}
