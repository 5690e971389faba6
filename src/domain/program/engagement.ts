/**
 * What a programme decides about the rules of engagement; the rules themselves are the same for every vendor.
 */
export interface EngagementPolicy {
  /**
   * What two partners compete for. `family`: a customer and a product family, so that claims for products
   * that have nothing to do with each other stand side by side and are told. `customer`: the customer,
   * whatever the product.
   */
  readonly conflictScope: 'customer' | 'family';
  /**
   * The families there are, as paths such as `Network / Switches`. With them the last part alone is enough,
   * and a name that is not among them is taken for no family; without them a name is taken as it is written.
   */
  readonly productFamilies: readonly string[];
  /** Stages in which an opportunity is about to close, as the CRM has them. */
  readonly lateStages: readonly string[];
  /**
   * What becomes of new business registered for a company that has bought before, where nothing shows it to
   * be another product.
   */
  readonly existingCustomer: 'review' | 'note';
}

/** The late stages are those of the sales pipelines that the supported CRMs have by default. */
export const defaultEngagement: EngagementPolicy = {
  conflictScope: 'family',
  productFamilies: [],
  lateStages: ['Negotiation/Review', 'decisionmakerboughtin', 'contractsent'],
  existingCustomer: 'review',
};
