import { parseArgs } from 'node:util';
import { dealSet } from '#src/cli/match/deal-set.ts';
import { knownCompanies } from '#src/cli/match/known-companies.ts';
import type { KnownCompany } from '#src/cli/match/deal-variations.ts';
import { seeded } from '#src/cli/match/seeded.ts';
import { candidatesFor, indexCompanies } from '#src/domain/matching/candidate-index.ts';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { defaultModel } from '#src/domain/matching/default-model.ts';
import { prepareCompany } from '#src/domain/matching/prepare.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';

/**
 * Pairs scored in a second of one core's time, explanation included, as a batch does it: registrations
 * against the accounts that share a key with them. `--companies FILE.csv` takes real companies. Companies are
 * normalised and taken apart before the clock starts, because the product stores the one and remembers the
 * other.
 */
const { values } = parseArgs({ options: { companies: { type: 'string' } } });
const secondsMeasured = 5;
const companies =
  values.companies === undefined ? madeUpCompanies(20_000) : await knownCompanies(values.companies);
const { accounts, registrations } = dealSet(companies, 'judge', 1_000, 7);
const index = indexCompanies(accounts);
const pairs: [NormalisedCompany, NormalisedCompany][] = [];
for (const { company } of registrations) {
  for (const at of candidatesFor(company, index, 300)) {
    const account = accounts[at];
    if (account) pairs.push([company, account]);
  }
}
for (const company of pairs.flat()) prepareCompany(company, defaultModel.terms);

scoreFor(1);
const { scored, cpuSeconds, alerts } = scoreFor(secondsMeasured);
console.log(
  JSON.stringify({
    name: 'match-score',
    value: Math.round(scored / cpuSeconds),
    unit: 'pairs/s of one core',
    rssMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
    details: {
      pairs: pairs.length,
      accounts: accounts.length,
      alertShare: Number((alerts / scored).toFixed(4)),
    },
  }),
);

/**
 * Over and over the same pairs, until the time is up. Others on the machine take from the clock, not from the
 * processor's time.
 */
function scoreFor(limit: number): { scored: number; cpuSeconds: number; alerts: number } {
  const began = process.cpuUsage();
  const cpuSeconds = (): number => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1e6;
  };
  let scored = 0;
  let alerts = 0;
  while (cpuSeconds() < limit) {
    for (const [left, right] of pairs) if (matchCompanies(left, right).verdict !== 'different') alerts++;
    scored += pairs.length;
  }
  return { scored, cpuSeconds: cpuSeconds(), alerts };
}

/** Two or three made-up words each, some of them in many names. */
function madeUpCompanies(count: number): readonly KnownCompany[] {
  const random = seeded(1);
  const syllables = [
    'ba',
    'cor',
    'del',
    'fin',
    'gar',
    'hel',
    'jun',
    'kor',
    'lim',
    'mar',
    'nov',
    'pel',
    'quin',
    'ros',
    'sal',
    'tor',
    'vel',
    'zan',
  ];
  const common = [
    'Systems',
    'Technologies',
    'Group',
    'Energy',
    'Foods',
    'Logistics',
    'Capital',
    'Medical',
    'Bank',
    'Industries',
  ];
  const word = (): string =>
    Array.from({ length: 2 + random.below(2) }, () => random.pick(syllables)).join('');
  return Array.from({ length: count }, () => {
    const name = [word(), ...(random.chance(0.4) ? [word()] : []), random.pick(common)].join(' ');
    return {
      name: `${name} Ltd`,
      domain: `${name.replaceAll(' ', '').toLowerCase()}.com`,
      country: random.pick(['DE', 'US', 'GB']),
      city: null,
      postcode: null,
    };
  });
}
