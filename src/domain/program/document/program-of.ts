/** The part of a programme document that tiers, rules of engagement and commissions are calculated with. */
import type { Program } from '#src/domain/program/program.ts';
import type { Rate } from '#src/domain/money.ts';
import { AppError } from '#src/domain/errors.ts';
import { requireProgramDocument, type ProgramDocument, type WrittenProgram } from './document.ts';
import { moneyFrom, readRate, writtenAmount, writtenRate } from './values.ts';

export function programIn(document: ProgramDocument): Program {
  const { name, currency, startsOn, payoutGraceDays, engagement, protection, tiers, components } = document;
  return {
    name,
    currency,
    startsOn,
    protectionDays: protection.days,
    payoutGraceDays,
    engagement,
    tiers: tiers.map((tier) => ({ name: tier.name, trailingRevenueMinor: moneyFrom(tier.revenue).minor })),
    components: components.map(({ rates, ...one }) => ({
      ...one,
      rates: Object.fromEntries(Object.entries(rates).map(([tier, text]) => [tier, requireRate(text)])),
    })),
  };
}

function requireRate(text: string): Rate {
  const rate = readRate(text);
  if (rate === null) throw new AppError('internal', 'A checked programme has a rate that cannot be read.');
  return rate;
}

/** A programme from before documents, with the defaults for everything that it does not have. */
export function documentOf(program: Program): ProgramDocument {
  const { name, currency, startsOn, protectionDays, payoutGraceDays, engagement } = program;
  const written: WrittenProgram = {
    name,
    currency,
    startsOn,
    payoutGraceDays,
    engagement: {
      ...engagement,
      productFamilies: [...engagement.productFamilies],
      lateStages: [...engagement.lateStages],
    },
    // The window of such a programme was the one in force at the decision.
    protection: { days: protectionDays, termsOf: 'decision', expiryNoticeDays: noticeDays(protectionDays) },
    tiers: program.tiers.map((tier) => ({
      name: tier.name,
      revenue: writtenAmount({ minor: tier.trailingRevenueMinor, currency }),
    })),
    components: program.components.map(({ rates, ...one }) => ({
      ...one,
      rates: Object.fromEntries(Object.entries(rates).map(([tier, rate]) => [tier, writtenRate(rate)])),
    })),
  };
  return requireProgramDocument(written);
}

function noticeDays(protectionDays: number): number[] {
  return [30, 7].filter((days) => days < protectionDays);
}
