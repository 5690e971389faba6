/** Runs the tests of a programme by the rules that decide real registrations and calculate real commissions. */
import { assessmentKey, calculateAccruals } from '#src/domain/incentive/calculate.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { firstDay, periodOf } from '#src/domain/period.ts';
import { applyRulesOfEngagement } from '#src/domain/registrations/apply-rules.ts';
import type { CustomerAccount } from '#src/domain/registrations/programme/programme-facts.ts';
import type {
  RegistrationDecision,
  RegistrationFacts,
  Rival,
} from '#src/domain/registrations/registration.ts';
import { startClock, clockDueAt } from '#src/domain/service-levels/clock.ts';
import { automaticPolicy } from './approval.ts';
import type { DealFacts } from './conditions.ts';
import type { ProgramDocument } from './document.ts';
import type { GoldenInvoice, GoldenRegistration, GoldenRival, GoldenTest } from './golden-tests.ts';
import { approvalRoute, lifecycleProgrammeOf, protectionDaysOf } from './lifecycle-programme.ts';
import { programIn } from './program-of.ts';
import { moneyFrom, writtenAmount } from './values.ts';

export interface TestResult {
  readonly name: string;
  /** A sentence for each value that is not as expected. Empty: it passed. */
  readonly failures: readonly string[];
}

/** A test whose rules cannot be applied fails with the reason. */
export function runProgramTests(document: ProgramDocument): readonly TestResult[] {
  return document.tests.map((test) => {
    try {
      return { name: test.name, failures: differencesOf(test, outcomeOf(document, test)) };
    } catch (error) {
      return { name: test.name, failures: [error instanceof Error ? error.message : String(error)] };
    }
  });
}

export function testFailures(document: ProgramDocument): readonly string[] {
  return runProgramTests(document).flatMap(({ name, failures }) =>
    failures.map((failure) => `Test "${name}": ${failure}`),
  );
}

type Outcome = GoldenTest['expect'];

function outcomeOf(document: ProgramDocument, { registration, invoice }: GoldenTest): Outcome {
  if (invoice !== undefined) return { earns: earnedBy(document, invoice) };
  if (registration === undefined) return {};
  const deal = dealOf(registration);
  const decision = decide(document, registration, deal);
  const { approvalSteps } = lifecycleProgrammeOf(document, 1, { deal });
  return {
    status: statusOf(decision),
    rules: decision.findings.map(({ rule }) => rule),
    protectedUntil: decision.outcome === 'approve' ? decision.protectedUntil : null,
    route: approvalRoute(document, deal).name,
    steps: approvalSteps.map(({ anyOf }) => [...anyOf]),
    decisionDue: dueTime(document, registration),
  };
}

/** The expected values that are not the outcome. Lists may be in any order. */
function differencesOf({ expect }: GoldenTest, outcome: Outcome): readonly string[] {
  return Object.entries(expect).flatMap(([key, wanted]) => {
    if (wanted === undefined) return [];
    const [expected, actual] = [shown(wanted), shown(outcome[key as keyof Outcome])];
    return expected === actual ? [] : [`${key} is ${actual} instead of ${expected}.`];
  });
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'string') return value.replace(/\.000Z$/, 'Z');
  if (Array.isArray(value)) {
    const isSteps = value.some((entry) => Array.isArray(entry));
    const entries = value.map((entry) => (Array.isArray(entry) ? `(${shown(entry)})` : String(entry)));
    return (isSteps ? entries : [...new Set(entries)].toSorted()).join(', ') || 'none';
  }
  return (
    Object.entries(value)
      .map(([key, part]) => `${key} ${String(part)}`)
      .toSorted()
      .join(', ') || 'none'
  );
}

function decide(
  document: ProgramDocument,
  registration: GoldenRegistration,
  deal: DealFacts,
): RegistrationDecision {
  const policy = {
    engagement: document.engagement,
    ...automaticPolicy(document.approval),
    protectionDays: protectionDaysOf(document, deal),
  };
  const rivals = registration.rivals.map((one, index) => rivalOf(one, registration, index));
  return applyRulesOfEngagement(factsOf(registration), rivals, policy, registration.submittedAt.slice(0, 10));
}

function statusOf({ outcome }: RegistrationDecision): NonNullable<Outcome['status']> {
  const statuses = {
    approve: 'approved',
    review: 'in_review',
    ask: 'information_needed',
    reject: 'rejected',
  } as const;
  return statuses[outcome];
}

function dealOf({ partner, customer, productFamily, dealType, amount }: GoldenRegistration): DealFacts {
  return {
    partnerCode: partner.code,
    tier: partner.tier,
    cam: partner.cam,
    customerCountry: customer.country,
    productFamily,
    dealType,
    amount: amount === null ? null : moneyFrom(amount),
  };
}

function factsOf(registration: GoldenRegistration): RegistrationFacts {
  const { customer, partner, submittedAt, productFamily, dealType, role } = registration;
  return {
    partnerCode: partner.code,
    partnerTier: partner.tier,
    partnerFields: partner.fields,
    openRegistrations: partner.openRegistrations,
    role,
    accounts: registration.accounts.flatMap((one) => accountOf(one, registration)),
    id: 'registration',
    number: 'DR-1',
    partnerId: 'partner',
    partnerName: 'The partner',
    territory: partner.territory,
    opportunityId: null,
    linked: null,
    customerName: customer.name,
    customerDomain: customer.domain,
    customerCountry: customer.country,
    productFamily,
    dealType,
    terms: { amount: registration.amount, expectedClose: registration.expectedClose, contactEmail: null },
    submittedAt: new Date(submittedAt).toISOString(),
    invoiced: [],
  };
}

function accountOf(
  { name, domain, country, ...rest }: GoldenRegistration['accounts'][number],
  { customer }: GoldenRegistration,
): readonly CustomerAccount[] {
  const normal = normaliseCompany({ name, domain, country });
  const { verdict } = matchCompanies(normaliseCompany(customer), normal);
  return verdict === 'different' ? [] : [{ name, domain, match: verdict, ...rest }];
}

function rivalOf(rival: GoldenRival, registration: GoldenRegistration, index: number): Rival {
  const customer = rival.customer ?? registration.customer;
  const match = matchCompanies(normaliseCompany(registration.customer), normaliseCompany(customer));
  const common = { id: `rival ${index + 1}`, match };
  switch (rival.kind) {
    case 'registration': {
      const { partner, amount, expectedClose, submittedAt, customer: _, ...rest } = rival;
      const isSame = partner === 'same';
      return {
        ...common,
        ...rest,
        number: `DR-${index + 2}`,
        partnerId: isSame ? 'partner' : 'other partner',
        partnerName: isSame ? 'The partner' : 'Another partner',
        customerName: customer.name,
        terms: { amount, expectedClose, contactEmail: null },
        submittedAt: new Date(submittedAt).toISOString(),
        rejection: null,
        outcome: null,
      };
    }
    case 'opportunity':
      return { ...rival, ...common, name: 'Our opportunity', accountName: customer.name };
    case 'lead':
      return { ...rival, ...common, accountName: customer.name, status: null };
    case 'purchase':
      return {
        ...common,
        kind: 'customer',
        accountName: customer.name,
        since: rival.since,
        lastOn: rival.lastOn,
        families: null,
      };
  }
}

function dueTime(document: ProgramDocument, { submittedAt }: GoldenRegistration): string | undefined {
  const { calendars, decisionTarget } = lifecycleProgrammeOf(document, 1);
  const start = Math.floor(Date.parse(submittedAt) / 1000);
  const clock = startClock({ calendars, target: decisionTarget, start, pauses: [] });
  const due = 'error' in clock ? null : clockDueAt(clock, []);
  return due === null ? undefined : new Date(due * 1000).toISOString();
}

function earnedBy(
  document: ProgramDocument,
  { issuedOn, tier, amount }: GoldenInvoice,
): Record<string, string> {
  const { minor, currency } = moneyFrom(amount);
  const period = periodOf(issuedOn);
  const assessment = {
    partnerId: 'partner',
    tier,
    effectiveFrom: firstDay(period),
    trailingRevenueMinor: 0n,
    currency: document.currency,
    explanation: '',
  };
  const paid = {
    id: 'invoice',
    kind: 'invoice',
    partnerId: 'partner',
    number: '1',
    issuedOn,
    paidOn: issuedOn,
    amountMinor: minor,
    currency,
    appliesTo: null,
  } as const;
  const accruals = calculateAccruals(
    () => ({ program: programIn(document), version: 1 }),
    [paid],
    new Map([[assessmentKey('partner', period), assessment]]),
  );
  return Object.fromEntries(
    accruals.map((one) => [one.component, writtenAmount({ minor: one.amountMinor, currency: one.currency })]),
  );
}
