import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { defaultProgram } from '#src/domain/program/default-program.ts';
import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import { applyRulesOfEngagement } from '#src/domain/registrations/apply-rules.ts';
import type { OpportunityRival, RegistrationRival } from '#src/domain/registrations/precedence.ts';
import type {
  RegistrationDecision,
  RegistrationFacts,
  Rival,
} from '#src/domain/registrations/registration.ts';

/**
 * One registration and its possible rivals: the day is 2026-10-05, the customer is Acme, the partner Contoso.
 */
export const today = '2026-10-05';

const company = (name: string, domain: string | null, country: string | null = null) =>
  normaliseCompany({ name, domain, country });
const acme = company('Acme GmbH', 'acme.com', 'DE');
export const matches = {
  /** The name, the website and the country agree. */
  sameInPlace: matchCompanies(acme, company('Acme AG', 'acme.com', 'DE')),
  sameByDomain: matchCompanies(acme, company('Acme Robotics', 'acme.com')),
  sameByName: matchCompanies(acme, company('ACME AG', null)),
  related: matchCompanies(acme, company('Acme France', null, 'FR')),
  different: matchCompanies(acme, company('Summit Steel', 'summit.com')),
} as const;

export const baseRegistration: RegistrationFacts = {
  id: 'r-5',
  number: 'DR-2026-0010',
  partnerId: 'p-1',
  partnerName: 'Contoso Channel',
  territory: null,
  opportunityId: null,
  customerName: 'Acme GmbH',
  customerDomain: 'acme.com',
  customerCountry: 'DE',
  productFamily: 'Platform',
  dealType: 'new',
  terms: { amount: '50000.00 USD', expectedClose: '2026-12-01', contactEmail: 'ada@acme.com' },
  submittedAt: '2026-10-05T09:00:00.000Z',
  invoiced: [],
};

/** A registration by another partner, submitted three days earlier. */
export function registration(changes: Partial<RegistrationRival> = {}): RegistrationRival {
  return {
    kind: 'registration',
    dealType: 'new',
    id: 'r-1',
    number: 'DR-2026-0007',
    partnerId: 'p-2',
    partnerName: 'Northwind Partners',
    customerName: 'Acme Robotics',
    productFamily: 'Platform',
    terms: baseRegistration.terms,
    status: 'submitted',
    submittedAt: '2026-10-02T09:00:00.000Z',
    protectedUntil: null,
    outcome: null,
    match: matches.sameByDomain,
    ...changes,
  };
}

/** A registration by the same partner, submitted three days earlier. */
export const samePartnerRegistration = (changes: Partial<RegistrationRival> = {}): RegistrationRival =>
  registration({
    partnerId: baseRegistration.partnerId,
    partnerName: baseRegistration.partnerName,
    match: matches.sameInPlace,
    ...changes,
  });

/** An opportunity of our own sales team, two months old. */
export function opportunity(changes: Partial<OpportunityRival> = {}): OpportunityRival {
  return {
    kind: 'opportunity',
    id: 'o-2',
    name: 'Acme rollout',
    accountName: 'Acme GmbH',
    stage: 'Proposal',
    productFamily: null,
    openedAt: '2026-08-01T00:00:00.000Z',
    outcome: 'open',
    closedOn: null,
    match: matches.sameByDomain,
    ...changes,
  };
}

type CustomerRival = Extract<Rival, { kind: 'customer' }>;

/** The customer's account, which bought two years ago for the first time and half a year ago for the last. */
export function customer(changes: Partial<CustomerRival> = {}): CustomerRival {
  return {
    kind: 'customer',
    id: 'a-1',
    accountName: 'Acme GmbH',
    since: '2024-03-01',
    lastOn: '2026-03-01',
    families: null,
    match: matches.sameByDomain,
    ...changes,
  };
}

export interface Decided {
  readonly facts?: Partial<RegistrationFacts>;
  readonly policy?: Partial<EngagementPolicy>;
}

export function decideWith(
  { facts: changes = {}, policy = {} }: Decided,
  ...rivals: readonly Rival[]
): RegistrationDecision {
  const program = { ...defaultProgram, engagement: { ...defaultProgram.engagement, ...policy } };
  return applyRulesOfEngagement({ ...baseRegistration, ...changes }, rivals, program, today);
}

export const decide = (...rivals: readonly Rival[]): RegistrationDecision => decideWith({}, ...rivals);

/** `['review', 'earlier_registration review']` */
export const brief = ({ outcome, findings }: RegistrationDecision): readonly string[] => [
  outcome,
  ...findings.map(({ rule, effect }) => `${rule} ${effect}`),
];
