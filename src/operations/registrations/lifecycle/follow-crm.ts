/** Registrations that people submit and edit in a CRM. */
import {
  crmSourcesOf,
  ensureCrmService,
  registrationsEditedInCrm,
  type CrmSource,
} from '#src/db/registrations/lifecycle/crm-record-store.ts';
import { columnsOfTerms } from '#src/db/registrations/lifecycle/lifecycle-row.ts';
import { saveConflict } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import type { Db } from '#src/db/client.ts';
import { partnerTerms } from '#src/db/program/partner-terms.ts';
import type { Deps } from '#src/deps.ts';
import { canonicalJson } from '#src/domain/content-hash.ts';
import { dealFactsOf } from '#src/domain/program/document/conditions.ts';
import { resolvedForm } from '#src/domain/program/document/form/resolve-form.ts';
import { isStandardName } from '#src/domain/registrations/form/form.ts';
import { missingInForm } from '#src/domain/registrations/form/read-form.ts';
import { lockedChanges } from '#src/domain/registrations/lifecycle/moves/crm-edit.ts';
import { precedenceAt } from '#src/domain/registrations/precedence.ts';
import type { EvaluatedRegistration, EvaluationRound } from '#src/operations/registrations/evaluation.ts';
import { commandPlan } from './command-plan.ts';
import { assessedValues } from './assessed-values.ts';
import { termsInCrm } from './crm-terms.ts';
import { newsPlan } from './learn-news.ts';
import { runStepIn } from './run-step.ts';

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
  const started: EvaluatedRegistration[] = [];
  const others: EvaluatedRegistration[] = [];
  for (const one of evaluated) {
    const source = sources.get(one.registration.id);
    const missing = source === undefined ? [] : missingIn(one.registration);
    if (missing.length > 0) others.push(asIncomplete(one, missing));
    else if (source !== undefined && (await start(deps, tx, one, source))) started.push(one);
    else others.push(one);
  }
  return { started, others };
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

/** False when the lifecycle refuses it. */
async function start(
  deps: Deps,
  tx: Db,
  one: EvaluatedRegistration,
  { connectionId, extId }: CrmSource,
): Promise<boolean> {
  const { registration, verdict } = one;
  const { id, number, partnerId, opportunityId } = registration;
  const command = {
    at: Math.floor(deps.sharedClock().getTime() / 1000),
    by: await ensureCrmService(tx, connectionId),
    via: 'crm',
    do: 'submit',
    registration: id,
    with: {
      number,
      partner: partnerId,
      key: extId,
      opportunity: opportunityId ?? undefined,
      terms: termsInCrm(registration),
      since: Math.floor(precedenceAt(registration).getTime() / 1000),
      ...(await assessedValues(tx, id, one)),
    },
  } as const;
  const outcome = await runStepIn(deps, tx, { ...commandPlan(command), plannedByCaller: [id] });
  if (outcome.refused !== null) {
    deps.log.error(
      { registrationId: id, refused: outcome.refused.reason },
      'a registration got no lifecycle',
    );
    return false;
  }
  await saveConflict(tx, verdict);
  return true;
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
    const at = Math.floor(deps.sharedClock().getTime() / 1000);
    const added = Object.entries(terms).filter(([name]) => !isStandardName(name));
    const all = { ...Object.fromEntries(added), ...now };
    const news = { fact: 'crm.edited', registration: registration.id, terms: all } as const;
    await runStepIn(deps, tx, newsPlan(deps, at, news));
  }
}
