import type { Db } from '#src/db/client.ts';
import { dismissedAmong, pairKey } from '#src/db/duplicates/dismissal-store.ts';
import {
  groupsAfter,
  type DuplicateGroup,
  type DuplicateReport,
} from '#src/db/duplicates/duplicate-store.ts';
import { accountsWithUsage, type AccountWithUsage } from '#src/db/duplicates/duplicate-view.ts';
import { differencesOf, filledFields, type FieldDifference } from '#src/domain/duplicates/differences.ts';
import { reasonsOf, type Reasons } from '#src/domain/duplicates/reasons.ts';
import { survivorOf } from '#src/domain/duplicates/survivor.ts';
import { withoutDismissed } from '#src/domain/duplicates/dismissed-pairs.ts';
import type { CompanyMatch } from '#src/domain/matching/company.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { liveModel } from '#src/operations/matching/live-model.ts';

/** Accounts that are the same customer, with their current values, and which of them should stay. */
export interface ShownGroup {
  readonly number: number;
  readonly survivor: AccountWithUsage;
  /** Why this one should stay. */
  readonly reason: string;
  readonly others: readonly ShownDuplicate[];
  /** Accounts that match some of the group but not all. A person should check them. */
  readonly partialMatches: readonly AccountWithUsage[];
}

export interface ShownDuplicate {
  readonly account: AccountWithUsage;
  /** 0 to 1. */
  readonly score: number;
  readonly reasons: Reasons;
  /** Fields with different values: a merge must choose between them. */
  readonly differences: readonly FieldDifference[];
  /** The account of the group that it matches best; null when it matches the survivor. */
  readonly matchedThrough: AccountWithUsage | null;
}

const groupsAtOnce = 50;

/**
 * The groups of a report, with current values. Accounts that were merged, deleted or erased since are left
 * out, and so are accounts that were dismissed from the rest of their group.
 *
 * @param after returns only groups with a greater number
 */
export async function* shownGroups(
  db: Db,
  { id, connectionId }: DuplicateReport,
  after = 0,
): AsyncGenerator<ShownGroup> {
  const model = await liveModel(db);
  for (let last = after; ;) {
    const page = await groupsAfter(db, id, last, groupsAtOnce);
    const ids = page.flatMap(({ accountIds, nearIds }) => [...accountIds, ...nearIds]);
    const accounts = await accountsWithUsage(db, connectionId, ids);
    const dismissed = await dismissedAmong(db, ids);
    yield* page.flatMap((group) => shownGroup(group, { accounts, dismissed, model }) ?? []);
    last = page.at(-1)?.number ?? last;
    if (page.length < groupsAtOnce) return;
  }
}

interface GroupContext {
  readonly accounts: ReadonlyMap<string, AccountWithUsage>;
  /** Keys of dismissed pairs. */
  readonly dismissed: ReadonlySet<string>;
  readonly model: MatchModel;
}

/** Null when fewer than two accounts are left. */
function shownGroup(
  { number, accountIds, nearIds }: DuplicateGroup,
  { accounts, dismissed, model }: GroupContext,
): ShownGroup | null {
  const isDismissed = (left: AccountWithUsage, right: AccountWithUsage): boolean =>
    dismissed.has(pairKey({ leftId: left.id, rightId: right.id }));
  const members = withoutDismissed(living(accountIds, accounts), isDismissed);
  if (members.length < 2) return null;
  const { id, reason } = survivorOf(
    members.map((one) => ({ ...one, filledFields: filledFields(one.values) })),
  );
  const survivor = members.find((one) => one.id === id);
  if (!survivor) throw new TypeError(`the survivor ${id} is not in its group`);
  const others = members
    .filter((one) => one !== survivor)
    .map((one) => shownDuplicate(one, survivor, members, model));
  const partialMatches = living(nearIds, accounts).filter(
    (one) => !members.some((member) => isDismissed(one, member)),
  );
  return { number, survivor, reason, others, partialMatches };
}

function living(ids: readonly string[], accounts: GroupContext['accounts']): readonly AccountWithUsage[] {
  return ids.flatMap((id) => accounts.get(id) ?? []);
}

function shownDuplicate(
  account: AccountWithUsage,
  survivor: AccountWithUsage,
  members: readonly AccountWithUsage[],
  model: MatchModel,
): ShownDuplicate {
  const { matchedThrough, match } = bestMatch(account, survivor, members, model);
  const differences = differencesOf(survivor.values, account.values);
  return {
    account,
    score: match.score,
    reasons: reasonsOf(match),
    differences,
    matchedThrough: matchedThrough === survivor ? null : matchedThrough,
  };
}

interface BestMatch {
  readonly matchedThrough: AccountWithUsage;
  readonly match: CompanyMatch;
}

/**
 * Matches an account with the survivor, or if the two are not clearly the same, with its best match in the
 * group.
 */
function bestMatch(
  account: AccountWithUsage,
  survivor: AccountWithUsage,
  members: readonly AccountWithUsage[],
  model: MatchModel,
): BestMatch {
  const comparedWith = (matchedThrough: AccountWithUsage): BestMatch => ({
    matchedThrough,
    match: matchCompanies(matchedThrough.normal, account.normal, model),
  });
  const first = comparedWith(survivor);
  if (first.match.verdict === 'same') return first;
  const all = members
    .filter((one) => one !== account)
    .map((one) => (one === survivor ? first : comparedWith(one)));
  return all.reduce((one, other) => (other.match.bits > one.match.bits ? other : one));
}
