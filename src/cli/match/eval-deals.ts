import { candidatesFor, indexCompanies } from '#src/domain/matching/candidate-index.ts';
import type { CompanyMatch } from '#src/domain/matching/company.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import type { DealSet, Registration } from './deal-set.ts';
import { calibrationError } from './figures.ts';

/** Accounts compared with one registration, as many as the product compares. */
export const rowBudget = 1_500;

export interface Rival {
  readonly account: number;
  readonly match: CompanyMatch;
}

/** The candidates found for one registration. */
export interface Finding {
  readonly registration: Registration;
  /** Every account that is not `different`, the likeliest first. */
  readonly alerts: readonly Rival[];
  /** The likeliest account, alert or not. */
  readonly best: Rival | null;
}

export function findEvalCandidates(
  { accounts, registrations }: DealSet,
  model: MatchModel,
): readonly Finding[] {
  const index = indexCompanies(accounts);
  return registrations.map((registration) => {
    const rivals = candidatesFor(registration.company, index, rowBudget)
      .flatMap((account): Rival[] => {
        const company = accounts[account];
        return company ? [{ account, match: matchCompanies(registration.company, company, model) }] : [];
      })
      .toSorted((a, b) => b.match.bits - a.match.bits);
    return {
      registration,
      alerts: rivals.filter(({ match }) => match.verdict !== 'different'),
      best: rivals[0] ?? null,
    };
  });
}

/** The figures of one deal set. A conflict is found when the account that is meant is among the alerts. */
export function dealFigures(findings: readonly Finding[]) {
  const of = (group: Registration['group']): readonly Finding[] =>
    findings.filter(({ registration }) => registration.group === group);
  const clean = of('clean');
  const judged = findings.flatMap(({ best, registration }) =>
    best ? [{ probability: best.match.probability, same: best.account === registration.account }] : [],
  );
  return {
    n: findings.length,
    recallStrongKey: share(of('strong'), isFound),
    recallNameAndCountry: share(of('name'), isFound),
    falseAlertsPer100: 100 * share(clean, ({ alerts }) => alerts.length > 0),
    calibrationError: calibrationError(judged),
    kinds: Object.fromEntries(
      [...new Set(findings.map(({ registration }) => registration.kind))].map((kind) => {
        const some = findings.filter(({ registration }) => registration.kind === kind);
        const isRight = (finding: Finding): boolean =>
          finding.registration.account === null ? finding.alerts.length === 0 : isFound(finding);
        return [kind, { n: some.length, right: share(some, isRight) }];
      }),
    ),
  };
}

export function isFound({ registration, alerts }: Finding): boolean {
  return alerts.some(({ account }) => account === registration.account);
}

function share<T>(all: readonly T[], isSo: (one: T) => boolean): number {
  return all.length === 0 ? 0 : Number((all.filter(isSo).length / all.length).toFixed(4));
}

/** Conflicts not found and alerts that were false, a line each, for somebody to read. */
export function rivalErrors(
  findings: readonly Finding[],
  { accounts }: DealSet,
  worst: number,
): readonly string[] {
  const wrong = findings.filter((one) =>
    one.registration.account === null ? one.alerts.length > 0 : !isFound(one),
  );
  return wrong.slice(0, worst).map(({ registration, best }) => {
    const meant = registration.account === null ? 'no account' : (accounts[registration.account]?.core ?? '');
    const found =
      best === null
        ? 'nothing'
        : `${accounts[best.account]?.core} (${best.match.bits.toFixed(1)} ${best.match.grade})`;
    return `${registration.kind}: ${registration.company.core}, ${registration.company.domain ?? 'no domain'} means ${meant}, likest ${found}`;
  });
}
