import { setTimeout as wait } from 'node:timers/promises';
import type { Connection } from '#src/db/connection-store.ts';
import type { Stand } from './stand.ts';

/** Registrations somebody enters in a CRM at a steady rate. */
export interface Claimed {
  /** How long each took from its creation until the CRM showed its answer, ms, once all have one. */
  answered(): Promise<readonly number[]>;
}

const json = { 'content-type': 'application/json' };
const tickMs = 200;
const longestWaitMs = 90_000;

/** Starts entering `rate` registrations a second for so many seconds, spread over the partners there are. Returns once the first tick is over. */
export async function registerClaims(stand: Stand, { kind }: Connection, rate: number, seconds: number): Promise<Claimed> {
  const entry = kind === 'salesforce' ? await salesforceEntry(stand.addresses.salesforce) : await hubspotEntry(stand.addresses.hubspot);
  const entered = enter(entry, Math.round((rate * tickMs) / 1_000), Math.round((seconds * 1_000) / tickMs));
  return { answered: async () => entry.latencies(await entered) };
}

/** How one CRM is worked in, without Fairway. */
interface Entry {
  create(numbers: readonly string[]): Promise<readonly string[]>;
  latencies(created: ReadonlyMap<string, number>): Promise<readonly number[]>;
}

async function enter(entry: Entry, perTick: number, ticks: number): Promise<ReadonlyMap<string, number>> {
  const created = new Map<string, number>();
  const began = performance.now();
  for (let tick = 0; tick < ticks; tick += 1) {
    const at = Date.now();
    const ids = await entry.create(Array.from({ length: perTick }, (_, n) => `DR-${tick * perTick + n}`));
    for (const id of ids) created.set(id, at);
    await wait(Math.max(0, began + (tick + 1) * tickMs - performance.now()));
  }
  return created;
}

async function call<T>(url: string, init: RequestInit): Promise<T> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

const claim = (number: string): { readonly customer: string; readonly domain: string } => ({
  // Spelled apart, so that no two are the same customer.
  customer: `${[...number.slice(3)].map((digit) => ['Alba', 'Brem', 'Coro', 'Duna', 'Esko', 'Fara', 'Gavo', 'Hilo', 'Ispa', 'Juno'][Number(digit)]).join('')} AG`,
  domain: `${number.toLowerCase()}.example`,
});

async function salesforceEntry(url: string): Promise<Entry> {
  const { accessToken } = await call<{ accessToken: string }>(`${url}/sandbox/authorizations`, {
    method: 'POST',
    headers: json,
    body: '{}',
  });
  const headers = { ...json, authorization: `Bearer ${accessToken}` };
  const query = async (soql: string): Promise<readonly { Id: string }[]> =>
    (await call<{ records: { Id: string }[] }>(`${url}/services/data/v67.0/query?q=${encodeURIComponent(soql)}`, { headers })).records;
  const partners = await query("SELECT Id FROM Account WHERE Type = 'Channel Partner / Reseller' LIMIT 50");
  return {
    async create(numbers) {
      const records = numbers.map((number, n) => ({
        attributes: { type: 'Fairway_Registration__c' },
        Number__c: `SF-${number}`,
        Partner__c: partners[n % partners.length]?.Id,
        Customer_Name__c: `S${claim(number).customer}`,
        Customer_Domain__c: `s${claim(number).domain}`,
        Submitted_At__c: new Date().toISOString(),
      }));
      const body = JSON.stringify({ allOrNone: true, records });
      const results = await call<{ id: string }[]>(`${url}/services/data/v67.0/composite/sobjects`, { method: 'POST', headers, body });
      return results.map((result) => result.id);
    },
    async latencies(created) {
      const seen = new Map<string, number>();
      for (const until = Date.now() + longestWaitMs; seen.size < created.size && Date.now() < until; await wait(100)) {
        for (const { Id } of await query('SELECT Id FROM Fairway_Registration__c WHERE Status__c != null')) {
          if (created.has(Id) && !seen.has(Id)) seen.set(Id, Date.now());
        }
      }
      if (seen.size < created.size) throw new Error(`Salesforce shows ${seen.size} answers to ${created.size} registrations`);
      return [...created].map(([id, at]) => (seen.get(id) ?? 0) - at);
    },
  };
}

async function hubspotEntry(url: string): Promise<Entry> {
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
    const body = JSON.stringify({ inputs: ids.map((id) => ({ id })), properties: [], propertiesWithHistory: ['status'] });
    return (await call<{ results: WithHistory[] }>(`${objects}/${objectType}/batch/read`, { method: 'POST', headers, body })).results;
  };
  return {
    async create(numbers) {
      const ids = [];
      for (const [n, number] of numbers.entries()) {
        const properties = {
          number: `HS-${number}`,
          customer_name: `H${claim(number).customer}`,
          customer_domain: `h${claim(number).domain}`,
          submitted_at: new Date().toISOString(),
        };
        const { id } = await act<{ id: string }>('edit', { objectType, properties });
        await associate(id, partners[n % partners.length]?.id ?? '');
        ids.push(id);
      }
      return ids;
    },
    async latencies(created) {
      const answers = new Map<string, number>();
      for (const until = Date.now() + longestWaitMs; answers.size < created.size && Date.now() < until; await wait(1_000)) {
        const open = [...created.keys()].filter((id) => !answers.has(id));
        for (let from = 0; from < open.length; from += 50) {
          for (const { id, propertiesWithHistory } of await historyOf(open.slice(from, from + 50))) {
            // Newest first: the oldest value is the first answer.
            const first = propertiesWithHistory.status?.findLast((one) => one.value !== '');
            if (first) answers.set(id, Date.parse(first.timestamp));
          }
        }
      }
      if (answers.size < created.size) throw new Error(`HubSpot shows ${answers.size} answers to ${created.size} registrations`);
      return [...created].map(([id, at]) => (answers.get(id) ?? 0) - at);
    },
  };
}

interface WithHistory {
  readonly id: string;
  readonly propertiesWithHistory: { readonly status?: readonly { readonly value: string; readonly timestamp: string }[] };
}
