import { tallyOfWrites } from '#src/db/mappings/carry-view.ts';
import { latestBackfill, type Backfill } from '#src/db/mappings/backfill-store.ts';
import { liveVersion, type MappingPlace } from '#src/db/mappings/mapping-version-store.ts';
import { countPresent } from '#src/db/sync/scan-store.ts';
import type { Deps } from '#src/deps.ts';
import type { BackfillReport } from './backfill-mapping.ts';
import type { CarryReport } from './backfill-report.ts';
import { isStale, type DryRun } from '#src/operations/mappings/trial/dry-run-mapping.ts';

/** Whether the records that were there before a mapping have been carried over to it. */
export interface BackfillOffer {
  /** `needed`: nobody has begun it · `none`: nothing but the mapping Fairway comes with was ever in force. */
  readonly state: 'none' | 'needed' | 'running' | 'done' | 'failed';
  /** The version in force; null for the shipped one. */
  readonly version: number | null;
  /** Records there are. */
  readonly records: number;
  /** What its dry run found, or what the backfill has done so far; null when neither is known. */
  readonly report: CarryReport | BackfillReport | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** For the admin, in a sentence or two. */
  readonly says: string;
}

/**
 * What to say and offer beside a live mapping: values from before it stay as they were until they are carried
 * over. Costs no call.
 */
export async function backfillOffer(deps: Pick<Deps, 'db'>, place: MappingPlace): Promise<BackfillOffer> {
  const live = await liveVersion(deps.db, place);
  const records = await countPresent(deps.db, place.connectionId, place.object);
  const last = await latestBackfill(deps.db, place);
  const ofThis = live && last?.version === live.version ? last : null;
  const state = live ? stateOf(ofThis) : 'none';
  const dryRun = live && !isStale(live) ? (live.dryRun as DryRun) : null;
  const report = (await carriedSoFar(deps, ofThis)) ?? (dryRun?.fits ? dryRun.report : null);
  return {
    state,
    version: live?.version ?? null,
    records,
    report,
    startedAt: ofThis?.startedAt ?? null,
    finishedAt: ofThis?.finishedAt ?? null,
    says: wordsFor(state, { ...place, version: live?.version ?? 0, records, report }),
  };
}

/**
 * What it did, with what has become of its writes since: one that was on its way may have landed, one that
 * was refused been sent again.
 */
async function carriedSoFar(
  { db }: Pick<Deps, 'db'>,
  backfill: Backfill | null,
): Promise<CarryReport | BackfillReport | null> {
  const report = (backfill?.report ?? null) as CarryReport | BackfillReport | null;
  if (!backfill || !report || !('writes' in report) || report.writes.open + report.writes.refused === 0)
    return report;
  const writes = await tallyOfWrites(db, backfill.id);
  // Landed writes are pruned in time.
  return { ...report, writes: { ...writes, written: Math.max(writes.written, report.writes.written) } };
}

function stateOf(backfill: Backfill | null): BackfillOffer['state'] {
  if (!backfill) return 'needed';
  return backfill.phase === 'done' || backfill.phase === 'failed' ? backfill.phase : 'running';
}

interface Spoken {
  readonly object: string;
  readonly version: number;
  readonly records: number;
  readonly report: BackfillOffer['report'];
}

function wordsFor(state: BackfillOffer['state'], { object, version, records, report }: Spoken): string {
  switch (state) {
    case 'none':
      return `${object} goes by the mapping Fairway comes with.`;
    case 'needed':
    case 'failed': {
      const found = report ? ` Its dry run found ${changesOf(report)}.` : '';
      return `Existing values have not been synced: the ${told(records)} records of ${object} from before version ${version} stay as they were mapped until they change.${found} Backfill them.`;
    }
    case 'running':
      return `The ${told(records)} records of ${object} are being carried over to version ${version}.`;
    case 'done':
      return `All records of ${object} have been carried over to version ${version}${report ? `: ${doneOf(report)}` : ''}.`;
  }
}

/** As the console writes numbers. */
const told = (count: number): string => count.toLocaleString('en-US');
const recordsOf = ({ changed, added, removed }: CarryReport['fairway']): number => changed + added + removed;

/** What would be done. */
function changesOf({ fairway, crm }: CarryReport): string {
  return `${told(recordsOf(fairway))} to change in Fairway and ${told(crm.written)} in the CRM`;
}

/**
 * What was done. Values that could not be carried over count as refused, as do records the CRM did not take.
 */
function doneOf(report: CarryReport | BackfillReport): string {
  const { fairway, crm, refused } = report;
  const writes =
    'writes' in report ? report.writes : { written: crm.written, refused: 0, open: 0, overtaken: 0 };
  const left = refused.reduce((sum, one) => sum + (one.effect === 'cut' ? 0 : one.count), 0);
  const parts = [
    `${told(recordsOf(fairway))} changed in Fairway`,
    `${told(writes.written)} written in the CRM`,
    ...(writes.open > 0 ? [`${told(writes.open)} on their way there`] : []),
    ...(writes.overtaken > 0 ? [`${told(writes.overtaken)} left, because they changed meanwhile`] : []),
    ...(writes.refused > 0 ? [`${told(writes.refused)} refused by the CRM`] : []),
    ...(left > 0 ? [`${told(left)} left out, because they do not fit`] : []),
  ];
  return parts.join(', ');
}
