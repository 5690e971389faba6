/** A partner is suspended, reinstated, terminated or merged into another. */
import { peopleOfPartner } from '../notices.ts';
import type { LifecycleRegistration } from '../registration.ts';
import type { LifecycleRun } from '../run.ts';
import { pauseClock, resumeClock } from '../service-clocks.ts';
import { livingStates, pendingStates, protectedStates } from '../states.ts';
import { reject } from './decision.ts';
import { supersedeRegistration, withdraw } from './ending.ts';

export function suspendPartner(run: LifecycleRun, partner: string): void {
  if (!setStatus(run, partner, 'suspended')) return;
  for (const { id, decisionClock } of pendingOf(run, partner)) {
    run.update(id, { decisionClock: pauseClock(decisionClock, run.now) });
    run.notify('held', id, [...run.deciders(id), ...peopleOfPartner(run.channel, partner)]);
  }
}

export function reinstatePartner(run: LifecycleRun, partner: string): void {
  if (!setStatus(run, partner, 'active')) return;
  for (const { id, decisionClock } of pendingOf(run, partner)) {
    run.update(id, { decisionClock: resumeClock(decisionClock, run.now) });
    run.notify('released', id, [...run.deciders(id), ...peopleOfPartner(run.channel, partner)]);
  }
}

/** Pending registrations are rejected and protected ones are withdrawn. */
export function terminatePartner(run: LifecycleRun, partner: string): void {
  const wasSuspended = run.channel.partners[partner]?.status === 'suspended';
  if (!setStatus(run, partner, 'terminated')) return;
  for (const { id, state, decisionClock } of registrationsOf(run, partner)) {
    if (protectedStates.includes(state)) withdraw(run, id, 'partner_terminated');
    if (!pendingStates.includes(state)) continue;
    const asked = state === 'info_requested' ? resumeClock(decisionClock, run.now) : decisionClock;
    run.update(id, { decisionClock: wasSuspended ? resumeClock(asked, run.now) : asked });
    reject(run, id, 'partner_not_in_good_standing', null);
  }
}

/** Registrations and people move. Of two living registrations for one deal, the later one is superseded. */
export function mergePartner(run: LifecycleRun, from: string, into: string): void {
  if (from === into || run.channel.partners[from] === undefined) return;
  const wasSuspended = run.channel.partners[from].status === 'suspended';
  const isSuspended = run.channel.partners[into]?.status === 'suspended';
  const people = Object.entries(run.channel.people).map(([name, person]) => [
    name,
    person.partner === from ? { ...person, partner: into } : person,
  ]);
  run.change({ people: Object.fromEntries(people) as typeof run.channel.people });
  for (const { id, state, decisionClock } of registrationsOf(run, from)) {
    run.update(id, { partner: into });
    if (!pendingStates.includes(state) || wasSuspended === isSuspended) continue;
    const change = isSuspended ? pauseClock : resumeClock;
    run.update(id, { decisionClock: change(decisionClock, run.now) });
  }
  supersedeLater(run, into);
}

function supersedeLater(run: LifecycleRun, partner: string): void {
  const first = new Map<string, string>();
  const bySubmission = registrationsOf(run, partner).toSorted(
    (a, b) => a.submittedAt - b.submittedAt || (a.id < b.id ? -1 : 1),
  );
  for (const { id, deal, state } of bySubmission) {
    if (!livingStates.includes(state)) continue;
    const earlier = first.get(deal);
    if (earlier === undefined) first.set(deal, id);
    else supersedeRegistration(run, id, earlier, 'partner_merged');
  }
}

function registrationsOf(run: LifecycleRun, partner: string): readonly LifecycleRegistration[] {
  return run.all().filter((one) => one.partner === partner);
}

function pendingOf(run: LifecycleRun, partner: string): readonly LifecycleRegistration[] {
  return registrationsOf(run, partner).filter(({ state }) => pendingStates.includes(state));
}

/** False when the partner is unknown or has the status already. */
function setStatus(
  run: LifecycleRun,
  partner: string,
  status: 'active' | 'suspended' | 'terminated',
): boolean {
  const found = run.channel.partners[partner];
  if (found === undefined || found.status === status) return false;
  run.change({ partners: { ...run.channel.partners, [partner]: { ...found, status } } });
  return true;
}
