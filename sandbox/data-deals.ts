import type { Crm, Placed } from './data-accounts.ts';
import type { Calendar } from './data-calendar.ts';
import type { Random } from './data-random.ts';
import { core } from './data-variants.ts';
import { productFamilies } from './data-words.ts';
import type { SampleOpportunity } from './sample.ts';

const openStages = ['prospecting', 'qualification', 'proposal', 'negotiation'] as const;

/** The opportunities of both CRMs in the order of creation. */
export class Deals {
  readonly opportunities: Record<Crm, SampleOpportunity[]> = { salesforce: [], hubspot: [] };
  readonly #random: Random;
  readonly #calendar: Calendar;

  constructor(random: Random, calendar: Calendar) {
    this.#random = random;
    this.#calendar = calendar;
  }

  get count(): number {
    return this.opportunities.salesforce.length + this.opportunities.hubspot.length;
  }

  /** A deal that is being worked on, opened that many days ago. */
  open(
    customer: Placed,
    daysAgo: number,
    productFamily: string = this.#random.pick(productFamilies),
  ): SampleOpportunity {
    const closeDate = this.#calendar.date(this.#random.between(5, 180));
    return this.#add(customer, {
      stage: this.#random.pick(openStages),
      productFamily,
      daysAgo,
      changedDaysAgo: daysAgo * this.#random.next(),
      closeDate,
    });
  }

  /** A deal of any age in any state, as CRMs are full of. */
  any(customer: Placed): SampleOpportunity {
    const random = this.#random;
    const daysAgo = random.between(20, 700);
    if (random.chance(0.4)) return this.open(customer, daysAgo);
    const closedDaysAgo = random.between(2, daysAgo - 5);
    const stage = random.chance(0.65) ? 'closed_won' : 'closed_lost';
    const closeDate = this.#calendar.date(-closedDaysAgo);
    return this.#add(customer, {
      stage,
      productFamily: random.pick(productFamilies),
      daysAgo,
      changedDaysAgo: closedDaysAgo,
      closeDate,
    });
  }

  #add({ crm, account }: Placed, deal: Deal): SampleOpportunity {
    const opportunity: SampleOpportunity = {
      key: `opp-${String(this.count + 1).padStart(5, '0')}`,
      name: `${core(account.name).slice(0, 100)} – ${deal.productFamily}`,
      accountKey: account.key,
      stage: deal.stage,
      amount: dealAmount(this.#random),
      currency: this.#random.chance(0.05) ? 'EUR' : 'USD',
      closeDate: deal.closeDate,
      createdAt: this.#calendar.instant(deal.daysAgo),
      modifiedAt: this.#calendar.instant(deal.changedDaysAgo),
    };
    this.opportunities[crm].push(opportunity);
    return opportunity;
  }
}

interface Deal {
  readonly stage: SampleOpportunity['stage'];
  readonly productFamily: string;
  readonly daysAgo: number;
  readonly changedDaysAgo: number;
  readonly closeDate: string;
}

/** Between 5,000 and 400,000, small ones more often; a decimal string. */
export function dealAmount(random: Random): string {
  return `${Math.round(50 * 80 ** random.next()) * 100}.00`;
}
