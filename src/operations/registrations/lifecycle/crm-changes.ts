import type { CrmValues } from '#src/db/registrations/lifecycle/lifecycle-row.ts';
import {
  opportunityCrmFields,
  registrationCrmFields,
} from '#src/domain/registrations/lifecycle/crm-fields.ts';
import type { Instant, LifecycleRegistration } from '#src/domain/registrations/lifecycle/registration.ts';
import type { StepResult } from '#src/domain/registrations/lifecycle/step.ts';
import type { LoadedChannel } from './load-channel.ts';
import type { StepCause } from './step-events.ts';

/** The fields that change in the CRM. */
export interface CrmChanges {
  readonly registration?: CrmValues;
  readonly opportunity?: CrmValues;
  /** Fields that get their values from before an edit in the CRM. */
  readonly putBack?: readonly string[];
}

export interface CrmState {
  readonly fields: CrmValues;
  readonly opportunityFields: CrmValues | null;
  readonly putBack: readonly string[];
  /** Null when nothing changes. */
  readonly changes: CrmChanges | null;
}

/** A decision that was made in the CRM is taken out of its field, also when it was refused. */
export function crmChangesOf(
  { rows }: LoadedChannel,
  { channel, putBack: refusedFields }: Pick<StepResult, 'channel' | 'putBack'>,
  registration: LifecycleRegistration,
  { at, cause }: { readonly at: Instant; readonly cause: StepCause | null },
): CrmState {
  const before = rows.get(registration.id)?.lifecycle;
  const fields = registrationCrmFields(channel, registration, at);
  const opportunityFields = opportunityCrmFields(channel, registration);
  const isAbout = cause?.via === 'crm' && cause.registration === registration.id;
  const isDecision = isAbout && cause.move !== 'submit' && cause.move !== 'edit';
  const record = {
    ...differing(before?.crmFields ?? { extensionsUsed: 0 }, fields),
    ...(isDecision ? { decision: null } : {}),
  };
  const deal =
    opportunityFields === null ? {} : differing(before?.crmOpportunityFields ?? {}, opportunityFields);
  const putBack = isAbout ? refusedFields : [];
  const changes = {
    ...(Object.keys(record).length === 0 ? {} : { registration: record }),
    ...(Object.keys(deal).length === 0 ? {} : { opportunity: deal }),
    ...(putBack.length === 0 ? {} : { putBack }),
  };
  return {
    fields,
    opportunityFields,
    putBack: [...new Set([...(before?.crmPutBack ?? []), ...putBack])],
    changes: Object.keys(changes).length === 0 ? null : changes,
  };
}

/** A field that was never written is empty. */
function differing(before: CrmValues, after: CrmValues): CrmValues {
  return Object.fromEntries(
    Object.entries(after).filter(([name, value]) => value !== (before[name] ?? null)),
  );
}
