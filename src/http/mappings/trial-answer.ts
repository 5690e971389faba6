import type { z } from 'zod';
import { latestJob } from '#src/db/jobs/job-store.ts';
import type { Restore } from '#src/db/mappings/restore-store.ts';
import type { Deps } from '#src/deps.ts';
import { backfillKey } from '#src/operations/mappings/backfill/backfill-mapping.ts';
import { backfillOffer } from '#src/operations/mappings/backfill/backfill-offer.ts';
import { restoreReportOf } from '#src/operations/mappings/restore/restore-report.ts';
import { restoreKey } from '#src/operations/mappings/restore/restore-writes.ts';
import { dryRunKey, isStale, type DryRun } from '#src/operations/mappings/trial/dry-run-mapping.ts';
import { requireOpen } from '#src/operations/mappings/versions/draft-mapping.ts';
import { mappingTarget, type MappingQuery } from '#src/operations/mappings/versions/mapping-target.ts';
import type { backfill, dryRun, restore } from './trial-schema.ts';

type Backfill = z.infer<typeof backfill>;

/** The findings of the open version's last dry run. */
export async function dryRunAnswer(deps: Deps, query: MappingQuery): Promise<z.infer<typeof dryRun>> {
  const version = await requireOpen(deps.db, await mappingTarget(deps, query));
  const job = await latestJob(deps.db, dryRunKey(version.id));
  const running = job?.status === 'waiting' || job?.status === 'queued';
  const found = version.dryRun as DryRun | null;
  return {
    running,
    progress: running ? job.progress : null,
    error: job?.status === 'failed' ? job.error : null,
    at: version.dryRunAt,
    stale: found !== null && isStale(version),
    findings: found,
  };
}

export async function backfillAnswer(deps: Deps, query: MappingQuery): Promise<Backfill> {
  const { place } = await mappingTarget(deps, query);
  const offer = await backfillOffer(deps, place);
  const job = await latestJob(deps.db, backfillKey(place));
  return {
    ...offer,
    progress: offer.state === 'running' ? (job?.progress ?? null) : null,
    error: offer.state === 'failed' ? (job?.error ?? null) : null,
  };
}

export async function restoreAnswer(deps: Deps, found: Restore): Promise<z.infer<typeof restore>> {
  const finished = found.phase === 'done' || found.phase === 'failed';
  const job = finished ? null : await latestJob(deps.db, restoreKey(found));
  return {
    version: found.version,
    count: found.count,
    phase: found.phase,
    progress: job?.progress ?? null,
    report: restoreReportOf(found),
    startedAt: found.startedAt,
    finishedAt: found.finishedAt,
  };
}
