import type { Deps } from '#src/deps.ts';

export type CrmKind = 'salesforce' | 'hubspot';

/** People of both CRMs. Lena and Marco are ops in Fairway, Aisha is a rep, and Fairway does not know Sam. */
export const people = {
  lena: { email: 'lena.fischer@northwind.example', hubspotId: 7_101 },
  marco: { email: 'marco.rossi@northwind.example', hubspotId: 7_102 },
  aisha: { email: 'aisha.khan@northwind.example', hubspotId: 7_103 },
  sam: { email: 'sam.stranger@elsewhere.example', hubspotId: 9_999 },
} as const;
export type Person = keyof typeof people;

export interface Deciding {
  readonly by: Person | 'integration';
  readonly decision: string;
  readonly reasonCode?: string;
  readonly text?: string;
  readonly seenVersion?: number;
}

// oxlint-disable-next-line typescript/no-explicit-any -- assertions read any answer of the vendor
export type Answer = any;

/** What people and programs do in a CRM. */
export interface Vendor {
  /** Returns the vendor's id of what holds the decision. */
  readonly decide: (extId: string, deciding: Deciding) => Promise<string>;
  /** Calls the vendor’s API as a person, or as the integration. */
  readonly call: (
    by: Person | 'integration',
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<Answer>;
  /** Actions without an API: `/sandbox/…`. */
  readonly control: (path: string, body: unknown) => Promise<Answer>;
}

/** The vendor's side: what people do in the CRM. */
export interface World {
  readonly vendor: Vendor;
  readonly create: (values: Values, partner: string, by: Person) => Promise<string>;
  readonly object: string;
}
export type Values = Readonly<Record<string, string | number>>;

export function hubspotWorld(url: string, accessToken: string): World {
  const object = 'p_fairway_registration';
  const control: Vendor['control'] = (path, body) => ask('POST', `${url}/sandbox${path}`, body);
  const properties = (values: Values): Values =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [snake(name), value]));
  return {
    object,
    vendor: {
      control,
      call: (_, method, path, body) => ask(method, `${url}${path}`, body, accessToken),
      decide: async (id, { by, decision, ...rest }) => {
        const beside = Object.fromEntries(
          Object.entries(rest).map(([name, value]) => [`decision_${snake(name)}`, String(value)]),
        );
        const changes = { decision, ...beside };
        if (by === 'integration')
          await ask(
            'PATCH',
            `${url}/crm/objects/2026-09/${object}/${id}`,
            { properties: changes },
            accessToken,
          );
        else
          await control('/edit', {
            objectType: object,
            id,
            properties: changes,
            userId: people[by].hubspotId,
          });
        return id;
      },
    },
    create: async (values, toId, by) => {
      const created = { objectType: object, properties: properties(values), userId: people[by].hubspotId };
      const { id } = await control('/edit', created);
      await control('/associate', {
        objectType: object,
        id,
        toObjectType: 'companies',
        toId,
        userId: people[by].hubspotId,
      });
      return id;
    },
  };
}

export function salesforceWorld(deps: Deps, url: string): World {
  const object = 'Fairway_Registration__c';
  const control: Vendor['control'] = (path, body) => ask('POST', `${url}/sandbox${path}`, body);
  const tokens = new Map<string, { readonly accessToken: string; readonly since: number }>();
  // A session ends after some hours. Another user with the same address is the same person for Fairway.
  const tokenOf = async (by: Person | 'integration'): Promise<string> => {
    const now = deps.clock().getTime();
    const known = tokens.get(by);
    if (known !== undefined && now - known.since < 1_800_000) return known.accessToken;
    const user =
      by === 'integration'
        ? { lastName: 'Program', permissionSets: ['Fairway_Integration'] }
        : { lastName: by, email: people[by].email, permissionSets: ['Fairway_Internal'] };
    const { accessToken } = await control('/users', { username: `${by}.${now}@northwind.example`, ...user });
    tokens.set(by, { accessToken, since: now });
    return accessToken;
  };
  const data = `${url}/services/data/v67.0/sobjects`;
  const call: Vendor['call'] = (by, method, path, body) =>
    tokenOf(by).then((token) => ask(method, `${data}${path}`, body, token));
  const named = (values: Values): Values =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [apiName(name), value]));
  return {
    object,
    vendor: {
      control,
      call,
      decide: async (registration, { by, ...rest }) => {
        const fields = { Registration__c: registration, ...named(rest as Values) };
        return (await call(by, 'POST', '/Registration_Decision__c', fields)).id;
      },
    },
    create: async (values, partner, by) =>
      (await call(by, 'POST', `/${object}`, { ...named(values), Partner__c: partner })).id,
  };
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const apiName = (name: string): string =>
  `${(name.charAt(0).toUpperCase() + name.slice(1)).replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')}__c`;

async function ask(method: string, url: string, body: unknown, token?: string): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}
