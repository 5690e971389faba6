import { tallyOfWrites } from '#src/db/mappings/backfill-view.ts';
import { latestBackfill, type Backfill } from '#src/db/mappings/backfill-store.ts';
import { liveVersion, type MappingPlace } from '#src/db/mappings/mapping-version-store.ts';
import { countPresent } from '#src/db/sync/scan-store.ts';
import type { Deps } from '#src/deps.ts';
import type { BackfillReport } from './backfill-mapping.ts';
import type { BackfillEffects } from './backfill-report.ts';
import { isStale, type DryRun } from '#src/operations/mappings/trial/dry-run-mapping.ts';

/** Shows whether the records that existed before a mapping version have been mapped again with it. */
export interface BackfillOffer {
  /** `needed`: it was not started yet · `none`: Fairway's default mapping has always been the live one. */
  readonly state: 'none' | 'needed' | 'running' | 'done' | 'failed';
  /** The live version; null for Fairway's default mapping. */
  readonly version: number | null;
  /** Number of records of the object. */
  readonly records: number;
  /** The report of the backfill so far, or else of the dry run; null without either. */
  readonly report: BackfillEffects | BackfillReport | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** One or two sentences for the admin. */
  readonly message: string;
}

/**
 * The backfill to offer on the page of a live mapping: records from before it keep their old values until they
 * are mapped again. Costs no call.
 */
export async function backfillOffer(deps: Pick<Deps, 'db'>, place: MappingPlace): Promise<BackfillOffer> {
  const live = await liveVersion(deps.db, place);
  const records = await countPresent(deps.db, place.connectionId, place.object);
  const last = await latestBackfill(deps.db, place);
  const ofThis = live && last?.version === live.version ? last : null;
  const state = live ? stateOf(ofThis) : 'none';
  const dryRun = live && !isStale(live) ? (live.dryRun as DryRun) : null;
  const report = (await reportOf(deps, ofThis)) ?? (dryRun?.fits ? dryRun.report : null);
  return {
    state,
    version: live?.version ?? null,
    records,
    report,
    startedAt: ofThis?.startedAt ?? null,
    finishedAt: ofThis?.finishedAt ?? null,
    message: messageFor(state, { ...place, version: live?.version ?? 0, records, report }),
  };
}

/**
 * The stored report of the backfill, with its writes counted again: since then an open write may have been
 * sent, and a refused one may have been retried.
 */
async function reportOf(
  { db }: Pick<Deps, 'db'>,
  backfill: Backfill | null,
): Promise<BackfillEffects | BackfillReport | null> {
  const report = (backfill?.report ?? null) as BackfillEffects | BackfillReport | null;
  if (!backfill || !report || !('writes' in report) || report.writes.open + report.writes.refused === 0)
    return report;
  const writes = await tallyOfWrites(db, backfill.id);
  // Old completed writes are pruned, so the number never goes down.
  return { ...report, writes: { ...writes, written: Math.max(writes.written, report.writes.written) } };
}

function stateOf(backfill: Backfill | null): BackfillOffer['state'] {
  if (!backfill) return 'needed';
  return backfill.phase === 'done' || backfill.phase === 'failed' ? backfill.phase : 'running';
}

interface Described {
  readonly object: string;
  readonly version: number;
  readonly records: number;
  readonly report: BackfillOffer['report'];
}

function messageFor(state: BackfillOffer['state'], { object, version, records, report }: Described): string {
  switch (state) {
    case 'none':
      return `${object} uses Fairway’s default mapping.`;
    case 'needed':
    case 'failed': {
      const found = report ? ` The dry run found ${changesOf(report)}.` : '';
      return `${numberText(records)} existing records of ${object} still use an earlier mapping until they change.${found} Backfill them to apply version ${version} now.`;
    }
    case 'running':
      return `Version ${version} is being applied to the ${numberText(records)} records of ${object}.`;
    case 'done':
      return `Version ${version} has been applied to all records of ${object}${report ? `: ${doneOf(report)}` : ''}.`;
  }
}

/** Formats a number as the console does. */
const numberText = (count: number): string => count.toLocaleString('en-US');
const recordsOf = ({ changed, added, removed }: BackfillEffects['fairway']): number =>
  changed + added + removed;

function changesOf({ fairway, crm }: BackfillEffects): string {
  return `${numberText(recordsOf(fairway))} to change in Fairway and ${numberText(crm.written)} in the CRM`;
}

function doneOf(report: BackfillEffects | BackfillReport): string {
  const { fairway, crm, refused } = report;
  const writes =
    'writes' in report ? report.writes : { written: crm.written, refused: 0, open: 0, superseded: 0 };
  const left = refused.reduce((sum, one) => sum + (one.effect === 'cut' ? 0 : one.count), 0);
  const parts = [
    `${numberText(recordsOf(fairway))} changed in Fairway`,
    `${numberText(writes.written)} written to the CRM`,
  ];
  if (writes.open > 0) parts.push(`${numberText(writes.open)} waiting to be written`);
  if (writes.superseded > 0) parts.push(`${numberText(writes.superseded)} replaced by newer writes`);
  if (writes.refused > 0) parts.push(`${numberText(writes.refused)} refused by the CRM`);
  if (left > 0) parts.push(`${numberText(left)} left out because the value does not fit`);
  return parts.join(', ');
}
