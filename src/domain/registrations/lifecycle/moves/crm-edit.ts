/** The record in the CRM has other terms than the registration, because somebody edited it there. */
import { resetsApprovals, termFields } from '../editable-fields.ts';
import { managerOf } from '../notices.ts';
import type { LifecycleRun } from '../run.ts';
import { pendingStates, protectedStates } from '../states.ts';
import { reopen } from './ending.ts';
import { answerInformation } from './information.ts';

/**
 * Follows the CRM, which owns what was submitted. Before the decision an edit makes given approvals void and answers an
 * open question. After it, another customer, product or type is another deal, which people decide again.
 */
export function followCrmEdit(run: LifecycleRun, id: string, terms: Readonly<Record<string, string>>): void {
  const before = run.get(id);
  const { state, programme, approvals, partner, lastDecider } = before;
  const changed = [...new Set([...Object.keys(before.terms), ...Object.keys(terms)])].filter(
    (field) => before.terms[field] !== terms[field],
  );
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
