import { saveAccounts, saveOpportunities, savePartners } from '#src/db/records/account-store.ts';
import { saveRegistrations } from '#src/db/registrations/registration-store.ts';
import type { Deps } from '#src/deps.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';

/** Registrations with known right answers. */
export interface SeededMatches {
  /** Each names the customer of an open opportunity. */
  readonly alerts: readonly { readonly registrationId: string; readonly rivalId: string }[];
  /** Each shares at most one word with the customer of an open opportunity. */
  readonly clear: readonly { readonly registrationId: string; readonly accountId: string }[];
}

const firsts = [
  ...[
    'quartz',
    'velvet',
    'copper',
    'saffron',
    'juniper',
    'thistle',
    'walnut',
    'harbor',
    'meadow',
    'granite',
    'amber',
  ],
  ...[
    'cobalt',
    'dahlia',
    'ember',
    'falcon',
    'ginger',
    'hazel',
    'indigo',
    'jasper',
    'kestrel',
    'lantern',
    'marble',
  ],
] as const;
const seconds = [
  'moor',
  'field',
  'stone',
  'bridge',
  'glen',
  'ford',
  'dale',
  'crest',
  'haven',
  'wick',
] as const;
/** More than two hundred words that are no slip of each other. */
const words = firsts.flatMap((first) =>
  seconds.map((second) => `${first[0]?.toUpperCase()}${first.slice(1)}${second}`),
);

/** Seeds and decides them; `share` of the clear ones become questions. */
export async function seedMatches(
  deps: Deps,
  { alerts, clear, share = 1 }: { readonly alerts: number; readonly clear: number; readonly share?: number },
): Promise<SeededMatches> {
  const reseller = accountRow(deps, 'Ninefold Resellers', 'ninefold-resellers.example');
  const customers = words
    .slice(0, alerts + clear)
    .map((word) => accountRow(deps, `${word} Steel`, `${word.toLowerCase()}-steel.example`));
  await saveAccounts(deps.db, [
    { ...reseller, isPartner: true, partnerCode: 'P-9' },
    ...customers.map((one) => ({ ...one, isPartner: false, partnerCode: null })),
  ]);
  const partnerId = deps.ids();
  await savePartners(deps.db, [{ id: partnerId, accountId: reseller.id, name: reseller.name, code: 'P-9' }]);
  const deals = customers.map(({ id, name }) => dealRow(deps, id, name));
  await saveOpportunities(deps.db, deals);
  const registrations = customers.map(({ name, domain }, at) =>
    at < alerts
      ? registrationRow(deps, partnerId, at, name, domain)
      : registrationRow(
          deps,
          partnerId,
          at,
          name.replace('Steel', 'Bakeries'),
          domain.replace('steel', 'bakeries'),
        ),
  );
  await saveRegistrations(deps.db, registrations);
  await evaluateRegistrations(
    { ...deps, config: { ...deps.config, matchSampleShare: share } },
    async () => {},
  );
  const ids = registrations.map(({ id: registrationId }, at) => ({
    registrationId,
    rivalId: deals[at]?.id ?? '',
    accountId: customers[at]?.id ?? '',
  }));
  return { alerts: ids.slice(0, alerts), clear: ids.slice(alerts) };
}

function accountRow(deps: Deps, name: string, domain: string) {
  const { core, domain: matchDomain } = normaliseCompany({ name, domain, country: 'US' });
  return { id: deps.ids(), name, domain, country: 'US', core, matchDomain, normaliserVersion: 'n1' };
}

function dealRow(deps: Deps, accountId: string, name: string) {
  return {
    id: deps.ids(),
    accountId,
    name: `${name} roll-out`,
    stage: 'Negotiation',
    isClosed: false,
    isWon: false,
    amountMinor: 1_000_00n,
    currency: 'USD',
    openedAt: deps.clock(),
  };
}

function registrationRow(
  deps: Deps,
  partnerId: string,
  at: number,
  customerName: string,
  customerDomain: string,
) {
  const { core, domain, country } = normaliseCompany({
    name: customerName,
    domain: customerDomain,
    country: 'US',
  });
  return {
    id: deps.ids(),
    number: `DR-2026-1${String(at).padStart(3, '0')}`,
    partnerId,
    customerName,
    customerDomain,
    customerCountry: 'US',
    contactEmail: null,
    productFamily: 'Platform',
    dealType: 'new' as const,
    amountMinor: 1_000_00n,
    currency: 'USD',
    expectedClose: null,
    submittedAt: deps.clock(),
    core,
    matchDomain: domain,
    matchCountry: country,
  };
}
