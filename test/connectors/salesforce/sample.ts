import type { CrmConnector } from '#connectors/contract/crm.ts';
import type { PullPage, PullRequest, RemoteRecord } from '#connectors/contract/records.ts';
import type { ConnectorInput } from '#connectors/contract/remote-system.ts';
import { createSalesforce } from '#connectors/salesforce/connector.ts';
import type { SampleAccount, SampleOpportunity } from '#sandbox/sample.ts';
import { alone } from '#test/support/connector-input.ts';
import { privateKeyPem } from '#test/sandbox/salesforce/org.ts';
import type { RunningOrg } from '#test/sandbox/salesforce/org.ts';

const stamps = { createdAt: '2026-01-01T00:00:00Z', modifiedAt: '2026-02-01T00:00:00Z' };

export const sampleAccount = (n: number): SampleAccount => ({
  key: `a${n}`,
  name: `Account ${n}`,
  domain: `account${n}.example`,
  country: 'DE',
  countryName: 'Germany',
  city: 'Ulm',
  postcode: '89073',
  phone: null,
  isPartner: n === 0,
  partnerCode: n === 0 ? 'P-0001' : null,
  ...stamps,
});

const awkward = ['plain', 'comma, and "quotes"', 'two\nlines', "it's", 'ümlaut 名前', '#hash', '=1+1', ' ; '];

/** Deals of the first account, with every kind of value that CSV and JSON spell differently. */
export const sampleDeal = (n: number): SampleOpportunity => ({
  key: `o${n}`,
  name: `Deal ${n} ${awkward[n % awkward.length]}`,
  accountKey: 'a0',
  stage: n % 3 === 0 ? 'closed_won' : 'proposal',
  amount: `${n}.${String(n % 100).padStart(2, '0')}`,
  currency: 'EUR',
  closeDate: '2026-12-31',
  ...stamps,
});

export const connectOrg = (org: RunningOrg, input: Partial<ConnectorInput> = {}): CrmConnector =>
  createSalesforce({
    ...alone,
    secrets: { privateKeyPem },
    now: () => org.clock.now,
    ...input,
    settings: {
      loginUrl: org.url,
      clientId: org.clientId,
      username: org.username,
      ...org.events,
      ...input.settings,
    },
  });

export async function salesforcePages(
  connector: CrmConnector,
  request: Partial<PullRequest> & Pick<PullRequest, 'object' | 'fields'>,
): Promise<PullPage[]> {
  const pages: PullPage[] = [];
  for await (const page of connector.pull({ since: null, resume: null, ...request })) pages.push(page);
  return pages;
}

export const recordsOf = (pages: readonly PullPage[]): RemoteRecord[] =>
  pages.flatMap((page) => page.records);
