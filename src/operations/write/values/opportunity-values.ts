import { answerFrom, precedenceAt } from '#src/domain/registrations/precedence.ts';
import type { Db } from '#src/db/client.ts';
import {
  channelManagersOf,
  registrationsAgainst,
  type RivalRegistration,
} from '#src/db/registrations/rival-deal-store.ts';
import { lifecycleStatesOf } from '#src/db/registrations/lifecycle/crm-value-store.ts';
import { opportunitiesCreatedHere } from '#src/db/registrations/lifecycle/new-opportunity-store.ts';
import type { StoredRegistration } from '#src/db/registrations/registration-store.ts';
import { registrationsOfOpportunities } from '#src/db/sync/decided-value-store.ts';
import { crmRecordsOf, type CrmRecord } from '#src/db/sync/write-back-view.ts';
import type { RegistrationRole } from '#src/domain/crm-schema.ts';
import { protectedStates, type LifecycleState } from '#src/domain/registrations/lifecycle/states.ts';
import type { RegistrationStatus } from '#src/domain/status.ts';
import { inBrackets } from '#src/domain/registrations/finding-text.ts';
import { whoDecidesNext } from '#src/domain/registrations/who-decides-next.ts';
import { crmRecordUrl } from '#src/operations/connections/crm-record-url.ts';
import type { Projection, ProjectionPlace } from './projection.ts';

/** A registration that an opportunity may show. */
interface Shown {
  readonly registration: StoredRegistration;
  readonly role: RegistrationRole;
  readonly conflict: string | null;
}

/**
 * What opportunities show: the registration of the deal or, on a deal of the vendor's own sales team, a partner's
 * registration in force for the same customer. A rival deal no longer has values when the registration has ended.
 */
export async function projectOpportunities(
  db: Db,
  ids: readonly string[],
  place: ProjectionPlace,
): Promise<Projection[]> {
  const shown = await shownRegistrations(db, ids);
  const registrations = [...shown.values()].map(({ registration }) => registration);
  const managers = await channelManagersOf(
    db,
    registrations.map(({ partnerId }) => partnerId),
  );
  const crmRecords = Map.groupBy(
    await crmRecordsOf(
      db,
      registrations.map(({ id }) => id),
    ),
    ({ recordId }) => recordId,
  );
  const states = await lifecycleStatesOf(
    db,
    registrations.map(({ id }) => id),
  );
  const created = await opportunitiesCreatedHere(db, [...shown.keys()]);
  return [...shown].map(([recordId, { registration, role, conflict }]) => ({
    recordId,
    values: {
      creationKey: created.has(recordId) ? recordId : null,
      registrationStatus: registration.status,
      registeredPartner: registration.partnerName,
      registrationRole: role,
      registrationNumber: registration.number,
      whoDecidesNext: whoDecidesNext({
        ...registration,
        submittedAt: answerFrom(registration),
        role,
        managerName: managers.get(registration.partnerId) ?? null,
      }),
      registrationLink: linkTo(registration.id, crmRecords.get(registration.id) ?? [], place),
      protectedUntil: registration.protectedUntil,
      conflictSummary: conflict,
      ...(role === 'registered_deal' && !isShownByLifecycle(states.get(registration.id)) ? hidden : {}),
    },
  }));
}

const hidden = { registeredPartner: null, protectedUntil: null } as const;

/** With a lifecycle, a deal shows partner and date only while the registration counts. */
function isShownByLifecycle(state: LifecycleState | undefined): boolean {
  return state === undefined || protectedStates.includes(state) || state === 'won';
}

/** The registration of the deal comes first while it is in force; after it ended, a rival one in force does. */
async function shownRegistrations(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Shown>> {
  const linked = Map.groupBy(await registrationsOfOpportunities(db, ids), (one) => one.opportunityId ?? '');
  const rivals = Map.groupBy(await registrationsAgainst(db, ids), (one) => one.opportunityId);
  const shown = new Map<string, Shown>();
  for (const id of new Set([...linked.keys(), ...rivals.keys()])) {
    const [registered] = (linked.get(id) ?? []).toSorted(byImportance);
    const against = (rivals.get(id) ?? []).toSorted((a, b) => byImportance(a.registration, b.registration));
    const [rival] = against;
    if (registered && (!rival || isInForce(registered.status)))
      shown.set(id, {
        registration: registered,
        role: 'registered_deal',
        conflict: joined(registered.conflictSummary, against),
      });
    else if (rival)
      shown.set(id, {
        registration: rival.registration,
        role: 'rival_deal',
        conflict: joined(null, against),
      });
  }
  return shown;
}

const statusOrder: readonly RegistrationStatus[] = [
  'approved',
  'in_review',
  'information_needed',
  'submitted',
  'expired',
  'rejected',
  'withdrawn',
];

const isInForce = (status: RegistrationStatus): boolean =>
  status === 'approved' || status === 'in_review' || status === 'submitted';

/** By status, then the earlier submission first. */
function byImportance(one: StoredRegistration, other: StoredRegistration): number {
  return (
    statusOrder.indexOf(one.status) - statusOrder.indexOf(other.status) ||
    precedenceAt(one).getTime() - precedenceAt(other).getTime() ||
    (one.id < other.id ? -1 : 1)
  );
}

/** The number of rival registrations that an opportunity names. */
const longest = 5;

/** The opportunity is read by employees only, so it names the rival registrations. */
function joined(summary: string | null, against: readonly RivalRegistration[]): string | null {
  const named = against.slice(0, longest).map(({ registration, verdict, evidence }) => {
    const opening = verdict === 'same' ? 'Same customer' : 'Possibly the same customer';
    const submitted = `submitted ${precedenceAt(registration).toISOString().slice(0, 10)}`;
    const status = registration.status.replace('_', ' ');
    return `${opening} as registration ${registration.number} by ${registration.partnerName} ${inBrackets(status, submitted, evidence)}.`;
  });
  const rest = against.length - named.length;
  return [summary, ...named, rest > 0 ? `And ${rest} more.` : null].filter(Boolean).join(' ') || null;
}

/** The registration's page in the same CRM, else in another CRM, else in the console. */
function linkTo(
  registrationId: string,
  records: readonly CrmRecord[],
  { connectionId, consoleUrl }: ProjectionPlace,
): string | null {
  const record = records.find((one) => one.connectionId === connectionId) ?? records[0];
  const url =
    record &&
    crmRecordUrl({
      kind: record.connectionKind,
      settings: record.settings,
      object: record.object,
      extId: record.extId,
    });
  if (url) return url;
  return consoleUrl === null ? null : `${consoleUrl}/registrations/${registrationId}`;
}
