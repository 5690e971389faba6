import type { SandboxAddresses } from '#src/cli/local/sandbox.ts';

export type CrmName = 'salesforce' | 'hubspot';
export type CrmFields = Readonly<Record<string, string | null>>;

/**
 * People at work in one CRM, by its own interface and never through Fairway. Fields go by our names of a
 * registration's.
 */
export interface CrmPeople {
  readonly crm: CrmName;
  /** Some partner's account. */
  partner(): Promise<string>;
  register(partner: string, fields: CrmFields): Promise<string>;
  edit(id: string, fields: CrmFields): Promise<void>;
  /** Null when it is deleted. */
  read(id: string): Promise<CrmFields | null>;
  remove(id: string): Promise<void>;
  restore(id: string): Promise<void>;
  createAccount(name: string): Promise<string>;
  removeAccount(id: string): Promise<void>;
  /** Merges the second into the first; gives the survivor's id, which may be a new one. */
  mergeAccounts(first: string, second: string): Promise<string>;
}

export async function crmPeople(crm: CrmName, addresses: SandboxAddresses): Promise<CrmPeople> {
  return crm === 'salesforce' ? salesforcePeople(addresses.salesforce) : hubspotPeople(addresses.hubspot);
}

const json = { 'content-type': 'application/json' };

async function answer<T>(response: Response, what: string): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${what}: ${response.status} ${text}`);
  return (text === '' ? null : JSON.parse(text)) as T;
}

/** Calls with a separate token, and with another one when a fault has ended it. */
function signedIn(grantUrl: string): (url: string, init: RequestInit) => Promise<Response> {
  const grant = async (): Promise<string> =>
    (
      await answer<{ accessToken: string }>(
        await fetch(grantUrl, { method: 'POST', headers: json, body: '{}' }),
        grantUrl,
      )
    ).accessToken;
  let token = grant();
  const call = async (url: string, init: RequestInit): Promise<Response> =>
    fetch(url, {
      ...init,
      headers: { ...(init.body === undefined ? {} : json), authorization: `Bearer ${await token}` },
    });
  return async (url, init) => {
    const response = await call(url, init);
    if (response.status !== 401) return response;
    token = grant();
    return call(url, init);
  };
}

async function salesforcePeople(url: string): Promise<CrmPeople> {
  const api = signedIn(`${url}/sandbox/authorizations`);
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> =>
    answer<T>(
      await api(`${url}/services/data/v67.0${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
      path,
    );
  const remote = (fields: CrmFields): CrmFields =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [customName(name), value]));
  const object = '/sobjects/Fairway_Registration__c';
  const create = async (path: string, body: unknown): Promise<string> =>
    (await call<{ id: string }>('POST', path, body)).id;
  return {
    crm: 'salesforce',
    async partner() {
      const query = encodeURIComponent(
        "SELECT Id FROM Account WHERE Type = 'Channel Partner / Reseller' LIMIT 1",
      );
      return (await call<{ records: { Id: string }[] }>('GET', `/query?q=${query}`)).records[0]?.Id ?? '';
    },
    register: (partner, fields) => create(object, { ...remote(fields), Partner__c: partner }),
    edit: (id, fields) => call('PATCH', `${object}/${id}`, remote(fields)),
    async read(id) {
      const query = encodeURIComponent(
        `SELECT FIELDS(ALL) FROM Fairway_Registration__c WHERE Id = '${id}' LIMIT 1`,
      );
      const row = (await call<{ records: Record<string, unknown>[] }>('GET', `/query?q=${query}`)).records[0];
      return row ? ourNames(row, (name) => /^(\w+)__c$/.exec(name)?.[1]) : null;
    },
    remove: (id) => call('DELETE', `${object}/${id}`),
    restore: async (id) => {
      await answer(
        await fetch(`${url}/sandbox/undelete`, {
          method: 'POST',
          headers: json,
          body: JSON.stringify({ id }),
        }),
        'undelete',
      );
    },
    createAccount: (name) => create('/sobjects/Account', { Name: name, Type: 'Customer' }),
    removeAccount: (id) => call('DELETE', `/sobjects/Account/${id}`),
    async mergeAccounts(masterId, loserId) {
      const body = JSON.stringify({ masterId, loserIds: [loserId] });
      await answer(await fetch(`${url}/sandbox/merge`, { method: 'POST', headers: json, body }), 'merge');
      return masterId;
    },
  };
}

const registrationFields = [
  'number',
  'customerName',
  'customerDomain',
  'contactEmail',
  'productFamily',
  'dealType',
  'amount',
  'expectedClose',
  'status',
  'reason',
];

async function hubspotPeople(url: string): Promise<CrmPeople> {
  // A separate app, with separate limits, to read with.
  const api = signedIn(`${url}/sandbox/apps`);
  const look = async <T>(path: string): Promise<T | null> => {
    const response = await api(`${url}/crm/objects/2026-09/${path}`, {});
    return response.status === 404 ? null : answer<T>(response, path);
  };
  const objectType = 'p_fairway_registration';
  const act = async <T>(path: string, body: unknown): Promise<T> =>
    answer<T>(
      await fetch(`${url}/sandbox/${path}`, { method: 'POST', headers: json, body: JSON.stringify(body) }),
      path,
    );
  const remote = (fields: CrmFields): CrmFields =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [snakeName(name), value ?? '']));
  return {
    crm: 'hubspot',
    async partner() {
      const page = await look<{ results: { id: string; properties: Record<string, string> }[] }>(
        'companies?limit=100&properties=type',
      );
      return page?.results.find((one) => one.properties['type'] === 'PARTNER')?.id ?? '';
    },
    async register(partner, fields) {
      const { id } = await act<{ id: string }>('edit', { objectType, properties: remote(fields) });
      await act('associate', { objectType, id, toObjectType: 'companies', toId: partner });
      return id;
    },
    edit: (id, fields) => act('edit', { objectType, id, properties: remote(fields) }),
    async read(id) {
      const properties = registrationFields.map(snakeName).join(',');
      const record = await look<{ properties: Record<string, unknown> }>(
        `${objectType}/${id}?properties=${properties}`,
      );
      return record ? ourNames(record.properties, (name) => name) : null;
    },
    remove: (id) => act('archive', { objectType, id }),
    restore: (id) => act('restore', { objectType, id }),
    createAccount: async (name) =>
      (await act<{ id: string }>('edit', { objectType: 'companies', properties: { name } })).id,
    removeAccount: (id) => act('archive', { objectType: 'companies', id }),
    mergeAccounts: async (primaryId, otherId) =>
      (await act<{ id: string }>('merge', { objectType: 'companies', primaryId, otherId })).id,
  };
}

/** customerName → Customer_Name__c */
const customName = (name: string): string =>
  `${name.charAt(0).toUpperCase()}${name.slice(1).replace(/[A-Z]/g, (letter) => `_${letter}`)}__c`;
/** customerName → customer_name */
const snakeName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The vendor's fields under our names; a blank is null, however the vendor writes it. */
function ourNames(
  row: Readonly<Record<string, unknown>>,
  bare: (name: string) => string | undefined,
): CrmFields {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => {
      const short = bare(name);
      if (short === undefined) return [];
      const ours = short.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      return [[ours, value === null || value === undefined || value === '' ? null : String(value)]];
    }),
  );
}
