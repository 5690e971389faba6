import {
  accountsAfter,
  accountsByProfile,
  storedCandidatePairs,
  countAccounts,
  countForPlanner,
  type PairLimits,
  type ProfiledAccount,
} from '#src/db/duplicates/duplicate-candidates.ts';
import type { Db } from '#src/db/client.ts';
import { ordered } from '#src/db/duplicates/dismissal-store.ts';
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
 * What 300 accounts share is an office block or a common word. The lists of one account end sooner than those
 * of a registration's look-up: two accounts that are one share something rare, or are two customers as far as
 * anybody can tell.
 */
const limits: PairLimits = { perKey: 300, rows: 60 };

/** Few enough that a crash costs a second, and little memory. */
const accountsAtOnce = 500;

/**
 * Every account of the connection is compared with those it shares a key with, and what is one customer is
 * put into groups. Each part and the place to go on from are one transaction, so that it goes on where it
 * was, whoever takes it up. Nothing is written to the CRM.
 *
 * @returns the report, at its end; null when it is gone or was given up
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
  await countForPlanner(deps.db);
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
 * The job. While it is open no other is put out, so that one begun anew meanwhile, with other answers or by
 * another model, is its work, too.
 */
export async function findDuplicatesAsked(
  deps: Pick<Deps, 'db' | 'clock'>,
  { reportId }: { readonly reportId: string },
  progress: ReportProgress,
): Promise<void> {
  const asked = await findReport(deps.db, reportId);
  await findDuplicates(deps, { reportId }, progress);
  for (;;) {
    const next = asked && (await runningReport(deps.db, asked.connectionId));
    if (!next) return;
    await findDuplicates(deps, { reportId: next.id }, progress);
  }
}

/** Returns how many accounts have been compared by now; null when all have. */
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
    const [left, right] = [known.get(a), known.get(b)];
    return left && right ? [pairOf(left, right, model)] : [];
  });
  await savePairs(
    tx,
    reportId,
    pairs.filter(({ verdict }) => verdict === 'same' || (report.related && verdict === 'related')),
  );
  const reached = {
    accounts: report.accounts + accounts.length,
    compared: report.compared + pairs.length,
    afterProfile: last.profile,
  };
  await saveReport(tx, reportId, reached);
  return reached.accounts;
}

function keysOf({ profile, normal }: ProfiledAccount) {
  const { strong, weak, words } = searchKeys(normal);
  // Where both have a website or a phone, and share neither, no likeness of their names makes them one.
  const isPlain = normal.domain === null && normal.phone === undefined;
  return { profile, strong, weak, slips: isPlain ? [...new Set(words.flatMap(slipsOf))] : [] };
}

function pairOf(left: ProfiledAccount, right: ProfiledAccount, model: MatchModel): DuplicatePair {
  const { verdict, bits } = matchCompanies(left.normal, right.normal, model);
  return ordered({ leftId: left.id, rightId: right.id, verdict, bits });
}
