import { latestBackfill, type Backfill } from '#src/db/backfill-store.ts';
import { liveVersion, type MappingPlace } from '#src/db/mapping-version-store.ts';
import { countPresent } from '#src/db/scan-store.ts';
import type { Deps } from '#src/deps.ts';
import type { BackfillReport } from './backfill-mapping.ts';
import type { CarryReport } from './backfill-report.ts';
import { isStale, type DryRun } from './dry-run-mapping.ts';

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

/** What to say and offer beside a live mapping: values from before it stay as they were until they are carried over. Costs no call. */
export async function backfillOffer(deps: Pick<Deps, 'db'>, place: MappingPlace): Promise<BackfillOffer> {
  const live = await liveVersion(deps.db, place);
  const records = await countPresent(deps.db, place.connectionId, place.object);
  const last = await latestBackfill(deps.db, place);
  const ofThis = live && last?.version === live.version ? last : null;
  const state = live ? stateOf(ofThis) : 'none';
  const dryRun = live && !isStale(live) ? (live.dryRun as DryRun) : null;
  const report = (ofThis?.report as CarryReport | null | undefined) ?? (dryRun?.fits ? dryRun.report : null);
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

function stateOf(backfill: Backfill | null): BackfillOffer['state'] {
  if (!backfill) return 'needed';
  return backfill.phase === 'done' || backfill.phase === 'failed' ? backfill.phase : 'running';
}

interface Spoken {
  readonly object: string;
  readonly version: number;
  readonly records: number;
  readonly report: CarryReport | null;
}

function wordsFor(state: BackfillOffer['state'], { object, version, records, report }: Spoken): string {
  switch (state) {
    case 'none':
      return `${object} goes by the mapping Fairway comes with.`;
    case 'needed':
    case 'failed': {
      const found = report ? ` Its dry run found ${changesOf(report)}.` : '';
      return `Existing values have not been synced: the ${records} records of ${object} from before version ${version} stay as they were mapped until they change.${found} Backfill them.`;
    }
    case 'running':
      return `The ${records} records of ${object} are being carried over to version ${version}.`;
    case 'done':
      return `All records of ${object} have been carried over to version ${version}${report ? `: ${changesOf(report)}` : ''}.`;
  }
}

function changesOf({ fairway, crm }: CarryReport): string {
  return `${fairway.changed + fairway.added + fairway.removed} to change in Fairway and ${crm.written} in the CRM`;
}
