/** The record in the CRM has other terms than the registration, because somebody edited it there. */
import { resetsApprovals, termFields } from '../editable-fields.ts';
import { managerOf } from '../notices.ts';
import type { LifecycleRegistration } from '../registration.ts';
import type { LifecycleRun } from '../run.ts';
import { pendingStates, protectedStates } from '../states.ts';
import { reopen } from './ending.ts';
import { answerInformation } from './information.ts';

/** The fields among these terms that an edit in the CRM must not change after the approval. */
export function lockedChanges(
  { state, terms: before }: Pick<LifecycleRegistration, 'state' | 'terms'>,
  terms: Readonly<Record<string, string>>,
): readonly string[] {
  if (!protectedStates.includes(state)) return [];
  return changedFields(before, terms).filter((field) => !termFields.includes(field));
}

/** The editor is not known, so the lead and the channel account manager learn of it. The record has the reason. */
export function refuseCrmEdit(run: LifecycleRun, id: string): void {
  const { programme, partner } = run.update(id, { crmRefusal: 'field_locked' });
  run.notify('crm_refused', id, [programme.lead, ...managerOf(run.channel, partner)]);
}

function changedFields(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (field) => before[field] !== after[field],
  );
}

/**
 * Follows the CRM, which owns what was submitted. Before the decision an edit makes given approvals void and answers an
 * open question. After it, another customer, product or type is another deal, which people decide again.
 */
export function followCrmEdit(run: LifecycleRun, id: string, terms: Readonly<Record<string, string>>): void {
  const before = run.get(id);
  const { state, programme, approvals, partner, lastDecider } = before;
  const changed = changedFields(before.terms, terms);
  if (changed.length === 0) return;
  const isPending = pendingStates.includes(state);
  const isVoid = isPending && changed.some((field) => resetsApprovals.has(field));
  run.update(id, {
    terms,
    approvals: isVoid ? [] : approvals,
    programme: isVoid ? run.settingsFor(programme, { partner, terms }) : programme,
  });
  if (state === 'info_requested') return answerInformation(run, id);
  if (isPending) return run.notify('terms_changed', id, run.deciders(id));
  if (!protectedStates.includes(state)) return;
  run.notify('terms_changed', id, [
    ...managerOf(run.channel, partner),
    ...(lastDecider === null ? [] : [lastDecider]),
  ]);
  if (changed.some((field) => !termFields.includes(field))) reopen(run, id, 'crm_record_changed');
}
