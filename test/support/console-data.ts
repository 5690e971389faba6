import { saveAccounts, saveOpportunities, savePartners } from '#src/db/records/account-store.ts';
import { connection, cursor, link, remoteRecord, shadow } from '#src/db/schema/connection.ts';
import { sourceDocument } from '#src/db/schema/money.ts';
import { job, run, runTally, writeIntent } from '#src/db/schema/work.ts';
import { reportProblems } from '#src/db/sync/problem-store.ts';
import { saveRegistrations } from '#src/db/registrations/registration-store.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import type { Deps } from '#src/deps.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { monthToPay } from '#src/domain/period.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import { accrueIncentives } from '#src/operations/incentive/accrue-incentives.ts';
import { assessTiers } from '#src/operations/program/assess-tiers.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { draftPayouts } from '#src/operations/payouts/draft-payouts.ts';
import type { RunSummary } from '#src/operations/runs/summarise-run.ts';

/** The ids that tests look up. */
export interface ConsoleData {
  readonly salesforceId: string;
  readonly hubspotId: string;
  readonly runId: string;
  /** By number, `DR-2026-0001` …; see `registrations`. */
  readonly registrationIds: ReadonlyMap<string, string>;
}

const dayMs = 86_400_000;
const noProgress = async (): Promise<void> => {};

const partners = [
  { name: 'Northwind Systems', code: 'P-0001', invoiced: [412_500_00n, 188_000_00n] },
  { name: 'Brightwater Consulting', code: 'P-0002', invoiced: [64_200_00n, 51_750_00n] },
  { name: 'Kestrel IT Partners', code: 'P-0003', invoiced: [18_300_00n] },
  { name: 'Lumen & Vale GmbH', code: 'P-0004', invoiced: [96_400_00n, 12_999_99n] },
] as const;

/**
 * Partner, customer, domain, days ago, amount. Two name one customer; one names a customer sales already
 * works with.
 */
const registrations = [
  {
    partner: 0,
    customer: 'Halvorsen Shipping AS',
    domain: 'halvorsen-shipping.no',
    daysAgo: 21,
    amount: 84_000_00n,
  },
  {
    partner: 1,
    customer: 'Halvorsen Shipping',
    domain: 'halvorsen-shipping.no',
    daysAgo: 8,
    amount: 91_500_00n,
  },
  {
    partner: 2,
    customer: 'Meridian Foods Inc.',
    domain: 'meridianfoods.com',
    daysAgo: 1,
    amount: 240_000_00n,
  },
  { partner: 3, customer: 'Quillmark Press Ltd', domain: 'quillmark.co.uk', daysAgo: 3, amount: 15_750_00n },
  {
    partner: 0,
    customer: 'Osterberg Pharma AG',
    domain: 'osterberg-pharma.de',
    country: 'DE',
    daysAgo: 34,
    amount: 410_000_00n,
  },
  {
    partner: 0,
    customer: 'Osterberg Pharma',
    domain: 'osterberg-pharma.de',
    country: 'DE',
    daysAgo: 2,
    amount: 410_000_00n,
  },
] as const;

/**
 * A channel with something on every page of the console: decided and drafted by the real operations, placed
 * by hand.
 */
export async function seedConsole(deps: Deps): Promise<ConsoleData> {
  const now = deps.clock();
  const connections = await seedConnections(deps, now);
  const partnerIds = await seedCompanies(deps, now);
  const registrationIds = await seedRegistrations(deps, partnerIds, now);
  await evaluateRegistrations(deps, noProgress);
  await seedDocuments(deps, connections.salesforceId, partnerIds, now);
  const runId = await seedRun(deps, connections, now);
  await assessTiers(deps, noProgress);
  await accrueIncentives(deps, runId, noProgress);
  await draftPayouts(deps, noProgress);
  await seedWriteBack(deps, connections.salesforceId, registrationIds, now);
  await seedProblems(deps, connections, now);
  return { ...connections, runId, registrationIds };
}

/** A run under way, as the overview shows it. */
export async function seedRunningRun(deps: Deps): Promise<string> {
  const now = deps.clock();
  const runId = deps.ids();
  await deps.db
    .insert(run)
    .values({ id: runId, trigger: 'person', stage: 'pull', startedAt: new Date(now.getTime() - 20_000) });
  const progress = [
    { label: 'Reading Account from Salesforce', done: 1200, total: 5000 },
    { label: 'Reading deals from HubSpot', done: 300, total: null },
  ];
  await deps.db.insert(job).values(
    progress.map((one) => ({
      id: deps.ids(),
      runId,
      stage: 'pull',
      name: 'pull',
      payload: {},
      status: 'queued' as const,
      createdAt: now,
      progress: one,
    })),
  );
  return runId;
}

async function seedConnections(deps: Deps, now: Date) {
  const salesforceId = deps.ids();
  const hubspotId = deps.ids();
  const secrets = (id: string) => sealSecrets(deps.config.masterKey, id, { token: 'secret-token-of-a-test' });
  await deps.db.insert(connection).values([
    {
      id: salesforceId,
      kind: 'salesforce',
      name: 'Salesforce',
      settings: { loginUrl: 'https://vendor.my.salesforce.com', sandbox: true },
      secrets: secrets(salesforceId),
      account: 'Vendor Inc. (00D5f000001)',
      callsUsed: 1840,
      callsAllowed: 100_000,
      checkedAt: new Date(now.getTime() - 4 * 60_000),
      installedAt: now,
      createdAt: new Date(now.getTime() - 40 * dayMs),
    },
    {
      id: hubspotId,
      kind: 'hubspot',
      name: 'HubSpot EMEA',
      settings: { portalId: '4711', sandbox: true },
      secrets: secrets(hubspotId),
      status: 'failing',
      failure: {
        class: 'auth',
        code: 'EXPIRED_AUTHENTICATION',
        message: 'The OAuth token used to make this call expired 3 days ago.',
        fix: 'Sign in again: npm run fairway -- connect hubspot.',
      },
      callsUsed: 231_000,
      callsAllowed: 250_000,
      checkedAt: new Date(now.getTime() - 2 * 3_600_000),
      installedAt: now,
      createdAt: new Date(now.getTime() - 39 * dayMs),
    },
  ]);
  const objects = ['Account', 'Opportunity', 'Fairway_Registration__c'];
  await deps.db.insert(cursor).values(
    objects.map((object) => ({
      connectionId: salesforceId,
      object,
      since: now.toISOString(),
      completedAt: new Date(now.getTime() - 5 * 60_000),
    })),
  );
  return { salesforceId, hubspotId };
}

async function seedCompanies(deps: Deps, now: Date): Promise<string[]> {
  const partnerAccounts = partners.map(({ name, code }) => ({
    ...accountRow(deps, name, null),
    isPartner: true,
    partnerCode: code,
  }));
  const customer = accountRow(deps, 'Meridian Foods, Inc', 'meridianfoods.com');
  await saveAccounts(deps.db, [...partnerAccounts, { ...customer, isPartner: false, partnerCode: null }]);
  const rows = partnerAccounts.map(({ id, name, partnerCode }) => ({
    id: deps.ids(),
    accountId: id,
    name,
    code: partnerCode,
  }));
  await savePartners(deps.db, rows);
  await saveOpportunities(deps.db, [
    {
      id: deps.ids(),
      accountId: customer.id,
      name: 'Meridian plant roll-out',
      stage: 'Negotiation',
      isClosed: false,
      isWon: false,
      amountMinor: 300_000_00n,
      currency: 'USD',
      openedAt: new Date(now.getTime() - 30 * dayMs),
    },
  ]);
  return rows.map((row) => row.id);
}

function accountRow(deps: Deps, name: string, domain: string | null) {
  const company = normaliseCompany({ name, domain, country: 'US' });
  return {
    id: deps.ids(),
    name,
    domain,
    country: 'US',
    core: company.core,
    matchDomain: company.domain,
    normaliserVersion: 'n1',
  };
}

async function seedRegistrations(
  deps: Deps,
  partnerIds: readonly string[],
  now: Date,
): Promise<Map<string, string>> {
  const rows = registrations.map((registration, index) => {
    const company = normaliseCompany({
      name: registration.customer,
      domain: registration.domain,
      country: null,
    });
    return {
      id: deps.ids(),
      number: `DR-2026-000${index + 1}`,
      partnerId: partnerIds[registration.partner] ?? '',
      customerName: registration.customer,
      customerDomain: registration.domain,
      customerCountry: 'country' in registration ? registration.country : null,
      contactEmail: `buyer@${registration.domain}`,
      productFamily: 'Platform',
      dealType: 'new' as const,
      amountMinor: registration.amount,
      currency: 'USD',
      expectedClose: new Date(now.getTime() + 60 * dayMs).toISOString().slice(0, 10),
      submittedAt: new Date(now.getTime() - registration.daysAgo * dayMs),
      core: company.core,
      matchDomain: company.domain,
      matchCountry: company.country,
    };
  });
  await saveRegistrations(deps.db, rows);
  return new Map(rows.map((row) => [row.number, row.id]));
}

/** Invoices issued and paid in the last month whose grace period is over, so that a batch is drafted on any day. */
async function seedDocuments(
  deps: Deps,
  connectionId: string,
  partnerIds: readonly string[],
  now: Date,
): Promise<void> {
  const month = monthToPay(now.toISOString().slice(0, 10), defaultProgram.payoutGraceDays);
  const rows = partners.flatMap(({ invoiced }, partner) =>
    invoiced.map((amountMinor, index) => ({
      id: deps.ids(),
      connectionId,
      number: `INV-${partner + 1}0${index + 1}`,
      numberKey: `INV-${partner + 1}0${index + 1}`,
      kind: 'invoice' as const,
      partnerId: partnerIds[partner] ?? '',
      customerName: registrations[partner]?.customer ?? null,
      currency: 'USD',
      amountMinor,
      issuedOn: `${month}-0${index + 3}`,
      paidOn: `${month}-${index + 20}`,
    })),
  );
  await deps.db.insert(sourceDocument).values(rows);
}

async function seedRun(
  deps: Deps,
  { salesforceId, hubspotId }: { salesforceId: string; hubspotId: string },
  now: Date,
): Promise<string> {
  const runId = deps.ids();
  const summary: RunSummary = {
    pulled: { accounts: 4812, opportunities: 2210, registrations: 6, invoices: 7 },
    registrations: { total: 6, approved: 3, informationNeeded: 0, inReview: 2, rejected: 1 },
    conflicts: 3,
    written: { salesforce: 41, hubspot: 0 },
    accruals: 7,
    payouts: 4,
    problems: 7,
    calls: { salesforce: 38, hubspot: 4 },
    durationMs: 41_300,
    attention: [],
    complete: true,
    paused: [],
    clocks: null,
  };
  const startedAt = new Date(now.getTime() - 6 * 60_000);
  await deps.db.insert(run).values({
    id: runId,
    trigger: 'schedule',
    stage: 'push',
    status: 'done',
    startedAt,
    finishedAt: new Date(startedAt.getTime() + 41_300),
    summary: { ...summary },
  });
  await deps.db.insert(runTally).values([
    { runId, connectionId: salesforceId, measure: 'calls', count: 38 },
    { runId, connectionId: hubspotId, measure: 'calls', count: 4 },
  ]);
  return runId;
}

/** Salesforce holds every registration; one answer arrived, one is on its way, one was refused. */
async function seedWriteBack(
  deps: Deps,
  connectionId: string,
  ids: ReadonlyMap<string, string>,
  now: Date,
): Promise<void> {
  const object = 'Fairway_Registration__c';
  const placed = [...ids].map(([number, recordId], index) => ({
    number,
    recordId,
    extId: `a015f00000${index}AAA`,
  }));
  await deps.db
    .insert(link)
    .values(
      placed.map(({ recordId, extId }) => ({ connectionId, object, extId, kind: 'registration', recordId })),
    );
  const pulledAt = new Date(now.getTime() - 3_600_000);
  await deps.db.insert(remoteRecord).values(
    placed.map(({ number, extId }) => ({
      connectionId,
      object,
      extId,
      fields: { Number__c: number, Status__c: 'submitted' },
      hash: extId,
      mappedHash: extId,
      modifiedAt: pulledAt,
      pulledAt,
    })),
  );
  const [first, second, third] = placed;
  if (!first || !second || !third) throw new Error('there are at least three registrations');
  await deps.db
    .insert(shadow)
    .values({ connectionId, object, extId: first.extId, fields: { Status__c: 'approved' }, writtenAt: now });
  const intent = { connectionId, object, kind: 'registration', operation: 'update' as const, createdAt: now };
  const refused = {
    class: 'validation',
    code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
    message: 'Closed deals are read-only.',
    fix: 'Change the validation rule so that Fairway may write, then run again.',
  } as const;
  await deps.db.insert(writeIntent).values([
    {
      ...intent,
      id: deps.ids(),
      recordId: first.recordId,
      extId: first.extId,
      fields: { Status__c: 'approved' },
      status: 'done',
      settledAt: now,
    },
    {
      ...intent,
      id: deps.ids(),
      recordId: second.recordId,
      extId: second.extId,
      fields: { Status__c: 'in_review', Conflict_Score__c: 100 },
      status: 'pending',
    },
    {
      ...intent,
      id: deps.ids(),
      recordId: third.recordId,
      extId: third.extId,
      fields: { Status__c: 'in_review' },
      status: 'dead',
      settledAt: now,
      failure: refused,
    },
  ]);
}

async function seedProblems(
  deps: Deps,
  { salesforceId, hubspotId }: { salesforceId: string; hubspotId: string },
  now: Date,
): Promise<void> {
  const validation = {
    class: 'validation',
    code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
    message: 'Closed deals are read-only.',
    fix: 'Change the validation rule so that Fairway may write, then run again.',
  } as const;
  await reportProblems(
    deps.db,
    { source: 'write', connectionId: salesforceId, object: 'Opportunity' },
    Array.from({ length: 6 }, (_, index) => ({
      id: deps.ids(),
      ref: `0065f00000${index}AAA`,
      failure: validation,
    })),
    now,
  );
  const expired = {
    class: 'auth',
    code: 'EXPIRED_AUTHENTICATION',
    message: 'The OAuth token used to make this call expired 3 days ago.',
    fix: 'Sign in again: npm run fairway -- connect hubspot.',
  } as const;
  await reportProblems(
    deps.db,
    { source: 'connection', connectionId: hubspotId, object: 'connection' },
    [{ id: deps.ids(), ref: 'HubSpot EMEA', failure: expired }],
    now,
  );
}
