import type { Db } from '#src/db/client.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { failedJobsOf } from '#src/db/jobs/job-store.ts';
import { countAccruals } from '#src/db/ledger/ledger-store.ts';
import { countPayouts } from '#src/db/payouts/payout-store.ts';
import { countOpenProblems } from '#src/db/sync/problem-store.ts';
import { countConflicts, countRegistrations } from '#src/db/registrations/registration-store.ts';
import { findRun, talliesOf } from '#src/db/runs/run-store.ts';
import type { Deps } from '#src/deps.ts';

/**
 * What a run did, and where things stand after it. `pulled`, `written` and `calls` are this run's;
 * `registrations`, `conflicts`, `accruals`, `payouts` and `problems` are totals, so that anything made twice
 * would show.
 */
export interface RunSummary {
  /** Records the CRMs and the ERP showed that were new or changed. */
  readonly pulled: {
    readonly accounts: number;
    readonly opportunities: number;
    readonly registrations: number;
    readonly invoices: number;
  };
  readonly registrations: {
    readonly total: number;
    readonly approved: number;
    readonly inReview: number;
    readonly rejected: number;
  };
  /** Registrations with a competing claim that blocked or questioned them. */
  readonly conflicts: number;
  readonly written: { readonly salesforce: number; readonly hubspot: number };
  /** Journal entries for what partners earned. */
  readonly accruals: number;
  readonly payouts: number;
  readonly problems: number;
  readonly calls: { readonly salesforce: number; readonly hubspot: number };
  readonly durationMs: number;
  /**
   * False when something was not asked or not answered: a job failed in part of the run, or a connection is
   * paused.
   */
  readonly complete: boolean;
  /** Connections of which nothing is asked for now. */
  readonly paused: readonly { readonly connection: string; readonly until: string; readonly why: string }[];
}

export async function summariseRun(deps: Deps, db: Db, runId: string): Promise<RunSummary> {
  const [tallies, connections, run] = await Promise.all([
    talliesOf(db, runId),
    listConnections(db),
    findRun(db, runId),
  ]);
  const kindOf = new Map(connections.map((connection) => [connection.id, connection.kind]));
  const sum = (measure: string, system?: string): number =>
    tallies
      .filter(
        (one) => one.measure === measure && (system === undefined || kindOf.get(one.connectionId) === system),
      )
      .reduce((total, one) => total + one.count, 0);
  const paused = connections.flatMap(({ name, pausedUntil, pauseReason }) =>
    pausedUntil !== null && pausedUntil > deps.clock()
      ? [{ connection: name, until: pausedUntil.toISOString(), why: pauseReason ?? '' }]
      : [],
  );
  const byStatus = await countRegistrations(db);
  return {
    pulled: {
      accounts: sum('pulled:account'),
      opportunities: sum('pulled:opportunity'),
      registrations: sum('pulled:registration'),
      invoices: sum('pulled:invoice'),
    },
    registrations: {
      total: Object.values(byStatus).reduce((total, count) => total + count, 0),
      approved: byStatus.approved,
      inReview: byStatus.in_review,
      rejected: byStatus.rejected,
    },
    conflicts: await countConflicts(db),
    written: { salesforce: sum('written', 'salesforce'), hubspot: sum('written', 'hubspot') },
    accruals: await countAccruals(db),
    payouts: await countPayouts(db),
    problems: await countOpenProblems(db),
    calls: { salesforce: sum('calls', 'salesforce'), hubspot: sum('calls', 'hubspot') },
    durationMs: run ? deps.clock().getTime() - run.startedAt.getTime() : 0,
    complete: paused.length === 0 && (await failedJobsOf(db, runId)) === 0,
    paused,
  };
}
