import type { CrmSample, SampleAccount, SampleOpportunity } from './sample.ts';

export interface PlainSize {
  readonly accounts: number;
  /** The number of accounts that are partners, counted from the first. */
  readonly partners: number;
  readonly opportunities: number;
}

const dayMs = 86_400_000;
const cities = ['Berlin', 'Leeds', 'Lyon', 'Turin', 'Malmö', 'Austin', 'Osaka', 'Porto'] as const;
const stages: readonly SampleOpportunity['stage'][] = [
  'prospecting',
  'qualification',
  'proposal',
  'negotiation',
  'closed_won',
  'closed_lost',
];

/**
 * Any number of records, all different and none in conflict with another: for measuring, where the sample is
 * too small.
 */
export function plainSample(size: PlainSize, today: Date): CrmSample {
  const ago = (days: number): string => new Date(today.getTime() - days * dayMs).toISOString();
  const accounts = Array.from({ length: size.accounts }, (_, n): SampleAccount => {
    const word = lettersOf(n);
    const isPartner = n < size.partners;
    return {
      key: `acc-${n}`,
      name: `${word} ${isPartner ? 'Channel' : 'Works'} ${n} GmbH`,
      domain: `${word.toLowerCase()}-${n}.example`,
      country: 'DE',
      countryName: 'Germany',
      city: cities[n % cities.length] ?? 'Berlin',
      postcode: String(10_000 + (n % 80_000)),
      phone: `+49 30 ${1_000_000 + n}`,
      isPartner,
      partnerCode: isPartner ? `P-${String(n + 1).padStart(5, '0')}` : null,
      createdAt: ago(30 + (n % 1_000)),
      modifiedAt: ago(1 + (n % 29)),
    };
  });
  const opportunities = Array.from({ length: size.opportunities }, (_, n): SampleOpportunity => ({
    key: `opp-${n}`,
    name: `${lettersOf(n)} order ${n}`,
    accountKey: `acc-${n % size.accounts}`,
    stage: stages[n % stages.length] ?? 'prospecting',
    amount: `${1_000 + (n % 90_000)}.50`,
    currency: 'EUR',
    closeDate: ago(-30 - (n % 300)).slice(0, 10),
    createdAt: ago(2 + (n % 300)),
    modifiedAt: ago(1 + (n % 2)),
  }));
  return { accounts, opportunities, registrations: [] };
}

/** A different word for each number, so that names are not similar. */
function lettersOf(n: number): string {
  const syllables = [
    'ba',
    'ko',
    'ri',
    'tu',
    'me',
    'la',
    'so',
    'ni',
    'fe',
    'du',
    'ga',
    'po',
    'vi',
    'ze',
    'hu',
    'ja',
  ];
  // An odd multiplier walks all 16^5 words before it repeats one.
  let rest = (n * 480_569) % 16 ** 5;
  let word = '';
  for (let place = 0; place < 5; place += 1) {
    word += syllables[rest % 16];
    rest = Math.floor(rest / 16);
  }
  return word.charAt(0).toUpperCase() + word.slice(1);
}
