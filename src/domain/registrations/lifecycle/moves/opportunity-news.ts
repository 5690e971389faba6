/** The news that a look at the opportunity of a registration in the CRM brings. */
import type { DealOutcome } from '#src/domain/registrations/registration.ts';
import { lostReasonIn } from '../reasons.ts';
import type { ProgrammeReasons } from '../programme.ts';
import { protectedStates, type LifecycleState } from '../states.ts';
import type { OpportunityNews } from './outcome.ts';

/** What the last look saw, by our ids. */
export interface SeenOpportunity {
  /** The opportunity that the record of the registration names. */
  readonly named: string | null;
  readonly isNamedGone: boolean;
  /** The opportunity of the registration. */
  readonly id: string | null;
  readonly isGone: boolean;
  readonly outcome: DealOutcome | null;
  readonly stage: string | null;
}

/** An opportunity as it was read from the CRM. */
export interface OpportunityInCrm {
  readonly id: string;
  readonly outcome: DealOutcome;
  readonly stage: string | null;
  readonly lostReason: string | null;
  readonly isGone: boolean;
}

export interface RegistrationWithDeal {
  readonly id: string;
  readonly state: LifecycleState;
  readonly linked: OpportunityInCrm | null;
  /** The one that its record in the CRM names. */
  readonly named: OpportunityInCrm | null;
  /** Null before the first look. */
  readonly seen: SeenOpportunity | null;
}

export type DealNews = OpportunityNews & { readonly reasonText?: string | undefined };

/**
 * The news since the last look, in order, and what this look saw. The state says what a registration knows of its
 * outcome, so news that is read twice, or by two workers, is news once.
 */
export function opportunityNews(
  one: RegistrationWithDeal,
  reasons: ProgrammeReasons | undefined,
): { readonly news: readonly DealNews[]; readonly seen: SeenOpportunity } {
  const { linked, named, seen } = one;
  if (isNewLink(one) && named !== null) {
    const link = newsOf(one, named, 'linked');
    const outcome = named.outcome === 'open' ? [] : [outcomeNews(one, named, reasons)];
    return { news: [link, ...outcome], seen: lookAt(named, named) };
  }
  if (linked === null) return { news: [], seen: lookAt(named, null) };
  const isRemoved = named === null && seen !== null && seen.named === linked.id;
  const isNewlyGone = linked.isGone && !(seen?.id === linked.id && seen.isGone);
  if (isRemoved || isNewlyGone) {
    const isUnlinked = one.state !== 'won' && one.state !== 'lost';
    return { news: [newsOf(one, linked, 'deleted')], seen: lookAt(named, isUnlinked ? null : linked) };
  }
  return { news: linked.isGone ? [] : changesOf(one, linked, reasons), seen: lookAt(named, linked) };
}

/** The record names another opportunity than before, or one that had been deleted is there again. */
function isNewLink({ linked, named, seen }: RegistrationWithDeal): boolean {
  if (named === null || named.isGone || named.id === linked?.id) return false;
  return linked === null || named.id !== seen?.named;
}

function changesOf(
  one: RegistrationWithDeal,
  deal: OpportunityInCrm,
  reasons: ProgrammeReasons | undefined,
): readonly DealNews[] {
  const { state, seen } = one;
  const { outcome, stage } = deal;
  const before = seen !== null && seen.id === deal.id ? seen : null;
  if (state === 'converted' && outcome !== 'open') return [outcomeNews(one, deal, reasons)];
  if ((state === 'won' || state === 'lost') && state !== outcome) {
    const reopened = newsOf(one, deal, 'reopened');
    return outcome === 'open' ? [reopened] : [reopened, outcomeNews(one, deal, reasons)];
  }
  if (state === 'expired' && outcome === 'won' && before?.outcome === 'open')
    return [newsOf(one, deal, 'won')];
  const isMoved = outcome === 'open' && before?.outcome === 'open' && before.stage !== stage;
  return isMoved && protectedStates.includes(state) ? [newsOf(one, deal, 'stage')] : [];
}

function outcomeNews(
  one: RegistrationWithDeal,
  deal: OpportunityInCrm,
  reasons: ProgrammeReasons | undefined,
): DealNews {
  if (deal.outcome === 'won') return newsOf(one, deal, 'won');
  const said = deal.lostReason?.trim() ?? '';
  const reasonCode = said === '' ? null : lostReasonIn(said, reasons);
  const isUnlisted = said !== '' && (reasonCode === null || reasonCode === 'other');
  return { ...newsOf(one, deal, 'lost'), reasonCode, ...(isUnlisted ? { reasonText: said } : {}) };
}

function newsOf({ id }: RegistrationWithDeal, deal: OpportunityInCrm, event: DealNews['event']): DealNews {
  return { event, opportunity: deal.id, registration: id, reasonCode: null };
}

function lookAt(named: OpportunityInCrm | null, linked: OpportunityInCrm | null): SeenOpportunity {
  return {
    named: named?.id ?? null,
    isNamedGone: named?.isGone ?? false,
    id: linked?.id ?? null,
    isGone: linked?.isGone ?? false,
    outcome: linked?.outcome ?? null,
    stage: linked?.stage ?? null,
  };
}
