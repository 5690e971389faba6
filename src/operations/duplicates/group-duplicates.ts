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
/** Companies loaded at once. */
const companiesAtOnce = 2_000;

type Found = Pick<DuplicateGroup, 'accountIds' | 'nearIds'> & {
  /** Of the weakest pair that was found. */
  readonly bits: number;
};

/**
 * Puts the pairs of a report into groups, the surest first, and ends it. What somebody told apart stays
 * apart.
 */
export async function groupDuplicates(tx: Db, reportId: string, at: Date): Promise<void> {
  const report = await findReport(tx, reportId, true);
  if (report?.phase !== 'group') return;
  const { ids, components } = await connectedPairs(untoldPairs(tx, reportId));
  const model = await liveModel(tx);
  const found: Found[] = [];
  for (const batch of batches(components)) found.push(...(await groupsOf(tx, model, ids, batch)));
  found.sort((a, b) => b.bits - a.bits || ((a.accountIds[0] ?? '') < (b.accountIds[0] ?? '') ? -1 : 1));
  await saveGroups(
    tx,
    reportId,
    found.map(({ accountIds, nearIds }, index) => ({ no: index + 1, accountIds, nearIds })),
  );
  const surplus = found.reduce((sum, { accountIds }) => sum + accountIds.length - 1, 0);
  await saveReport(tx, reportId, { phase: 'done', groups: found.length, surplus, finishedAt: at });
  await deleteEarlierReports(tx, report);
}

/** Pairs that are one customer, without those of which somebody has said that they are two. */
async function* untoldPairs(tx: Db, reportId: string) {
  for await (const page of pairsOf(tx, reportId, 'same', pairsAtOnce)) {
    const told = await dismissedAmong(
      tx,
      page.map(({ leftId }) => leftId),
    );
    yield page.filter((pair) => !told.has(pairKey(pair)));
  }
}

type Component = readonly SamePair[];

/** Components of about so many companies together. */
function* batches(components: readonly Component[]): Generator<readonly Component[]> {
  let batch: Component[] = [];
  let size = 0;
  for (const component of components) {
    batch.push(component);
    if ((size += component.length + 1) < companiesAtOnce) continue;
    yield batch;
    [batch, size] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

async function groupsOf(
  tx: Db,
  model: MatchModel,
  ids: readonly string[],
  components: readonly Component[],
): Promise<readonly Found[]> {
  // A pair by itself has nobody else to be held against.
  const members = components
    .filter(({ length }) => length > 1)
    .flatMap((pairs) => pairs.flatMap(({ left, right }) => [left, right]));
  const idsOf = (places: readonly number[]): string[] => places.map((place) => ids[place] ?? '');
  const crowded = [...new Set(idsOf(members))];
  const companies = new Map((await accountsById(tx, crowded)).map(({ id, normal }) => [id, normal]));
  const told = await dismissedAmong(tx, crowded);
  const relation = (left: number, right: number): Relation => {
    const [leftId = '', rightId = ''] = idsOf([left, right]);
    return told.has(pairKey({ leftId, rightId }))
      ? 'apart'
      : relationBetween(companies.get(leftId), companies.get(rightId), model);
  };
  return components.flatMap((pairs) => {
    const { clusters, partialMatches: near } = duplicateClusters(pairs, relation);
    return clusters.map((cluster, index): Found => {
      const inside = new Set(cluster);
      const bits = Math.min(
        ...pairs.filter(({ left, right }) => inside.has(left) && inside.has(right)).map((pair) => pair.bits),
      );
      return { bits, accountIds: idsOf(cluster), nearIds: idsOf(near[index] ?? []) };
    });
  });
}

/** Who has no profile any more is gone, and joins nobody. */
function relationBetween(
  left: NormalisedCompany | undefined,
  right: NormalisedCompany | undefined,
  model: MatchModel,
): Relation {
  return left && right ? relationOf(matchCompanies(left, right, model)) : 'apart';
}
