import { resetsApprovals, staffRoles } from '../editable-fields.ts';
import { managerOf } from '../notices.ts';
import type { LifecyclePerson } from '../registration.ts';
import type { LifecycleRun } from '../run.ts';
import { pendingStates } from '../states.ts';

/**
 * Changes fields that may be changed. Staff who edit do not decide, and a change of the deal or its amount
 * makes the approvals given so far void; the route of approval is then the one for the changed deal.
 *
 * @returns false when every value is already the present one
 */
export function changeFields(
  run: LifecycleRun,
  id: string,
  fields: Readonly<Record<string, string>>,
  { by, person }: { readonly by: string; readonly person: LifecyclePerson },
): boolean {
  const before = run.get(id);
  const { terms, state, approvals, editedBy, lastDecider, partner, programme } = before;
  const changed = Object.keys(fields).filter((field) => fields[field] !== terms[field]);
  if (changed.length === 0) return false;
  const isPending = pendingStates.includes(state);
  const isVoid = isPending && changed.some((field) => resetsApprovals.has(field));
  const edited = { ...before, terms: { ...terms, ...fields } };
  run.update(id, {
    terms: edited.terms,
    programme: isVoid ? run.settingsFor(programme, edited) : programme,
    approvals: isVoid ? [] : approvals,
    editedBy: staffRoles.includes(person.role) ? [...editedBy, by] : editedBy,
  });
  const decider = lastDecider === null ? [] : [lastDecider];
  run.notify(
    'terms_changed',
    id,
    isPending ? run.deciders(id) : [...managerOf(run.channel, partner), ...decider],
  );
  return true;
}
