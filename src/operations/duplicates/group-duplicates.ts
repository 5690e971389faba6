import type { Db } from '#src/db/client.ts';
import { dismissedAmong, pairKey } from '#src/db/duplicates/dismissal-store.ts';
import { accountsById } from '#src/db/duplicates/duplicate-candidates.ts';
import {
  deleteEarlierReports,
  findReport,
  pairsOf,
  saveGroups,
  saveReport,
  type DuplicateGroup,
} from '#src/db/duplicates/duplicate-store.ts';
import { duplicateClusters, type Relation, type SamePair } from '#src/domain/duplicates/cluster.ts';
import { relationOf } from '#src/domain/duplicates/relation.ts';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import { liveModel } from '#src/operations/matching/live-model.ts';
import { connectedPairs } from './connected-pairs.ts';

const pairsAtOnce = 5_000;
const companiesAtOnce = 2_000;

type FoundGroup = Pick<DuplicateGroup, 'accountIds' | 'nearIds'> & {
  /** The evidence of its weakest pair. */
  readonly bits: number;
};

/**
 * Puts the pairs of a report into groups, those with the strongest evidence first, and finishes the report.
 * Dismissed pairs never end up in one group.
 */
export async function groupDuplicates(tx: Db, reportId: string, at: Date): Promise<void> {
  const report = await findReport(tx, reportId, true);
  if (report?.phase !== 'group') return;
  const { ids, components } = await connectedPairs(pairsNotDismissed(tx, reportId));
  const model = await liveModel(tx);
  const found: FoundGroup[] = [];
  for (const batch of componentBatches(components)) found.push(...(await groupsOf(tx, model, ids, batch)));
  found.sort((a, b) => b.bits - a.bits || ((a.accountIds[0] ?? '') < (b.accountIds[0] ?? '') ? -1 : 1));
  await saveGroups(
    tx,
    reportId,
    found.map(({ accountIds, nearIds }, index) => ({ number: index + 1, accountIds, nearIds })),
  );
  const surplus = found.reduce((sum, { accountIds }) => sum + accountIds.length - 1, 0);
  await saveReport(tx, reportId, { phase: 'done', groups: found.length, surplus, finishedAt: at });
  await deleteEarlierReports(tx, report);
}

/** Pairs of accounts that are the same customer, without dismissed pairs. */
async function* pairsNotDismissed(tx: Db, reportId: string) {
  for await (const page of pairsOf(tx, reportId, 'same', pairsAtOnce)) {
    const leftIds = page.map(({ leftId }) => leftId);
    const dismissed = await dismissedAmong(tx, leftIds);
    yield page.filter((pair) => !dismissed.has(pairKey(pair)));
  }
}

type Component = readonly SamePair[];

/** Batches of components with about `companiesAtOnce` companies each. */
function* componentBatches(components: readonly Component[]): Generator<readonly Component[]> {
  let batch: Component[] = [];
  let size = 0;
  for (const component of components) {
    batch.push(component);
    size += component.length + 1;
    if (size < companiesAtOnce) continue;
    yield batch;
    batch = [];
    size = 0;
  }
  if (batch.length > 0) yield batch;
}

async function groupsOf(
  tx: Db,
  model: MatchModel,
  ids: readonly string[],
  components: readonly Component[],
): Promise<readonly FoundGroup[]> {
  // A component of one pair is a group: there is no third account to compare with.
  const members = components
    .filter(({ length }) => length > 1)
    .flatMap((pairs) => pairs.flatMap(({ left, right }) => [left, right]));
  const idsOf = (indexes: readonly number[]): string[] => indexes.map((index) => ids[index] ?? '');
  const memberIds = [...new Set(idsOf(members))];
  const companies = new Map((await accountsById(tx, memberIds)).map(({ id, normal }) => [id, normal]));
  const dismissed = await dismissedAmong(tx, memberIds);
  const relation = (left: number, right: number): Relation => {
    const [leftId = '', rightId = ''] = idsOf([left, right]);
    return dismissed.has(pairKey({ leftId, rightId }))
      ? 'apart'
      : relationBetween(companies.get(leftId), companies.get(rightId), model);
  };
  return components.flatMap((pairs) => {
    const { clusters, partialMatches } = duplicateClusters(pairs, relation);
    return clusters.map((cluster, index): FoundGroup => {
      const inside = new Set(cluster);
      const bits = Math.min(
        ...pairs.filter(({ left, right }) => inside.has(left) && inside.has(right)).map((pair) => pair.bits),
      );
      return { bits, accountIds: idsOf(cluster), nearIds: idsOf(partialMatches[index] ?? []) };
    });
  });
}

/** An account without a profile was deleted, and joins no group. */
function relationBetween(
  left: NormalisedCompany | undefined,
  right: NormalisedCompany | undefined,
  model: MatchModel,
): Relation {
  return left && right ? relationOf(matchCompanies(left, right, model)) : 'apart';
}
