/** The settings of a programme document that decide the lifecycle of one registration. */
import type { ApprovalStep, LifecycleProgramme } from '#src/domain/registrations/lifecycle/programme.ts';
import { calendarAt } from '#src/domain/service-levels/calendar.ts';
import { withoutGroups } from './approval.ts';
import { holdsFor, type DealFacts } from './conditions.ts';
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
  return {
    version,
    calendars,
    decisionTarget: serviceLevel.decision,
    appealTarget: serviceLevel.appeal,
    escalations: serviceLevel.escalations,
    approvalSteps: approvalRoute(document, deal).steps.map(({ name, anyOf }): ApprovalStep => ({
      name,
      anyOf: [...new Set(withoutGroups(anyOf, approval).flatMap(idsOf))],
    })),
    lead: approval.lead === null ? '' : (idsOf(approval.lead)[0] ?? ''),
    fourEyes: approval.fourEyes,
    distinctApprovers: approval.distinctApprovers,
    termsOf: protection.termsOf,
    protectionDays: protectionDaysOf(document, deal),
    extensionDays: protection.extension.days,
    maxExtensions: protection.extension.maximum,
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

/** The days of protection. An amount that is not known or cannot be compared counts as small. */
export function protectionDaysOf(
  { protection, engagement, regions }: Pick<ProgramDocument, 'protection' | 'engagement' | 'regions'>,
  deal: DealFacts,
): number {
  const terms = { engagement, regions, whenAmountUnknown: false };
  return protection.exceptions.find(({ when }) => holdsFor(when, deal, terms))?.days ?? protection.days;
}
