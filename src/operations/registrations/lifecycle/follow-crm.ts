/** Registrations that people submit and edit in a CRM. */
import {
  crmSourcesOf,
  ensureCrmService,
  registrationsEditedInCrm,
  type CrmSource,
} from '#src/db/registrations/lifecycle/crm-record-store.ts';
import { addedTerms, columnsOfTerms } from '#src/db/registrations/lifecycle/lifecycle-row.ts';
import { saveConflicts } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import type { Db } from '#src/db/client.ts';
import { partnerTerms } from '#src/db/program/partner-terms.ts';
import type { Deps } from '#src/deps.ts';
import { canonicalJson } from '#src/domain/content-hash.ts';
import { dealFactsOf } from '#src/domain/program/document/conditions.ts';
import { resolvedForm } from '#src/domain/program/document/form/resolve-form.ts';
import { missingInForm } from '#src/domain/registrations/form/read-form.ts';
import type { LifecycleCommand } from '#src/domain/registrations/lifecycle/command.ts';
import { lockedChanges } from '#src/domain/registrations/lifecycle/moves/crm-edit.ts';
import { precedenceAt } from '#src/domain/registrations/precedence.ts';
import type { EvaluatedRegistration, EvaluationRound } from '#src/operations/registrations/evaluation.ts';
import { commandPlan } from './command-plan.ts';
import { valuesInOrder } from './assessed-values.ts';
import { termsInCrm } from './crm-terms.ts';
import { newsPlan } from './learn-news.ts';
import { runStepsIn, type StepPlan } from './run-step.ts';

export interface StartedLifecycles {
  readonly started: readonly EvaluatedRegistration[];
  /** The registrations that the rules decide without a lifecycle, or that wait for a required value. */
  readonly others: readonly EvaluatedRegistration[];
}

/**
 * Starts the lifecycle of new registrations that were read from a CRM, with the verdicts of the rules, where the
 * programme says so. The caller plans their writes to the CRM.
 */
export async function startLifecycles(
  deps: Deps,
  tx: Db,
  { document }: Pick<EvaluationRound, 'document'>,
  evaluated: readonly EvaluatedRegistration[],
): Promise<StartedLifecycles> {
  if (document.lifecycle === 'off') return { started: [], others: evaluated };
  const fresh = evaluated.filter(isNew).map(({ registration }) => registration);
  const sources = await crmSourcesOf(
    tx,
    fresh.map(({ id }) => id),
  );
  const missingIn = await missingFor(deps, tx, document, fresh);
  const waiting: SubmittedInCrm[] = [];
  const others: EvaluatedRegistration[] = [];
  for (const one of evaluated) {
    const source = sources.get(one.registration.id);
    const missing = source === undefined ? [] : missingIn(one.registration);
    if (missing.length > 0) others.push(asIncomplete(one, missing));
    else if (source !== undefined) waiting.push({ ...source, one });
    else others.push(one);
  }
  const isStarted = await startTogether(deps, tx, waiting);
  const refused = waiting.flatMap(({ one }) => (isStarted.has(one) ? [] : [one]));
  return { started: [...isStarted], others: [...others, ...refused] };
}

interface SubmittedInCrm extends CrmSource {
  readonly one: EvaluatedRegistration;
}

/** The rules have not approved it and no person has decided about it. */
function isNew({ registration, hasLifecycle }: EvaluatedRegistration): boolean {
  const { status, decidedBy, approvedTerms, editedTerms } = registration;
  return (
    !hasLifecycle &&
    (status === 'submitted' || status === 'information_needed') &&
    decidedBy === null &&
    approvedTerms === null &&
    editedTerms === null
  );
}

/**
 * The labels of the fields that the form in force requires of a record and that it leaves empty. Fields that the
 * programme adds are left out, because no mapping places them.
 */
async function missingFor(
  deps: Deps,
  tx: Db,
  document: EvaluationRound['document'],
  registrations: readonly EvaluatedRegistration['registration'][],
): Promise<(registration: EvaluatedRegistration['registration']) => readonly string[]> {
  const termsOn = await partnerTerms(
    tx,
    registrations.map(({ partnerId }) => partnerId),
  );
  const today = deps.sharedClock().toISOString().slice(0, 10);
  return (registration) => {
    const terms = termsInCrm(registration);
    const { code, tier } = termsOn(registration.partnerId, today);
    const form = resolvedForm(document, dealFactsOf(terms, { partnerCode: code, tier }));
    return missingInForm(form, terms)
      .filter(({ type }) => type === 'standard')
      .map(({ name, label }) => labels[name] ?? `the field ${label.en}`);
  };
}

const labels: Readonly<Record<string, string>> = {
  customerName: 'the name of the customer',
  productFamily: 'the product family',
};

/** It is submitted when the values are there, and says until then which ones are missing. */
function asIncomplete(one: EvaluatedRegistration, missing: readonly string[]): EvaluatedRegistration {
  const fields = missing.join(' and ');
  const verdict = {
    ...one.verdict,
    status: 'information_needed',
    reason: `Enter ${fields}. The registration is submitted then.`,
    decidedAt: null,
    protectedUntil: null,
    approvedTerms: null,
  } as const;
  return { ...one, verdict };
}

/** Submits them in their order. Returns those that the lifecycle did not refuse. */
async function startTogether(
  deps: Deps,
  tx: Db,
  submitted: readonly SubmittedInCrm[],
): Promise<ReadonlySet<EvaluatedRegistration>> {
  const valuesOf = await valuesInOrder(
    tx,
    submitted.map(({ one }) => one),
  );
  const services = new Map<string, string>();
  for (const { connectionId } of submitted)
    if (!services.has(connectionId)) services.set(connectionId, await ensureCrmService(tx, connectionId));
  const at = Math.floor(deps.sharedClock().getTime() / 1000);
  const plans = submitted.map(({ one, connectionId, extId, createdBy }) => {
    const by = services.get(connectionId) ?? '';
    const command = submissionOf(one, { at, by, key: extId, createdBy, assessed: valuesOf.get(one) ?? {} });
    return { ...commandPlan(command), plannedByCaller: [one.registration.id] };
  });
  const outcomes = await runStepsIn(deps, tx, plans);
  const started = submitted.flatMap(({ one }, place) => {
    const refused = outcomes[place]?.refused ?? null;
    if (refused === null) return [one];
    const entry = { registrationId: one.registration.id, refused: refused.reason };
    deps.log.error(entry, 'a registration got no lifecycle');
    return [];
  });
  await saveConflicts(
    tx,
    started.map(({ verdict }) => verdict),
  );
  return new Set(started);
}

interface SubmissionByCrm {
  readonly at: number;
  readonly by: string;
  readonly key: string;
  readonly createdBy: readonly string[] | null;
  readonly assessed: LifecycleCommand['with'];
}

function submissionOf(
  { registration }: EvaluatedRegistration,
  { at, by, key, createdBy, assessed }: SubmissionByCrm,
): LifecycleCommand {
  const { id, number, partnerId, opportunityId } = registration;
  return {
    at,
    by,
    via: 'crm',
    do: 'submit',
    registration: id,
    with: {
      number,
      partner: partnerId,
      key,
      createdBy,
      opportunity: opportunityId ?? undefined,
      terms: termsInCrm(registration),
      since: Math.floor(precedenceAt(registration).getTime() / 1000),
      ...assessed,
    },
  };
}

export interface FollowedEdits {
  /** The registrations to look at; all when it is left out. */
  readonly ids?: readonly string[];
  /** Registrations whose locked values cannot be put back, so that people decide about the edit. */
  readonly notPutBack?: ReadonlySet<string>;
}

/** Changes registrations with a lifecycle that were edited in the CRM. Locked values wait until they are put back. */
export async function followCrmEdits(
  deps: Deps,
  tx: Db,
  { program }: Pick<EvaluationRound, 'program'>,
  { ids, notPutBack = new Set() }: FollowedEdits = {},
): Promise<void> {
  const putsBack = program.engagement.afterApproval === 'put_back';
  const at = Math.floor(deps.sharedClock().getTime() / 1000);
  const plans: StepPlan[] = [];
  for (const { registration, state, terms } of await registrationsEditedInCrm(tx, ids)) {
    const now = termsInCrm(registration);
    // Values that were given over the API may be written in another way, such as 50000 for 50000.00.
    const before = termsInCrm(columnsOfTerms(terms));
    if (canonicalJson(before) === canonicalJson(now)) continue;
    if (
      putsBack &&
      !notPutBack.has(registration.id) &&
      lockedChanges({ state, terms: before }, now).length > 0
    )
      continue;
    const all = { ...addedTerms(terms), ...now };
    const news = { fact: 'crm.edited', registration: registration.id, terms: all } as const;
    plans.push(newsPlan(deps, at, news));
  }
  await runStepsIn(deps, tx, plans);
}
