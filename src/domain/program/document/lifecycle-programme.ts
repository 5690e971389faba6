/** The settings of a programme document that decide the lifecycle of one registration. */
import type { ApprovalStep, LifecycleProgramme } from '#src/domain/registrations/lifecycle/programme.ts';
import { calendarAt } from '#src/domain/service-levels/calendar.ts';
import { withoutGroups } from './approval.ts';
import { holdsFor, reaches, type DealFacts } from './conditions.ts';
import type { ProgramDocument } from './document.ts';
import { writtenForm } from './form/resolve-form.ts';
import { calendarsOf } from './service-level.ts';

/** Nothing is known about the deal, so the last route and the usual protection apply. */
export const unknownDeal: DealFacts = {
  partnerCode: null,
  tier: null,
  customerCountry: null,
  productFamily: null,
  dealType: 'new',
  amount: null,
};

export interface LifecycleContext {
  /** The registration, for its route and the length of its protection. */
  readonly deal?: DealFacts;
  /** The names of the people that an e-mail address of a document means. Without it, the address is the name. */
  readonly idsOf?: (approver: string) => readonly string[];
}

/** The lifecycle's settings for one registration, by a version of the programme. */
export function lifecycleProgrammeOf(
  document: ProgramDocument,
  version: number,
  { deal = unknownDeal, idsOf = (approver) => [approver] }: LifecycleContext = {},
): LifecycleProgramme {
  const { approval, protection, serviceLevel } = document;
  const calendars = calendarsOf(serviceLevel);
  const form = writtenForm(document, deal);
  const isLarge = needsTwoPeople(document, deal);
  const conflicted = conflictedIn(document, deal).flatMap(idsOf);
  const extension = extensionOf(document, deal);
  return {
    version,
    calendars,
    decisionTarget: serviceLevel.decision,
    appealTarget: serviceLevel.appeal,
    escalations: serviceLevel.escalations,
    approvalSteps: stepsFor(document, deal, isLarge).map(({ name, anyOf }): ApprovalStep => ({
      name,
      anyOf: [...new Set(withoutGroups(anyOf, approval).flatMap(idsOf))],
    })),
    lead: approval.lead === null ? '' : (idsOf(approval.lead)[0] ?? ''),
    fourEyes: approval.fourEyes,
    distinctApprovers: approval.distinctApprovers || isLarge,
    ...(conflicted.length === 0 ? {} : { conflicted }),
    termsOf: protection.termsOf,
    protectionDays: protectionDaysOf(document, deal),
    extensionDays: extension.days,
    maxExtensions: extension.maximum,
    extensionRequestDays: protection.extension.requestDays,
    expiryNoticeDays: protection.expiryNoticeDays,
    expiryAfterConversion: protection.afterConversion,
    convertWhenLinked: protection.convertWhenLinked,
    activityDays: protection.activityDays,
    appealDays: serviceLevel.appealDays,
    infoDays: serviceLevel.informationDays,
    protectionZone: protectionZoneOf(document),
    ...(form === null ? {} : { form }),
  };
}

/** The zone whose days count: that of the newest calendar unless the document names another. */
export function protectionZoneOf({
  protection,
  serviceLevel,
}: Pick<ProgramDocument, 'protection' | 'serviceLevel'>): string {
  return (
    protection.zone ?? calendarAt(calendarsOf(serviceLevel), Number.POSITIVE_INFINITY)?.timeZone ?? 'UTC'
  );
}

type Route = ProgramDocument['approval']['routes'][number];

/**
 * The first route whose condition holds. An amount that is not known or cannot be compared counts as large, so
 * that a larger deal is never approved by too few people.
 */
export function approvalRoute({ approval, engagement, regions }: ProgramDocument, deal: DealFacts): Route {
  const terms = { engagement, regions, whenAmountUnknown: true };
  const found = approval.routes.find(({ when }) => when === undefined || holdsFor(when, deal, terms));
  if (found === undefined) throw new TypeError('the last route of a programme has no condition');
  return found;
}

/** Four eyes: an amount that is not known or cannot be compared counts as large. */
function needsTwoPeople({ approval: { fourEyesFrom } }: ProgramDocument, { amount }: DealFacts): boolean {
  return fourEyesFrom.length > 0 && reaches(amount, fourEyesFrom, true);
}

/** The steps of the route; a large deal with one step gets a second one with the same people. */
function stepsFor(document: ProgramDocument, deal: DealFacts, isLarge: boolean): Route['steps'] {
  const { steps } = approvalRoute(document, deal);
  const [only] = steps;
  return isLarge && only !== undefined && steps.length === 1
    ? [only, { ...only, name: 'Second approval' }]
    : steps;
}

/** The people whom the programme names a conflict of interest for. What is not known counts as large. */
function conflictedIn(
  { approval, engagement, regions }: ProgramDocument,
  deal: DealFacts,
): readonly string[] {
  const terms = { engagement, regions, whenAmountUnknown: true };
  return approval.conflictsOfInterest.flatMap(({ person, when }) =>
    holdsFor(when, deal, terms) ? [person] : [],
  );
}

/** The length and the number of extensions. An amount that is not known or cannot be compared counts as small. */
function extensionOf(
  { protection: { extension }, engagement, regions }: ProgramDocument,
  deal: DealFacts,
): { readonly days: number; readonly maximum: number } {
  const terms = { engagement, regions, whenAmountUnknown: false };
  const found = extension.exceptions.find(({ when }) => holdsFor(when, deal, terms));
  return { days: found?.days ?? extension.days, maximum: found?.maximum ?? extension.maximum };
}

/** The days of protection. An amount that is not known or cannot be compared counts as small. */
export function protectionDaysOf(
  { protection, engagement, regions }: Pick<ProgramDocument, 'protection' | 'engagement' | 'regions'>,
  deal: DealFacts,
): number {
  const terms = { engagement, regions, whenAmountUnknown: false };
  return protection.exceptions.find(({ when }) => holdsFor(when, deal, terms))?.days ?? protection.days;
}
