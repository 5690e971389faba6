import type { CrmConnector } from '#connectors/contract/crm.ts';
import type { PullPage, PullRequest } from '#connectors/contract/records.ts';
import { createHubspot } from '#connectors/hubspot/connector.ts';
import type { CrmSample } from '#sandbox/sample.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { openAccount, type TestAccount } from '#test/sandbox/hubspot/account.ts';
import { alone } from '#test/support/connector-input.ts';
import { waitingGate } from './gate.ts';

/** A HubSpot account with a connector to it. */
export interface ConnectedAccount {
  readonly account: TestAccount;
  readonly connect: (settings?: Record<string, string>, secrets?: Record<string, string>) => CrmConnector;
  /** A connector that never waits, for an account whose limits are lifted. */
  readonly connectUngated: () => CrmConnector;
}

export async function connectAccount(): Promise<ConnectedAccount> {
  const account = await openAccount();
  const plain = {
    ...alone,
    settings: { basePath: account.url },
    secrets: account.secrets,
    now: () => new Date(),
  };
  const gate = waitingGate();
  return {
    account,
    connect: (settings = {}, secrets = {}) =>
      createHubspot({
        ...plain,
        gate,
        settings: { ...plain.settings, ...settings },
        secrets: { ...plain.secrets, ...secrets },
      }),
    connectUngated: () => createHubspot(plain),
  };
}

export async function installedAccount(): Promise<ConnectedAccount & { readonly connector: CrmConnector }> {
  const connected = await connectAccount();
  const connector = connected.connect();
  await connector.install(crmSchema);
  return { ...connected, connector };
}

const stamps = { createdAt: '2026-01-05T09:00:00.000Z', modifiedAt: '2026-02-06T10:00:00.000Z' };

/** The sandbox stores all deals of a company together, so thousands of deals of one company make it slow. */
const customersOf = (deals: number): number => Math.ceil(deals / 500);

/** One partner, a customer for every 500 of `deals` deals, one registration of the first of them. */
export const sampleWith = (deals: number): CrmSample => ({
  accounts: [
    {
      key: 'partner',
      name: 'Northwind Partners',
      domain: 'northwind.example',
      country: 'DE',
      countryName: 'Germany',
      city: 'Kiel',
      postcode: '24103',
      phone: null,
      isPartner: true,
      partnerCode: 'P-0001',
      ...stamps,
    },
    ...Array.from({ length: customersOf(deals) }, (_, n) => ({
      key: `customer${n}`,
      name: 'Arden Works',
      domain: `arden${n}.example`,
      country: 'FR',
      countryName: 'France',
      city: 'Lyon',
      postcode: '69001',
      phone: null,
      isPartner: false,
      partnerCode: null,
      ...stamps,
    })),
  ],
  opportunities: Array.from({ length: deals }, (_, n) => ({
    key: `o${n}`,
    name: `Pumps ${n}`,
    accountKey: `customer${n % customersOf(deals)}`,
    stage: 'proposal',
    amount: `${1000 + n}.50`,
    currency: 'EUR',
    closeDate: '2026-12-01',
    ...stamps,
  })),
  registrations: [
    {
      key: 'r',
      number: 'DR-2026-0001',
      partnerKey: 'partner',
      opportunityKey: 'o0',
      customerName: 'Arden Works',
      customerDomain: 'arden.example',
      customerCountry: 'FR',
      contactEmail: null,
      productFamily: 'Pumps',
      dealType: 'new',
      amount: '1000.50',
      currency: 'EUR',
      expectedClose: '2026-12-01',
      submittedAt: '2026-02-01T08:30:00.000Z',
    },
  ],
});

export async function hubspotPages(
  connector: CrmConnector,
  request: Pick<PullRequest, 'object' | 'fields'> & Partial<PullRequest>,
): Promise<PullPage[]> {
  const pages: PullPage[] = [];
  for await (const page of connector.pull({ since: null, resume: null, ...request })) pages.push(page);
  return pages;
}
