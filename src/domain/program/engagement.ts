/**
 * The part of the rules of engagement that a programme decides. The rules themselves are the same for all
 * vendors.
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
}

/** The late stages are those of the default pipelines of the shipped CRMs. */
export const defaultEngagement: EngagementPolicy = {
  conflictScope: 'family',
  productFamilies: [],
  lateStages: ['Negotiation/Review', 'decisionmakerboughtin', 'contractsent'],
  existingCustomer: 'review',
};
