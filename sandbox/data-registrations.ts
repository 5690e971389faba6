import type { Crm, Placed } from './data-accounts.ts';
import type { Calendar } from './data-calendar.ts';
import { dealAmount } from './data-deals.ts';
import type { Deals } from './data-deals.ts';
import { slug } from './data-names.ts';
import type { CompanyNames } from './data-names.ts';
import type { Random } from './data-random.ts';
import { core, otherAddress, otherName } from './data-variants.ts';
import { countries, firstNames, freeMailHosts, productFamilies } from './data-words.ts';
import type { SampleRegistration } from './sample.ts';

/**
 * The customers for the scenarios. `customers` have an address and no deal yet; each is used for one
 * scenario.
 */
export interface Market {
  readonly random: Random;
  readonly calendar: Calendar;
  readonly names: CompanyNames;
  readonly deals: Deals;
  readonly partners: Readonly<Record<Crm, readonly Placed[]>>;
  readonly customers: Readonly<Record<Crm, Placed[]>>;
}

/** A registration and the CRM of the partner who made it. */
export interface PlannedRegistration {
  readonly crm: Crm;
  readonly registration: Omit<SampleRegistration, 'key' | 'number'>;
  /** The account and the partner that sold to it before, where this is a renewal by that partner. */
  readonly renews: { readonly customerName: string; readonly partnerCode: string | null } | null;
}

/** The customer as the partner writes it. */
interface Written {
  readonly name: string;
  readonly domain: string | null;
  readonly country: string | null;
  readonly email: string | null;
}

type Scenario = (market: Market) => PlannedRegistration[];

/**
 * Two hundred registrations. The first three kinds, 111 of them, have no conflict. The others compete with a
 * registration of another partner, an earlier one of the same partner, or a deal of the vendor's sales team.
 */
const plan: readonly (readonly [times: number, scenario: Scenario])[] = [
  [43, newCustomer],
  [52, knownCustomer],
  [16, namesake],
  [25, directDeal],
  [16, twoPartners],
  [5, subsidiary],
  [3, sameTwice],
  [2, updated],
  [3, freeMail],
  [3, wrongCountry],
];

/** This share of all registrations, oldest first, with every scenario in it. */
export function makeRegistrations(market: Market, share: number): PlannedRegistration[] {
  const planned = plan.flatMap(([times, scenario]) =>
    Array.from({ length: Math.ceil(times * share) }, () => scenario(market)).flat(),
  );
  return planned.toSorted((a, b) => (a.registration.submittedAt < b.registration.submittedAt ? -1 : 1));
}

/** A company no CRM knows. */
function newCustomer(market: Market): PlannedRegistration[] {
  return [planRegistration(market, partnerIn(market), writtenOf(market, market.names.customer()))];
}

/** A customer in the CRM with only the partner's deal. */
function knownCustomer(market: Market): PlannedRegistration[] {
  const { first } = dealOf(market);
  return [first];
}

/**
 * A new customer whose name begins like that of one with an open deal: `Summit Steel` is not `Summit Foods`.
 */
function namesake(market: Market): PlannedRegistration[] {
  const partner = partnerIn(market);
  const rival = customerIn(market, partner.crm);
  market.deals.open(rival, market.random.between(70, 150));
  return [planRegistration(market, partner, writtenOf(market, market.names.namesake(rival.account.name)))];
}

/** The vendor's sales team works on this customer. */
function directDeal(market: Market): PlannedRegistration[] {
  const { random } = market;
  const partner = partnerIn(market);
  const customer = customerIn(market, partner.crm);
  const { account } = customer;
  const productFamily = random.pick(productFamilies);
  market.deals.open(customer, random.between(65, 150), productFamily);
  const exact = writtenOf(market, account);
  const written = random.chance(0.5) ? { ...exact, name: otherName(account.name, random) } : exact;
  // Sometimes a rep has also opened an opportunity for the partner.
  const daysAgo = random.next() * 59;
  const opportunityKey = random.chance(0.25) ? market.deals.open(customer, daysAgo, productFamily).key : null;
  return [
    renewing(
      planRegistration(market, partner, written, { productFamily, daysAgo, opportunityKey }),
      partner,
      customer,
    ),
  ];
}

/** One customer, two partners, written two ways: another name, another address, or only an e-mail. */
function twoPartners(market: Market): PlannedRegistration[] {
  const { random } = market;
  return rivals(market, (written) => ({
    ...written,
    name: otherName(written.name, random),
    domain: written.domain === null || random.chance(0.3) ? null : otherAddress(written.domain, random),
  }));
}

/**
 * The national company of a group, registered by another partner: `Acme Deutschland GmbH` and `Acme Corp`.
 */
function subsidiary(market: Market): PlannedRegistration[] {
  return rivals(market, (written) => {
    const country = market.random.pick(countries.filter((candidate) => candidate.code !== written.country));
    const domain = `${written.domain?.split('.', 1)[0] ?? slug(core(written.name))}.${country.tld}`;
    return {
      name: `${core(written.name)} ${country.subsidiary}`,
      domain,
      country: country.code,
      email: mailAt(domain, market.random),
    };
  });
}

/** One partner registers a deal, forgets it, and registers it again. */
function sameTwice(market: Market): PlannedRegistration[] {
  const [first, again] = registeredAgain(market);
  const { amount, expectedClose, contactEmail } = first.registration;
  return [first, { ...again, registration: { ...again.registration, amount, expectedClose, contactEmail } }];
}

/** One partner registers a deal and, when it has come to another amount, registers it again. */
function updated(market: Market): PlannedRegistration[] {
  return [...registeredAgain(market)];
}

function registeredAgain(market: Market): readonly [first: PlannedRegistration, again: PlannedRegistration] {
  const { partner, customer, written, terms, first } = dealOf(market);
  const rewritten = { ...written, name: otherName(written.name, market.random) };
  const again = planRegistration(market, partner, rewritten, {
    ...terms,
    daysAgo: laterThan(terms.daysAgo, market.random),
  });
  const { dealType } = first.registration;
  return [
    first,
    renewing({ ...again, registration: { ...again.registration, dealType } }, partner, customer),
  ];
}

/** The second partner knows neither website nor company mailbox. */
function freeMail(market: Market): PlannedRegistration[] {
  return rivals(market, (written) => ({
    ...written,
    name: core(written.name),
    domain: null,
    email: mailAt(market.random.pick(freeMailHosts), market.random),
  }));
}

/** The second partner puts the customer in another country. */
function wrongCountry(market: Market): PlannedRegistration[] {
  return rivals(market, (written) => ({
    ...written,
    name: otherName(written.name, market.random),
    country: market.random.pick(countries.filter((candidate) => candidate.code !== written.country)).code,
  }));
}

/**
 * A known customer's deal, registered by one partner and later, as `rewrite` says, by another; half of those
 * have their own deal.
 */
function rivals(market: Market, rewrite: (written: Written) => Written): PlannedRegistration[] {
  const { random, deals } = market;
  const { partner, customer, written, terms, first } = dealOf(market);
  const other = partnerIn(market, partner);
  const { productFamily } = terms;
  const daysAgo = laterThan(terms.daysAgo, random);
  const opportunityKey =
    other.crm === customer.crm && random.chance(0.5)
      ? deals.open(customer, daysAgo, productFamily).key
      : null;
  return [
    first,
    planRegistration(market, other, rewrite(written), { productFamily, daysAgo, opportunityKey }),
  ];
}

interface Terms {
  readonly productFamily: string;
  readonly daysAgo: number;
  readonly opportunityKey: string | null;
}

interface CompetingDeal {
  readonly partner: Placed;
  readonly customer: Placed;
  readonly written: Written;
  readonly terms: Terms;
  readonly first: PlannedRegistration;
}

/** A partner's registration of a customer in the same CRM, linked to the deal opened for it. */
function dealOf(market: Market): CompetingDeal {
  const { random } = market;
  const partner = partnerIn(market);
  const customer = customerIn(market, partner.crm);
  const productFamily = random.pick(productFamilies);
  const daysAgo = 25 + random.next() * 33;
  // A rep opens the partner's deal after the registration; in one of ten cases it was there before.
  const { key } = market.deals.open(customer, daysAgo + random.next() * 5 - 4.5, productFamily);
  const terms = { productFamily, daysAgo, opportunityKey: key };
  const written = writtenOf(market, customer.account);
  return {
    partner,
    customer,
    written,
    terms,
    first: renewing(planRegistration(market, partner, written, terms), partner, customer),
  };
}

/** A registration of a customer. A renewal is by the partner who sold before. */
function renewing(made: PlannedRegistration, partner: Placed, customer: Placed): PlannedRegistration {
  if (made.registration.dealType === 'new') return made;
  return {
    ...made,
    renews: { customerName: customer.account.name, partnerCode: partner.account.partnerCode },
  };
}

/**
 * @param terms of the deal with a customer in the CRM; without them it is new business, because there is
 * nothing to renew
 */
function planRegistration(
  market: Market,
  partner: Placed,
  written: Written,
  terms?: Terms,
): PlannedRegistration {
  const { random, calendar } = market;
  return {
    crm: partner.crm,
    registration: {
      partnerKey: partner.account.key,
      opportunityKey: terms?.opportunityKey ?? null,
      customerName: written.name,
      customerDomain: written.domain,
      customerCountry: written.country,
      contactEmail: written.email,
      productFamily: terms?.productFamily ?? random.pick(productFamilies),
      dealType: random.chance(0.12) && terms ? 'renewal' : 'new',
      amount: dealAmount(random),
      currency: 'USD',
      expectedClose: calendar.date(random.between(10, 150)),
      submittedAt: calendar.instant(terms?.daysAgo ?? random.next() * 59),
    },
    renews: null,
  };
}

function partnerIn(market: Market, not?: Placed): Placed {
  const crm = market.random.chance(0.6) ? 'salesforce' : 'hubspot';
  return market.random.pick(market.partners[crm].filter((partner) => partner !== not));
}

/** Marks a customer as used, so that no other registration or deal concerns it. */
function customerIn(market: Market, crm: Crm): Placed {
  const customer = market.customers[crm].pop();
  if (!customer) throw new RangeError(`the sample needs more customers with an address in ${crm}`);
  return customer;
}

function writtenOf(
  market: Market,
  company: { readonly name: string; readonly domain: string | null; readonly country: string | null },
): Written {
  const code = countries.find((candidate) => candidate.name === company.country)?.code ?? company.country;
  const host = company.domain ?? market.random.pick(freeMailHosts);
  return { name: company.name, domain: company.domain, country: code, email: mailAt(host, market.random) };
}

function mailAt(host: string, random: Random): string {
  return `${random.pick(firstNames)}.${random.pick(['meyer', 'smith', 'rossi', 'novak', 'tanaka', 'silva', 'larsen'])}@${host}`;
}

function laterThan(daysAgo: number, random: Random): number {
  return daysAgo - 1 - random.next() * (daysAgo - 2);
}
