/** A registration as the rules use it, and as the tables hold it. */
import type { registration } from '#src/db/schema/channel.ts';
import type { registrationLifecycle } from '#src/db/schema/lifecycle.ts';
import { parseMinor } from '#src/domain/money.ts';
import { isStandardName } from '#src/domain/registrations/form/form.ts';
import type { LifecycleProgramme } from '#src/domain/registrations/lifecycle/programme.ts';
import type {
  ClockEvents,
  Instant,
  LifecycleRegistration,
} from '#src/domain/registrations/lifecycle/registration.ts';
import type { LifecycleState } from '#src/domain/registrations/lifecycle/states.ts';
import { calendarAt } from '#src/domain/service-levels/calendar.ts';
import type { ClockStop } from '#src/domain/service-levels/clock-state.ts';
import type { Target } from '#src/domain/service-levels/target.ts';
import type { RegistrationStatus } from '#src/domain/status.ts';

export interface LifecycleRow {
  readonly lifecycle: typeof registrationLifecycle.$inferSelect;
  readonly number: string;
  readonly createdBy: readonly string[] | null;
}

export type CrmValues = Readonly<Record<string, string | number | null>>;

/** A registration as a step leaves it. */
export interface LifecycleToSave {
  readonly registration: LifecycleRegistration;
  readonly programmeId: number;
  readonly crmFields: CrmValues;
  readonly crmOpportunityFields: CrmValues | null;
  readonly crmPutBack: readonly string[];
}

/** A clock without its calendar and target, which the programme of the submission has. */
interface StoredClock {
  readonly start: Instant;
  /** `to` is null while the pause has not ended. */
  readonly pauses: readonly { readonly from: Instant; readonly to: Instant | null }[];
  readonly stop: ClockStop | null;
}

type ColumnKey =
  | 'id'
  | 'number'
  | 'partner'
  | 'opportunity'
  | 'deal'
  | 'terms'
  | 'state'
  | 'version'
  | 'programme'
  | 'createdBy'
  | 'decisionClock'
  | 'appealClock';

interface StoredBody extends Omit<LifecycleRegistration, ColumnKey> {
  readonly decisionClock: StoredClock;
  readonly appealClock: StoredClock | null;
}

/** @param programme the one of the row's `programmeId` */
export function lifecycleOf(
  { lifecycle, number, createdBy }: LifecycleRow,
  programme: LifecycleProgramme,
): LifecycleRegistration {
  const { registrationId, partnerId, opportunityId, deal, terms, state, version } = lifecycle;
  const { decisionClock, appealClock, ...rest } = lifecycle.body as unknown as StoredBody;
  const { decisionTarget, appealTarget } = programme;
  const clock = (stored: StoredClock, target: Target) =>
    clockEventsOf(stored, { programme, target, submittedAt: rest.submittedAt });
  return {
    ...rest,
    // Rows that were stored before decisions could be undone have neither.
    deferred: rest.deferred ?? null,
    notApplied: rest.notApplied ?? null,
    id: registrationId,
    number,
    createdBy,
    partner: partnerId,
    opportunity: opportunityId,
    deal,
    terms,
    state,
    version,
    programme,
    decisionClock: clock(decisionClock, decisionTarget),
    appealClock: appealClock && clock(appealClock, appealTarget),
  };
}

/** Both clocks count with the calendar that was in force at the submission. */
function clockEventsOf(
  { start, pauses, stop }: StoredClock,
  {
    programme: { calendars },
    target,
    submittedAt,
  }: { readonly programme: LifecycleProgramme; readonly target: Target; readonly submittedAt: Instant },
): ClockEvents {
  const calendar = calendarAt(calendars, submittedAt);
  return {
    calendars: calendar ? [calendar] : [],
    target,
    start,
    pauses: pauses.map(({ from, to }) => ({ from, to: to ?? Number.POSITIVE_INFINITY })),
    stop,
  };
}

function storedClock({ start, pauses, stop }: ClockEvents): StoredClock {
  return {
    start,
    pauses: pauses.map(({ from, to }) => ({ from, to: Number.isFinite(to) ? to : null })),
    stop,
  };
}

export function storedLifecycle(
  saved: LifecycleToSave,
  changedAt: Date,
): typeof registrationLifecycle.$inferInsert {
  const {
    id: registrationId,
    number: _number,
    partner: partnerId,
    opportunity: opportunityId,
    deal,
    terms,
    state,
    version,
    programme: _programme,
    createdBy: _createdBy,
    decisionClock,
    appealClock,
    ...rest
  } = saved.registration;
  const { programmeId, crmFields, crmOpportunityFields, crmPutBack } = saved;
  const body: StoredBody = {
    ...rest,
    decisionClock: storedClock(decisionClock),
    appealClock: appealClock && storedClock(appealClock),
  };
  return {
    registrationId,
    partnerId,
    opportunityId,
    deal,
    terms,
    state,
    version,
    programmeId,
    body: { ...body },
    crmFields,
    crmOpportunityFields,
    crmPutBack,
    changedAt,
  };
}

/** The status that pages and CRM fields of the seven statuses show for a state. */
export const statusOfState: Readonly<Record<LifecycleState, RegistrationStatus>> = {
  submitted: 'submitted',
  in_review: 'in_review',
  info_requested: 'information_needed',
  approved: 'approved',
  converted: 'approved',
  won: 'approved',
  rejected: 'rejected',
  appealed: 'rejected',
  expired: 'expired',
  lost: 'expired',
  withdrawn: 'withdrawn',
  superseded: 'withdrawn',
};

/** The row of a registration in the table that every other part of Fairway reads. */
export function registrationRow(one: LifecycleRegistration, now: Date) {
  const { id, number, partner, opportunity, state, reasonText, decidedAt, protectedUntil } = one;
  const submittedAt = new Date(one.submittedAt * 1000);
  return {
    id,
    number,
    partnerId: partner,
    mergedPartnerId: null,
    opportunityId: opportunity,
    ...columnsOfTerms(one.terms),
    submittedAt,
    // A registration that is submitted again gets a new place in the queue.
    receivedAt: submittedAt > now ? now : submittedAt,
    status: statusOfState[state],
    reason: reasonText,
    decidedAt: decidedAt === null ? null : new Date(decidedAt * 1000),
    protectedUntil,
    programVersion: one.programme.version,
  } satisfies typeof registration.$inferInsert;
}

type Terms = Readonly<Record<string, string>>;

/** The columns that hold the terms of a deal; check `invalidTerms` first. */
export function columnsOfTerms(terms: Terms) {
  const text = (name: string): string | null => terms[name]?.trim() || null;
  const [amount, currency] = [text('amount'), text('currency')];
  return {
    customerName: text('customerName') ?? '',
    customerDomain: text('customerDomain'),
    customerCountry: text('customerCountry'),
    contactEmail: text('contactEmail'),
    productFamily: text('productFamily'),
    dealType: text('dealType') === 'renewal' ? ('renewal' as const) : ('new' as const),
    amountMinor: amount === null || currency === null ? null : parseMinor(amount, currency),
    currency,
    expectedClose: text('expectedClose'),
  };
}

/** The fields that the form of a programme adds. The rules read them beside custom fields of the CRM. */
export function addedTerms(terms: Terms): Terms {
  return Object.fromEntries(Object.entries(terms).filter(([name]) => !isStandardName(name)));
}
