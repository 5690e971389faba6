import { defaultRuleSettings, type RuleSettings } from './rule-settings.ts';

/**
 * The part of the rules of engagement that a programme decides. The rules themselves are the same for all
 * vendors; which ones apply, and what they do, is in `rules`.
 */
export interface EngagementPolicy {
  /**
   * The subject of competition between partners. `family`: a customer and a product family, so that
   * registrations for unrelated products do not compete and only get a note. `customer`: the customer, for
   * all products.
   */
  readonly conflictScope: 'customer' | 'family';
  /**
   * The product families as paths, such as `Network / Switches`. The last part alone is enough, and a name
   * that is not in the list counts as no family. If the list is empty, every name counts as a family.
   */
  readonly productFamilies: readonly string[];
  /** Stages shortly before an opportunity is closed, named as in the CRM. */
  readonly lateStages: readonly string[];
  /** The effect of new business with an existing customer, unless it is known to be for another product. */
  readonly existingCustomer: 'review' | 'note';
  /**
   * The months before a registration in which a purchase makes an existing customer, and in which a person's
   * rejection is quoted. Decisions by version 1 of the rules have no such limit.
   */
  readonly lookBackMonths: number;
  /**
   * A second registration of one deal by one partner may be another project if its amount differs by more than
   * this many percent of the first one's. Then a person decides, instead of a rejection as a duplicate.
   */
  readonly otherProjectAmountPercent: number;
  /** The same for the expected close, in days. */
  readonly otherProjectCloseDays: number;
  /**
   * The effect of an edit of an approved registration in the CRM. `review`: a person decides about the edit, and
   * the approved terms stay protected until then. `put_back`: Fairway writes the approved values to the CRM.
   */
  readonly afterApproval: 'review' | 'put_back';
  /** After the approval, the amount may change by this percentage without a review. */
  readonly amountChangePercent: number;
  /** Absent in decisions that are older than this setting. */
  readonly rules?: RuleSettings;
}

/** The late stages are those of the default pipelines of the shipped CRMs. */
export const defaultEngagement: EngagementPolicy = {
  conflictScope: 'family',
  productFamilies: [],
  lateStages: ['Negotiation/Review', 'decisionmakerboughtin', 'contractsent'],
  existingCustomer: 'review',
  lookBackMonths: 24,
  otherProjectAmountPercent: 25,
  otherProjectCloseDays: 60,
  afterApproval: 'review',
  amountChangePercent: 25,
  rules: defaultRuleSettings,
};
