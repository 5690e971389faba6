/** The people who may decide a registration, those who are asked, and why another person may not. */
import { everyOps } from './programme.ts';
import type { Absence, Channel, Instant, LifecycleRegistration } from './registration.ts';

type Context = Pick<Channel, 'people' | 'partners'>;

/** The people who may decide at an instant, in alphabetical order. */
export function whoMayDecide(
  channel: Context,
  registration: LifecycleRegistration,
  at: Instant,
): readonly string[] {
  if (registration.state === 'appealed') return reviewersOf(channel, registration);
  if (registration.state !== 'in_review') return [];
  const { approvalSteps, lead } = registration.programme;
  const anyOf = namesOf(channel, approvalSteps[registration.approvals.length]?.anyOf ?? []);
  const able = withDelegates(channel, anyOf, at).filter(
    (person) => whyConflicted(channel, registration, person) === null,
  );
  if (able.length > 0) return able;
  return isHere(channel, lead) && whyConflicted(channel, registration, lead) === null ? [lead] : [];
}

/** The people who are asked: absent ones are left out while another person may decide. */
export function whoIsAsked(
  channel: Context,
  registration: LifecycleRegistration,
  at: Instant,
): readonly string[] {
  const able = whoMayDecide(channel, registration, at);
  const here = able.filter((person) => absenceOf(channel, person, at) === null);
  return here.length > 0 ? here : able;
}

/**
 * The people who are asked at each step while no step is approved. Where a person may approve one step only, a later
 * step leaves out those who approved an earlier one.
 */
export function whoIsAskedByStep(
  channel: Context,
  registration: LifecycleRegistration,
  at: Instant,
): readonly { readonly name: string; readonly people: readonly string[] }[] {
  const { programme } = registration;
  return programme.approvalSteps.map((step) => {
    const onlyStep = { ...programme, approvalSteps: [step] };
    const waiting = { ...registration, state: 'in_review', approvals: [], programme: onlyStep } as const;
    return { name: step.name, people: whoIsAsked(channel, waiting, at) };
  });
}

/** Why this person may not approve or reject now; null if they may. */
export function whyNotDecide(
  channel: Context,
  registration: LifecycleRegistration,
  person: string,
  at: Instant,
): string | null {
  if (whoMayDecide(channel, registration, at).includes(person))
    return registration.programme.fourEyes.submitter && registration.createdBy === null
      ? 'creator_unknown'
      : null;
  const conflict = whyConflicted(channel, registration, person);
  if (conflict !== null) return conflict;
  const { approvalSteps } = registration.programme;
  const isInOtherStep = approvalSteps.some(
    ({ anyOf }, step) => step !== registration.approvals.length && namesOf(channel, anyOf).includes(person),
  );
  return isInOtherStep ? 'not_your_turn' : 'not_an_approver';
}

/** Why this person may not decide an appeal; null if they may. */
export function whyNotReview(
  channel: Context,
  registration: LifecycleRegistration,
  person: string,
): string | null {
  if (reviewersOf(channel, registration).includes(person))
    return registration.createdBy === null ? 'creator_unknown' : null;
  if (person === registration.submittedBy) return 'self_approval';
  if (hasCreated(registration, person)) return 'self_approval';
  if (registration.programme.conflicted?.includes(person) === true) return 'conflict_of_interest';
  return registration.editedBy.includes(person) ? 'edited_it' : 'same_reviewer';
}

function reviewersOf({ people }: Context, registration: LifecycleRegistration): readonly string[] {
  const { submittedBy, editedBy, decidedBy, programme } = registration;
  const involved = new Set([submittedBy, ...editedBy, ...decidedBy, ...(programme.conflicted ?? [])]);
  return Object.entries(people)
    .filter(([name, { role, hasLeft }]) => role === 'ops' && hasLeft !== true && !involved.has(name))
    .map(([name]) => name)
    .filter((name) => !hasCreated(registration, name))
    .toSorted();
}

/** True for a person who created the record in a CRM, where addresses may have other capitals. */
function hasCreated({ createdBy }: LifecycleRegistration, person: string): boolean {
  return createdBy?.includes(person.toLowerCase()) === true;
}

function whyConflicted(
  { partners }: Context,
  registration: LifecycleRegistration,
  person: string,
): string | null {
  const { fourEyes, distinctApprovers, conflicted = [] } = registration.programme;
  if (fourEyes.submitter && (person === registration.submittedBy || hasCreated(registration, person)))
    return 'self_approval';
  if (fourEyes.editor && registration.editedBy.includes(person)) return 'edited_it';
  if (fourEyes.camOfPartner && person === partners[registration.partner]?.cam) return 'conflict_of_interest';
  if (conflicted.includes(person)) return 'conflict_of_interest';
  if (distinctApprovers && registration.approvals.includes(person)) return 'same_person_twice';
  return null;
}

/** The people of a step, with everybody who has the role that it names. */
function namesOf({ people }: Context, anyOf: readonly string[]): readonly string[] {
  if (!anyOf.includes(everyOps)) return anyOf;
  const ops = Object.entries(people).flatMap(([name, { role }]) => (role === 'ops' ? [name] : []));
  return [...new Set([...anyOf.filter((one) => one !== everyOps), ...ops])];
}

/**
 * These people and the delegates of those who are away, without people who have left. A delegate has no
 * delegate, and a person who has left has none either.
 */
function withDelegates(channel: Context, anyOf: readonly string[], at: Instant): readonly string[] {
  const here = anyOf.filter((person) => isHere(channel, person));
  const delegates = here
    .flatMap((person) => absenceOf(channel, person, at)?.delegate ?? [])
    .filter((person) => isHere(channel, person));
  return [...new Set([...here, ...delegates])].toSorted();
}

function absenceOf({ people }: Context, person: string, at: Instant): Absence | null {
  return people[person]?.absences?.find(({ from, to }) => from <= at && at < to) ?? null;
}

function isHere({ people }: Context, person: string): boolean {
  const found = people[person];
  return found !== undefined && found.hasLeft !== true;
}
