import {
  registrationsEditedInCrm,
  type EditedInCrm,
} from '#src/db/registrations/lifecycle/crm-record-store.ts';
import { columnsOfTerms } from '#src/db/registrations/lifecycle/lifecycle-row.ts';
import type { Deps } from '#src/deps.ts';
import { lockedChanges } from '#src/domain/registrations/lifecycle/moves/crm-edit.ts';
import type { EvaluationRound } from '#src/operations/registrations/evaluation.ts';
import { reportNotPutBack } from './report-not-put-back.ts';
import { restoreField } from './restore-field.ts';
import { termsInCrm } from '#src/operations/registrations/lifecycle/crm-terms.ts';
import { fireEarlierTimers } from '#src/operations/registrations/lifecycle/fire-timers.ts';
import { newsPlan } from '#src/operations/registrations/lifecycle/learn-news.ts';
import { inStepTransaction, runStepIn } from '#src/operations/registrations/lifecycle/run-step.ts';

/**
 * Puts locked values back where somebody edited a registration in force in the CRM, if the programme says so: as an
 * edit made in Fairway, which is written to the CRM. The record says that the edit was refused, and the lead and the
 * channel account manager learn of it. Terms that may change after the approval are not locked.
 *
 * @param ids the registrations to look at; all when it is left out
 * @returns the registrations with a value that the mapping does not write; it is reported as a problem
 */
export async function putBackCrmEdits(
  deps: Deps,
  { program }: Pick<EvaluationRound, 'program'>,
  ids?: readonly string[],
): Promise<ReadonlySet<string>> {
  const notPutBack = new Set<string>();
  if (program.engagement.afterApproval !== 'put_back') return notPutBack;
  for (const edited of await registrationsEditedInCrm(deps.db, ids)) {
    const { registration, state, terms } = edited;
    const before = termsInCrm(columnsOfTerms(terms));
    const locked = lockedChanges({ state, terms: before }, termsInCrm(registration));
    if (locked.length === 0) continue;
    const refused = await putBackFields(deps, edited, locked);
    if (refused.length === 0) continue;
    notPutBack.add(registration.id);
    await reportNotPutBack(deps, registration, refused.map(fieldText).join(', '));
  }
  return notPutBack;
}

/**
 * Saves the values and the news in one transaction: with the values alone, the next look would find no edit and the
 * news would be lost. Returns the fields that the mapping does not write.
 */
async function putBackFields(
  deps: Deps,
  edited: EditedInCrm,
  locked: readonly string[],
): Promise<readonly string[]> {
  const at = Math.floor(deps.sharedClock().getTime() / 1000);
  await fireEarlierTimers(deps, at);
  return inStepTransaction(deps, async (tx) => {
    const refused: string[] = [];
    for (const field of locked)
      if (!(await isPutBack({ ...deps, db: tx }, edited, field))) refused.push(field);
    const fields = locked.filter((field) => !refused.includes(field));
    const { id } = edited.registration;
    if (fields.length > 0)
      await runStepIn(deps, tx, newsPlan(deps, at, { fact: 'crm.put_back', registration: id, fields }));
    return refused;
  });
}

function isPutBack(deps: Deps, { registration, terms }: EditedInCrm, field: string): Promise<boolean> {
  const [before, now] = [columnsOfTerms(terms), registration].map(
    (columns) => ({ ...columns })[field as 'customerName'],
  );
  return restoreField(deps, {
    registrationId: registration.id,
    field,
    before: before ?? null,
    now: now ?? null,
  });
}

/** `customerName` as people say it. */
function fieldText(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
