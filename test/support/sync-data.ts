import { and, eq, ne } from 'drizzle-orm';
import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { ObjectDescription } from '#connectors/contract/records.ts';
import { addJobs, settleJob } from '#src/db/jobs/job-store.ts';
import {
  alert,
  budget,
  connection,
  cursor,
  hint,
  link,
  listening,
  objectDescription,
  remoteChange,
  remoteRecord,
  resolution,
  shadow,
} from '#src/db/schema/connection.ts';
import { opportunity } from '#src/db/schema/channel.ts';
import { runTally, writeIntent } from '#src/db/schema/work.ts';
import { reportProblems } from '#src/db/sync/problem-store.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import type { Deps } from '#src/deps.ts';
import { reconcileJob } from '#src/operations/pull/reconcile-object.ts';
import { shapeFor } from '#test/mappings/engine/shapes.ts';
import type { ConsoleData } from './console-data.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const registrations = 'Fairway_Registration__c';

/** The ids that tests look up. */
export interface SyncData {
  readonly opportunityId: string;
  readonly opportunityExtId: string;
  /** On the amount of DR-2026-0002, and on the opportunity's close date. */
  readonly openConflictIds: readonly string[];
}

/**
 * On top of `seedConsole`: a synchronisation with something in every state. Salesforce is busy, HubSpot is
 * paused.
 */
export async function seedSync(deps: Deps, data: ConsoleData): Promise<SyncData> {
  const now = deps.clock();
  const before = (ms: number) => new Date(now.getTime() - ms);
  await seedReading(deps, data, before);
  await seedBudgets(deps, data, now);
  await seedTraffic(deps, data, before);
  await seedRefused(deps, data, before);
  const opportunityId = await seedOpportunity(deps, data, before);
  await seedStory(deps, data, before);
  const openConflictIds = await seedConflicts(deps, data, opportunityId, before);
  return { opportunityId, opportunityExtId, openConflictIds };
}

const opportunityExtId = '0065f000009ZZZZAA4';
type Before = (ms: number) => Date;

/** A first read in progress, a live event stream, waiting hints, a finished comparison. */
async function seedReading(
  deps: Deps,
  { salesforceId, hubspotId }: ConsoleData,
  before: Before,
): Promise<void> {
  await deps.db.insert(cursor).values({
    connectionId: salesforceId,
    object: 'Contact',
    startedAt: before(3 * minuteMs).toISOString(),
    resume: 'page-62',
    done: 12_400,
    total: 48_000,
    readStartedAt: before(3 * minuteMs),
  });
  await deps.db.insert(listening).values({
    connectionId: salesforceId,
    position: 'opaque',
    leaseHolder: deps.ids(),
    leasedUntil: before(-minuteMs),
    lastEventAt: before(25_000),
  });
  await deps.db.insert(hint).values(
    ['0065f000001AAA', '0065f000002AAA', '0065f000003AAA'].map((extId, index) => ({
      connectionId: salesforceId,
      object: 'Opportunity',
      extId,
      via: 'stream' as const,
      token: deps.ids(),
      firstAt: before((index + 1) * 20_000),
      lastAt: before(5_000),
    })),
  );
  const jobId = deps.ids();
  const comparison = reconcileJob(
    { ids: () => jobId },
    { connectionId: salesforceId, kind: 'account', acceptRemovals: false },
  );
  await addJobs(deps.db, [comparison], before(5 * hourMs));
  await settleJob(deps.db, jobId, { status: 'done', error: null }, before(5 * hourMs - 4 * minuteMs));
  await deps.db
    .update(cursor)
    .set({ scannedAt: before(5 * hourMs - 4 * minuteMs) })
    .where(and(eq(cursor.connectionId, salesforceId), ne(cursor.object, 'Contact')));
  await deps.db.insert(alert).values([
    {
      id: deps.ids(),
      connectionId: hubspotId,
      state: 'paused',
      message: 'Paused: the calls of this day are used up.',
      at: before(20 * minuteMs),
    },
    {
      id: deps.ids(),
      connectionId: hubspotId,
      state: 'recovered',
      message: 'HubSpot EMEA answers again.',
      at: before(30 * hourMs),
    },
  ]);
}

/** Salesforce far from its limits; HubSpot paused, because the customer's allotment is used up. */
async function seedBudgets(deps: Deps, { salesforceId, hubspotId }: ConsoleData, now: Date): Promise<void> {
  const seconds = now.getTime() / 1000;
  const today = new Date(`${now.toISOString().slice(0, 10)}T00:00:00Z`);
  await deps.db.insert(budget).values([
    {
      connectionId: salesforceId,
      window: 'day',
      allowed: 100_000,
      used: 1_240,
      usedByFairway: 910,
      windowStartedAt: today,
    },
    {
      connectionId: hubspotId,
      window: 'day',
      allowed: 250_000,
      used: 231_000,
      usedByFairway: 225_400,
      windowStartedAt: today,
    },
    {
      connectionId: hubspotId,
      window: 'burst',
      allowed: 190,
      callTimes: [seconds - 60, seconds - 4, seconds - 2],
      windowStartedAt: now,
      blockedUntil: new Date(now.getTime() + 6_000),
    },
  ]);
  await deps.db
    .update(connection)
    .set({
      settings: {
        loginUrl: 'https://vendor.my.salesforce.com',
        clientId: 'consumer-key',
        username: 'integration@vendor.test',
        sandbox: true,
      },
      secrets: sealSecrets(deps.config.masterKey, salesforceId, {
        privateKeyPem: 'nobody signs in with this',
      }),
    })
    .where(eq(connection.id, salesforceId));
  await deps.db
    .update(connection)
    .set({
      pausedUntil: new Date(now.getTime() + 3 * hourMs),
      pauseReason: 'Of the 240,000 calls you allot to Fairway a day, what is not kept for people is used up.',
      dailyCallLimit: 240_000,
    })
    .where(eq(connection.id, hubspotId));
}

/** Accepted writes of the last hours, to accounts that no test reads. */
async function seedTraffic(deps: Deps, { salesforceId, runId }: ConsoleData, before: Before): Promise<void> {
  await deps.db
    .insert(runTally)
    .values({ runId, connectionId: salesforceId, measure: 'pulled:account', count: 640 });
  const writes = [3, 0, 14, 40, 22, 5].flatMap((count, hours) =>
    Array.from({ length: count }, () => ({
      id: deps.ids(),
      connectionId: salesforceId,
      object: 'Account',
      kind: 'account',
      recordId: deps.ids(),
      operation: 'update' as const,
      fields: { Fairway_Tier__c: 'gold' },
      mappingVersion: 2,
      status: 'done' as const,
      createdAt: before(hours * hourMs),
      settledAt: before(hours * hourMs),
    })),
  );
  await deps.db.insert(writeIntent).values(writes);
}

const locked: RemoteFailure = {
  class: 'permission',
  code: 'INSUFFICIENT_ACCESS_OR_READONLY',
  message: 'insufficient access rights on object id',
  fix: 'Give the integration user edit access to the object and the record, then replay.',
};

/** Two causes in addition to the one of `seedConsole`: many of one, few of the other. */
async function seedRefused(deps: Deps, { salesforceId }: ConsoleData, before: Before): Promise<void> {
  await deps.db.insert(writeIntent).values(
    Array.from({ length: 23 }, (_, index) => ({
      id: deps.ids(),
      connectionId: salesforceId,
      object: 'Account',
      kind: 'account',
      recordId: deps.ids(),
      extId: `0015f00000${String(index).padStart(2, '0')}AAA`,
      operation: 'update' as const,
      fields: { Fairway_Tier__c: 'silver', Fairway_Tier_As_Of__c: '2026-11-01' },
      mappingVersion: 2,
      status: 'dead' as const,
      attempts: 2,
      failure: locked,
      createdAt: before(2 * hourMs),
      settledAt: before(hourMs),
    })),
  );
}

async function seedOpportunity(deps: Deps, { salesforceId }: ConsoleData, before: Before): Promise<string> {
  const [found] = await deps.db.select({ id: opportunity.id }).from(opportunity);
  if (!found) throw new Error('seedConsole makes an opportunity');
  const place = { connectionId: salesforceId, object: 'Opportunity', extId: opportunityExtId };
  await deps.db.insert(link).values({ ...place, kind: 'opportunity', recordId: found.id });
  await deps.db.insert(remoteRecord).values({
    ...place,
    fields: { Name: 'Meridian plant roll-out', StageName: 'Negotiation', CloseDate: '2027-01-31' },
    hash: 'h',
    mappedHash: 'h',
    modifiedAt: before(hourMs),
    pulledAt: before(hourMs),
  });
  return found.id;
}

/**
 * The history of DR-2026-0001: a change came, it was merged, an answer was written; a value could not be
 * read once.
 */
async function seedStory(
  deps: Deps,
  { salesforceId, registrationIds }: ConsoleData,
  before: Before,
): Promise<void> {
  await deps.db.insert(objectDescription).values({
    connectionId: salesforceId,
    object: registrations,
    description: describedRegistration(deps),
    describedAt: before(hourMs),
  });
  const place = { connectionId: salesforceId, object: registrations, extId: 'a015f000000AAA' };
  await deps.db.insert(remoteChange).values([
    {
      ...place,
      what: 'changed',
      changes: { Amount__c: [84_000, 86_500], Contact_Email__c: ['buyer@halvorsen-shipping.no', ''] },
      via: 'hint',
      modifiedAt: before(2 * hourMs + 4_000),
      at: before(2 * hourMs),
    },
    // The echo of the answer below.
    {
      ...place,
      what: 'changed',
      changes: { Status__c: ['submitted', 'approved'] },
      via: 'read',
      modifiedAt: before(0),
      at: before(-1),
    },
  ]);
  await deps.db.insert(resolution).values({
    id: deps.ids(),
    ...place,
    kind: 'registration',
    recordId: registrationIds.get('DR-2026-0001') ?? '',
    field: 'amount',
    base: '84000.00',
    theirs: '86500.00',
    ours: '85000.00',
    policy: 'crm',
    winner: 'crm',
    mappingVersion: 2,
    at: before(2 * hourMs - 1_000),
    settledAt: before(2 * hourMs - 1_000),
  });
  await reportProblems(
    deps.db,
    { source: 'map', connectionId: salesforceId, object: registrations },
    [
      {
        id: deps.ids(),
        ref: place.extId,
        failure: {
          class: 'mapping',
          code: 'not_a_date',
          message: 'expectedClose: “soon” is not a date',
          fix: 'Enter a date in the CRM.',
        },
      },
    ],
    before(3 * hourMs),
  );
}

/** The object as an org shows it in which the mapping fits. */
function describedRegistration(deps: Deps): ObjectDescription {
  const pack = deps.packs.find((one) => one.system === 'salesforce' && one.kind === 'registration');
  if (!pack) throw new Error('there is a pack for it');
  const labels: Readonly<Record<string, string>> = {
    Status__c: 'Status',
    Amount__c: 'Deal amount',
    Contact_Email__c: 'Contact e-mail',
  };
  const fields = shapeFor(pack).fields.map((field) => ({
    ...field,
    label: labels[field.name] ?? field.name,
  }));
  return { object: registrations, label: 'Deal registration', fields };
}

/** Two fields on which a person is asked. */
async function seedConflicts(
  deps: Deps,
  { salesforceId, registrationIds }: ConsoleData,
  opportunityId: string,
  before: Before,
): Promise<string[]> {
  const asked = { connectionId: salesforceId, policy: 'ask' as const, mappingVersion: 2 };
  const rows = [
    {
      ...asked,
      id: deps.ids(),
      object: registrations,
      extId: 'a015f000001AAA',
      kind: 'registration',
      recordId: registrationIds.get('DR-2026-0002') ?? '',
      field: 'amount',
      base: '91500.00',
      theirs: '95000.00',
      ours: '88000.00',
      at: before(26 * hourMs),
    },
    {
      ...asked,
      id: deps.ids(),
      object: 'Opportunity',
      extId: opportunityExtId,
      kind: 'opportunity',
      recordId: opportunityId,
      field: 'closeDate',
      base: '2027-01-31',
      theirs: null,
      ours: '2027-03-31',
      at: before(hourMs),
    },
  ];
  await deps.db.insert(resolution).values(rows);
  await deps.db.insert(shadow).values({
    connectionId: salesforceId,
    object: registrations,
    extId: 'a015f000001AAA',
    fields: { Amount__c: 91_500 },
    edits: { amount: before(27 * hourMs).toISOString() },
  });
  return rows.map((row) => row.id);
}
