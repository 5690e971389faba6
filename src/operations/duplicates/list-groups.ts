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

/** Accounts that are one customer as they stand now, and which should stay. */
export interface ShownGroup {
  readonly no: number;
  readonly survivor: AccountWithUsage;
  /** Why this one should stay. */
  readonly why: string;
  readonly others: readonly ShownDuplicate[];
  /** Accounts that are one customer with some of the group and not with all: for a person to look at. */
  readonly near: readonly AccountWithUsage[];
}

export interface ShownDuplicate {
  readonly account: AccountWithUsage;
  /** 0 to 1. */
  readonly score: number;
  readonly reasons: Reasons;
  /** What a merge has to choose between. */
  readonly differences: readonly FieldDifference[];
  /** The account of the group it was recognised by, when that is not the survivor. */
  readonly by: AccountWithUsage | null;
}

const groupsAtOnce = 50;

/**
 * The groups of a report after one of its numbers, as they stand now: accounts that were merged, deleted or
 * erased since are left out, and so is who was told apart from the rest.
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
    const told = await dismissedAmong(db, ids);
    yield* page.flatMap((group) => shownGroup(group, { accounts, told, model }) ?? []);
    last = page.at(-1)?.no ?? last;
    if (page.length < groupsAtOnce) return;
  }
}

interface Known {
  readonly accounts: ReadonlyMap<string, AccountWithUsage>;
  /** Pairs that were told apart. */
  readonly told: ReadonlySet<string>;
  readonly model: MatchModel;
}

/** Null when it is a group no more. */
function shownGroup(
  { no, accountIds, nearIds }: DuplicateGroup,
  { accounts, told, model }: Known,
): ShownGroup | null {
  const isToldApart = (left: AccountWithUsage, right: AccountWithUsage): boolean =>
    told.has(pairKey({ leftId: left.id, rightId: right.id }));
  const members = withoutDismissed(living(accountIds, accounts), isToldApart);
  if (members.length < 2) return null;
  const { id, reason: why } = survivorOf(
    members.map((one) => ({ ...one, filledFields: filledFields(one.values) })),
  );
  const survivor = members.find((one) => one.id === id);
  if (!survivor) throw new TypeError(`the survivor ${id} is none of its group`);
  const others = members
    .filter((one) => one !== survivor)
    .map((one) => shownDuplicate(one, survivor, members, model));
  const near = living(nearIds, accounts).filter((one) => !members.some((member) => isToldApart(one, member)));
  return { no, survivor, why, others, near };
}

function living(ids: readonly string[], accounts: Known['accounts']): readonly AccountWithUsage[] {
  return ids.flatMap((id) => accounts.get(id) ?? []);
}

function shownDuplicate(
  account: AccountWithUsage,
  survivor: AccountWithUsage,
  members: readonly AccountWithUsage[],
  model: MatchModel,
): ShownDuplicate {
  const { by, match } = recognised(account, survivor, members, model);
  const differences = differencesOf(survivor.values, account.values);
  return {
    account,
    score: match.score,
    reasons: reasonsOf(match),
    differences,
    by: by === survivor ? null : by,
  };
}

interface Recognised {
  readonly by: AccountWithUsage;
  readonly match: CompanyMatch;
}

/** By the survivor, or where that is not enough by the member it has most in common with. */
function recognised(
  account: AccountWithUsage,
  survivor: AccountWithUsage,
  members: readonly AccountWithUsage[],
  model: MatchModel,
): Recognised {
  const comparedWith = (by: AccountWithUsage): Recognised => ({
    by,
    match: matchCompanies(by.normal, account.normal, model),
  });
  const first = comparedWith(survivor);
  if (first.match.verdict === 'same') return first;
  const all = members
    .filter((one) => one !== account)
    .map((one) => (one === survivor ? first : comparedWith(one)));
  return all.reduce((one, other) => (other.match.bits > one.match.bits ? other : one));
}
