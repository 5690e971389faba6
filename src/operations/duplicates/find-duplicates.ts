import {
  accountsAfter,
  accountsByProfile,
  storedCandidatePairs,
  countAccounts,
  analyzeMatchTables,
  type PairLimits,
  type ProfiledAccount,
} from '#src/db/duplicates/duplicate-candidates.ts';
import type { Db } from '#src/db/client.ts';
import { orderedPair } from '#src/db/duplicates/dismissal-store.ts';
import {
  findReport,
  runningReport,
  savePairs,
  saveReport,
  type DuplicatePair,
  type DuplicateReport,
} from '#src/db/duplicates/duplicate-store.ts';
import type { Deps } from '#src/deps.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { searchKeys, slipsOf } from '#src/domain/matching/search-keys.ts';
import { liveModel } from '#src/operations/matching/live-model.ts';
import type { ReportProgress } from '#src/operations/jobs/progress.ts';
import { refreshProfiles } from '#src/operations/matching/refresh-profiles.ts';
import { groupDuplicates } from './group-duplicates.ts';

/**
 * A key that 300 accounts share is an office block or a common word. These limits are smaller than those for
 * registrations, because two accounts of one customer have a rare key in common; without one, nothing shows
 * that they are the same.
 */
const limits: PairLimits = { perKey: 300, rows: 60 };

/** Small enough that a crash repeats about a second of work, and that a part needs little memory. */
const accountsAtOnce = 500;

/**
 * Compares every account of a connection with the accounts that share a key with it, and groups those that
 * are the same customer. Each part is stored in one transaction with the position after it, so an interrupted
 * report continues there. Nothing is written to the CRM.
 *
 * @returns the finished report; null when it no longer exists or was abandoned
 */
export async function findDuplicates(
  deps: Pick<Deps, 'db' | 'clock'>,
  { reportId }: { readonly reportId: string },
  progress: ReportProgress,
): Promise<DuplicateReport | null> {
  const report = await findReport(deps.db, reportId);
  if (!report || report.phase === 'failed' || report.phase === 'done')
    return report?.phase === 'done' ? report : null;
  await refreshProfiles(deps.db);
  await analyzeMatchTables(deps.db);
  const total = await countAccounts(deps.db, report.connectionId);
  for (;;) {
    const done = await deps.db.transaction((tx) => compareNext(tx, reportId));
    if (done === null) break;
    await progress({ label: 'Comparing accounts', done, total });
  }
  await progress({ label: 'Grouping', done: total, total });
  await deps.db.transaction((tx) => groupDuplicates(tx, reportId, deps.clock()));
  const ended = await findReport(deps.db, reportId);
  return ended?.phase === 'done' ? ended : null;
}

/**
 * Runs the job. A connection has one open job, so this job also finishes a report that was started while it
 * ran, for example with another model.
 */
export async function runDuplicatesJob(
  deps: Pick<Deps, 'db' | 'clock'>,
  { reportId }: { readonly reportId: string },
  progress: ReportProgress,
): Promise<void> {
  const first = await findReport(deps.db, reportId);
  await findDuplicates(deps, { reportId }, progress);
  for (;;) {
    const next = first && (await runningReport(deps.db, first.connectionId));
    if (!next) return;
    await findDuplicates(deps, { reportId: next.id }, progress);
  }
}

/** Compares the next accounts. Returns how many have been compared so far; null when all have. */
async function compareNext(tx: Db, reportId: string): Promise<number | null> {
  const report = await findReport(tx, reportId, true);
  if (report?.phase !== 'compare') return null;
  const model = await liveModel(tx);
  const accounts = await accountsAfter(tx, report.connectionId, report.afterProfile, accountsAtOnce);
  const last = accounts.at(-1);
  if (!last) {
    await saveReport(tx, reportId, { phase: 'group' });
    return null;
  }
  const candidates = await storedCandidatePairs(tx, accounts.map(keysOf), limits);
  const others = candidates
    .flat()
    .filter((profile) => profile < (accounts[0]?.profile ?? 0) || profile > last.profile);
  const known = new Map(
    [...accounts, ...(await accountsByProfile(tx, report.connectionId, [...new Set(others)]))].map((one) => [
      one.profile,
      one,
    ]),
  );
  const pairs = candidates.flatMap(([a, b]) => {
    const left = known.get(a);
    const right = known.get(b);
    return left && right ? [pairOf(left, right, model)] : [];
  });
  await savePairs(
    tx,
    reportId,
    pairs.filter(({ verdict }) => verdict === 'same' || (report.related && verdict === 'related')),
  );
  const position = {
    accounts: report.accounts + accounts.length,
    compared: report.compared + pairs.length,
    afterProfile: last.profile,
  };
  await saveReport(tx, reportId, position);
  return position.accounts;
}

function keysOf({ profile, normal }: ProfiledAccount) {
  const { strong, weak, words } = searchKeys(normal);
  // Spelling variants of the name count only without a website and a phone: similar names do not make two
  // accounts one customer when those differ.
  const hasNameOnly = normal.domain === null && normal.phone === undefined;
  return { profile, strong, weak, slips: hasNameOnly ? [...new Set(words.flatMap(slipsOf))] : [] };
}

function pairOf(left: ProfiledAccount, right: ProfiledAccount, model: MatchModel): DuplicatePair {
  const { verdict, bits } = matchCompanies(left.normal, right.normal, model);
  return orderedPair({ leftId: left.id, rightId: right.id, verdict, bits });
}
