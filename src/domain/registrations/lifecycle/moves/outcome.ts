/** The opportunity of a registration: linked, won, lost, reopened or deleted in the CRM. */
import { dayAt } from '../dates.ts';
import { managerOf, linkedOwner, partnerAndManager } from '../notices.ts';
import { lostReason } from '../reasons.ts';
import type { LifecycleRegistration } from '../registration.ts';
import type { LifecycleRun } from '../run.ts';
import { protectedStates } from '../states.ts';
import { reportActivity } from './protection.ts';

export type OpportunityFact = 'linked' | 'won' | 'lost' | 'reopened' | 'stage' | 'deleted';

/** @param opportunity null when the registration has one already */
export function convert(run: LifecycleRun, id: string, opportunity: string | null): void {
  const { opportunity: linked } = run.get(id);
  const converted = run.update(id, {
    state: 'converted',
    reasonCode: null,
    opportunity: opportunity ?? linked,
    lastActivityAt: run.now,
  });
  const to = [...partnerAndManager(run.channel, converted), ...linkedOwner(run.channel, converted)];
  run.notify('converted', id, to);
}

/** A registration that is not known is ignored: the CRM's record is not placed yet. */
export function linkOpportunity(run: LifecycleRun, id: string, opportunity: string): void {
  if (!run.has(id)) return;
  const { state, programme } = run.update(id, { opportunity });
  if (state === 'approved' && programme.convertWhenLinked) convert(run, id, opportunity);
}

export interface OpportunityNews {
  readonly event: OpportunityFact;
  readonly opportunity: string;
  readonly registration: string | null;
  readonly reasonCode: string | null;
}

/** Applies news about an opportunity to the registrations that are linked to it, or to the one that is named. */
export function followOpportunity(
  run: LifecycleRun,
  { event: fact, opportunity, registration: only, reasonCode }: OpportunityNews,
): void {
  for (const registration of run.all()) {
    if (registration.opportunity !== opportunity || (only !== null && registration.id !== only)) continue;
    if (fact === 'won') win(run, registration);
    else if (fact === 'lost') lose(run, registration, reasonCode);
    else if (fact === 'reopened') reopenOutcome(run, registration);
    else if (fact === 'deleted') unlink(run, registration);
    else if (protectedStates.includes(registration.state)) reportActivity(run, registration.id);
  }
}

function win(run: LifecycleRun, registration: LifecycleRegistration): void {
  const { id, state, partner, programme } = registration;
  if (state === 'expired')
    run.notify('won_after_expiry', id, [programme.lead, ...managerOf(run.channel, partner)]);
  if (state !== 'converted') return;
  run.update(id, { state: 'won', reasonCode: null });
  run.notify('won', id, partnerAndManager(run.channel, registration));
}

function lose(run: LifecycleRun, registration: LifecycleRegistration, reasonCode: string | null): void {
  if (registration.state !== 'converted') return;
  run.update(registration.id, { state: 'lost', reasonCode: lostReason(reasonCode) });
  run.notify('lost', registration.id, partnerAndManager(run.channel, registration));
}

function reopenOutcome(run: LifecycleRun, registration: LifecycleRegistration): void {
  const { id, state, protectedUntil, programme } = registration;
  if (state !== 'won' && state !== 'lost') return;
  const isOpen =
    programme.expiryAfterConversion === 'stops' ||
    (protectedUntil !== null && dayAt(programme, run.now) <= protectedUntil);
  run.update(id, {
    state: isOpen ? 'converted' : 'expired',
    reasonCode: isOpen ? null : 'window_over',
    lastActivityAt: run.now,
  });
  run.notify('outcome_reopened', id, partnerAndManager(run.channel, registration));
}

function unlink(run: LifecycleRun, registration: LifecycleRegistration): void {
  const { id, state, partner, programme } = registration;
  if (state === 'won' || state === 'lost') return;
  run.update(
    id,
    state === 'converted'
      ? { state: 'approved', reasonCode: null, opportunity: null }
      : { opportunity: null },
  );
  run.notify('opportunity_gone', id, [...managerOf(run.channel, partner), programme.lead]);
}
