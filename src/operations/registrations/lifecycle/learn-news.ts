import type { Db } from '#src/db/client.ts';
import {
  movePeople,
  saveAbsence,
  savePartnerStatus,
  savePersonLeft,
} from '#src/db/registrations/lifecycle/channel-store.ts';
import type { Deps } from '#src/deps.ts';
import type { Channel, Instant } from '#src/domain/registrations/lifecycle/registration.ts';
import type { LifecycleFact } from '#src/domain/registrations/lifecycle/fact.ts';
import { applyFact, passTime } from '#src/domain/registrations/lifecycle/step.ts';
import { fireEarlierTimers } from './fire-timers.ts';
import { runStep, type StepOutcome, type StepPlan } from './run-step.ts';
import { uuidsOf } from './uuids.ts';

/** Applies news from outside: about an opportunity, a person, a partner or the rules' verdict. */
export async function learnNews(deps: Deps, at: Instant, fact: LifecycleFact): Promise<StepOutcome> {
  await fireEarlierTimers(deps, at);
  return runStep(deps, newsPlan(deps, at, fact));
}

export function newsPlan(deps: Deps, at: Instant, fact: LifecycleFact): StepPlan {
  return {
    at,
    ...needsOf(fact),
    cause: {
      move: fact.fact === 'opportunity' ? `opportunity.${fact.event}` : fact.fact,
      registration: 'registration' in fact ? fact.registration : null,
      actor: null,
      via: null,
      reasonCode: null,
      given: { ...fact },
    },
    apply: ({ channel, opportunities }, now) => {
      // The CRM's opportunity is not placed yet. Placing it brings the news again.
      const isUnknown = fact.fact === 'opportunity' && !opportunities.has(fact.opportunity);
      return isUnknown ? passTime(channel, now) : applyFact(channel, now, fact);
    },
    save: (tx, { channel: before }, { channel }, now) =>
      saveNews(tx, { deps, fact, before, after: channel, now }),
  };
}

type Needs = Pick<StepPlan, 'scope' | 'by' | 'partners' | 'opportunities' | 'changesChannel'>;

/** What the rules read and change for a piece of news. */
function needsOf(fact: LifecycleFact): Needs {
  switch (fact.fact) {
    case 'person.away':
    case 'person.left':
      return { scope: { waiting: true }, by: [fact.person], changesChannel: true };
    case 'opportunity': {
      const opportunities = uuidsOf(fact.opportunity);
      return { scope: { ids: uuidsOf(fact.registration), opportunities }, opportunities };
    }
    case 'partner.suspended':
    case 'partner.reinstated':
    case 'partner.terminated': {
      const partners = uuidsOf(fact.partner);
      return { scope: { partners }, partners, changesChannel: true };
    }
    case 'partner.merged': {
      const partners = uuidsOf(fact.from, fact.into);
      return { scope: { partners }, partners, changesChannel: true };
    }
    case 'crm.edited':
    case 'crm.put_back':
    case 'rules.done':
      return { scope: { ids: uuidsOf(fact.registration) } };
  }
}

interface NewsToSave {
  readonly deps: Deps;
  readonly fact: LifecycleFact;
  readonly before: Channel;
  readonly after: Channel;
  readonly now: Date;
}

/** Saves what the news changes in the channel; the registrations are saved with the step. */
async function saveNews(tx: Db, { deps, fact, before, after, now }: NewsToSave): Promise<void> {
  switch (fact.fact) {
    case 'person.away':
      if (before.people[fact.person] !== undefined)
        await saveAbsence(tx, { id: deps.ids(), name: fact.person, absence: fact.absence });
      return;
    case 'person.left': {
      const person = before.people[fact.person];
      if (person !== undefined) await savePersonLeft(tx, fact.person, person.role, now);
      return;
    }
    case 'partner.suspended':
    case 'partner.reinstated':
    case 'partner.terminated': {
      const status = after.partners[fact.partner]?.status;
      if (status !== undefined) await savePartnerStatus(tx, fact.partner, status);
      return;
    }
    case 'partner.merged':
      if (before.people !== after.people) await movePeople(tx, fact.from, fact.into);
      return;
    case 'opportunity':
    case 'crm.edited':
    case 'crm.put_back':
    case 'rules.done':
  }
}
