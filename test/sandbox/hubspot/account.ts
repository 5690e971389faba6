import { Client } from '@hubspot/api-client';
import { Faults } from '#sandbox/faults.ts';
import { profileNamed, type ProfileName } from '#sandbox/profiles/profiles.ts';
import { buildHubspot, type HubspotVendor } from '#sandbox/hubspot/server.ts';
import { Store } from '#sandbox/store.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- assertions read any answer of the vendor
  readonly body: any;
}

/** A sandbox account behind real HTTP, driven by HubSpot's own client. */
export interface TestAccount {
  readonly vendor: HubspotVendor;
  readonly store: Store;
  readonly url: string;
  readonly secrets: Record<string, string>;
  /** The vendor's clock. */
  readonly now: () => Date;
  /** Moves it. */
  readonly forward: (ms: number) => void;
  readonly call: (method: string, path: string, body?: unknown) => Promise<Answer>;
  /** Actions in the account that have no API: `/sandbox/…`. */
  readonly control: (method: string, path: string, body?: unknown) => Promise<Answer>;
  /** The same account through another app's token. */
  readonly callWith: (accessToken: string) => TestAccount['call'];
  readonly close: () => Promise<void>;
}

export async function openAccount(
  faults = new Faults(),
  profile: ProfileName = 'default',
): Promise<TestAccount> {
  let at = Date.parse('2026-11-20T08:00:00.250Z');
  const store = new Store(':memory:');
  const now = (): Date => new Date(at);
  const vendor = buildHubspot({ store, now, faults, profile: profileNamed(profile) });
  const url = await vendor.app.listen({ host: '127.0.0.1', port: 0 });
  const { secrets } = vendor.credentials({ publicKeyPem: '' });
  const callWith =
    (accessToken: string): TestAccount['call'] =>
    async (method, path, body) => {
      const client = new Client({ accessToken, basePath: url });
      return answerOf(await client.apiRequest({ method, path, body }));
    };
  return {
    vendor,
    store,
    url,
    secrets,
    now,
    forward: (ms) => void (at += ms),
    call: callWith(secrets['accessToken'] ?? ''),
    callWith,
    control: async (method, path, body) => {
      const content =
        body === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      return answerOf(await fetch(`${url}/sandbox${path}`, { method, ...content }));
    },
    close: async () => {
      await vendor.app.close();
      store.close();
    },
  };
}

async function answerOf(response: {
  status: number;
  headers: Headers;
  text: () => Promise<string>;
}): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

/** The registration object, as small as these tests need it. */
export const registrationSchema = {
  name: 'fairway_registration',
  labels: { singular: 'Deal registration', plural: 'Deal registrations' },
  primaryDisplayProperty: 'number',
  requiredProperties: ['number'],
  searchableProperties: ['number', 'customer_name'],
  secondaryDisplayProperties: [],
  allowsSensitiveProperties: false,
  associatedObjects: ['COMPANY', 'DEAL'],
  properties: [
    { name: 'number', label: 'Registration number', type: 'string', fieldType: 'text', hasUniqueValue: true },
    { name: 'customer_name', label: 'Customer name', type: 'string', fieldType: 'text' },
    { name: 'amount', label: 'Amount', type: 'number', fieldType: 'number' },
    { name: 'expected_close', label: 'Expected close', type: 'date', fieldType: 'date' },
    { name: 'submitted_at', label: 'Submitted at', type: 'datetime', fieldType: 'date' },
    {
      name: 'status',
      label: 'Status',
      type: 'enumeration',
      fieldType: 'select',
      options: [
        { value: 'submitted', label: 'Submitted' },
        { value: 'approved', label: 'Approved' },
      ],
    },
  ],
};
