/** The rules of engagement that a programme decides. A missing setting has its default. */
import { z } from 'zod';
import { defaultEngagement } from '#src/domain/program/engagement.ts';
import { rulesPart } from './rules/rules-part.ts';

const names = (kind: string) =>
  z.array(z.string().trim().min(1, `Enter the ${kind}, or remove the line.`)).readonly();

export const engagementPart = z.strictObject({
  conflictScope: z
    .enum(['customer', 'family'], 'Use "customer" or "family".')
    .default(defaultEngagement.conflictScope),
  productFamilies: names('family').default(defaultEngagement.productFamilies),
  lateStages: names('stage').default(defaultEngagement.lateStages),
  existingCustomer: z
    .enum(['review', 'note'], 'Use "review" or "note".')
    .default(defaultEngagement.existingCustomer),
  lookBackMonths: z
    .int('Use a whole number of months.')
    .min(1, 'Look back for at least 1 month.')
    .max(600, 'Look back for at most 600 months.')
    .default(defaultEngagement.lookBackMonths),
  otherProjectAmountPercent: z
    .int('Use a whole number, such as 25.')
    .min(0, 'Use 0 if every other amount may be another project.')
    .max(1000, 'Use at most 1000.')
    .default(defaultEngagement.otherProjectAmountPercent),
  otherProjectCloseDays: z
    .int('Use a whole number of days.')
    .min(0, 'Use 0 if every other date may be another project.')
    .max(1095, 'Use at most 1095 days.')
    .default(defaultEngagement.otherProjectCloseDays),
  afterApproval: z
    .enum(['review', 'put_back'], 'Use "review" or "put_back".')
    .default(defaultEngagement.afterApproval),
  amountChangePercent: z
    .number('Use a percentage, such as 25.')
    .min(0, 'Use 0 if every change of the amount needs a review.')
    .max(1000, 'Use at most 1000.')
    .default(defaultEngagement.amountChangePercent),
  /** Each rule can be switched off and set. */
  rules: rulesPart,
});
