import { alwaysRequired } from '#src/domain/registrations/form/form.ts';
import { isEmptyText } from './command.ts';
import { pendingStates, protectedStates, type LifecycleRole, type LifecycleState } from './states.ts';

/** The deal's terms, which change while the deal develops. */
export const termFields: readonly string[] = ['amount', 'currency', 'expectedClose', 'contactEmail'];
/** The fields that say which deal it is. */
const identityFields: readonly string[] = [
  'customerName',
  'customerDomain',
  'customerCountry',
  'productFamily',
  'dealType',
];

/** The fields that every registration needs and these values leave empty. */
export function missingFields(terms: Readonly<Record<string, string>>): string[] {
  return alwaysRequired.filter((field) => isEmptyText(terms[field]));
}

export const editRoles: readonly LifecycleRole[] = ['partner', 'service', 'rep', 'cam', 'ops'];
/** A person with one of these roles who edits a registration does not decide it. */
export const staffRoles: readonly LifecycleRole[] = ['rep', 'cam', 'ops'];

/** A change of one of these fields makes the approvals given so far void. */
export const resetsApprovals: ReadonlySet<string> = new Set([...identityFields, 'amount', 'currency']);

/**
 * The fields that a role may change in a state.
 *
 * @param added the fields that the programme adds; they develop with the deal, like its terms
 */
export function editableFields(
  state: LifecycleState,
  role: LifecycleRole,
  added: readonly string[] = [],
): readonly string[] {
  if (!editRoles.includes(role)) return [];
  const terms = [...termFields, ...added];
  if (protectedStates.includes(state)) return terms;
  if (!pendingStates.includes(state)) return [];
  return state === 'info_requested' || role === 'ops' ? [...identityFields, ...terms] : terms;
}
