import { crmsOf } from '#connectors/contract/systems.ts';
import type { Db } from '#src/db/client.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { failedJobsOf } from '#src/db/jobs/job-store.ts';
import { countAccruals } from '#src/db/ledger/ledger-store.ts';
import { countPayouts } from '#src/db/payouts/payout-store.ts';
import { countOpenProblems } from '#src/db/sync/problem-store.ts';
import { countConflicts } from '#src/db/registrations/conflict-case-store.ts';
import { countRegistrations } from '#src/db/registrations/registration-store.ts';
import { findRun, talliesOf } from '#src/db/runs/run-store.ts';
import { readAgreedTime } from '#src/operations/clocks/read-clocks.ts';
import type { Deps } from '#src/deps.ts';
import { runAttention } from './run-attention.ts';

/**
 * The work of one run and the totals after it. `pulled`, `written` and `calls` count this run alone;
 * `registrations`, `conflicts`, `accruals`, `payouts` and `problems` are totals, so that a record that was
 * created twice would show.
 */
export interface RunSummary {
  /** New or changed records of the CRMs and the ERP. */
  readonly pulled: {
    readonly accounts: number;
    readonly opportunities: number;
    readonly registrations: number;
    readonly invoices: number;
  };
  readonly registrations: {
    readonly total: number;
    readonly approved: number;
    readonly informationNeeded: number;
    readonly inReview: number;
    readonly rejected: number;
  };
  /** Registrations that a competing registration blocked or put into review. */
  readonly conflicts: number;
  /** Records written, by kind of CRM. */
  readonly written: Readonly<Record<string, number>>;
  /** Journal entries for partners' earnings. */
  readonly accruals: number;
  readonly payouts: number;
  readonly problems: number;
  /** Calls to the vendors' APIs, by kind of CRM. */
  readonly calls: Readonly<Record<string, number>>;
  readonly durationMs: number;
  /** Why the run is worth little although it reached its end, one sentence each. Empty for a good run. */
  readonly attention: readonly string[];
  /**
   * False when a job of the run failed or a connection is paused, so that something was not read or written, and
   * when the run needs attention.
   */
  readonly complete: boolean;
  /** Connections that are paused now. */
  readonly paused: readonly {
    readonly connection: string;
    readonly until: string;
    readonly reason: string;
  }[];
  /** Why nothing was closed, drafted or expired: the clocks disagree. Null while they agree. */
  readonly clocks: string | null;
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
  const byCrm = (measure: string): Readonly<Record<string, number>> =>
    Object.fromEntries(crmsOf(deps.systems).map(({ kind }) => [kind, sum(measure, kind)]));
  const paused = connections.flatMap(({ name, pausedUntil, pauseReason }) =>
    pausedUntil !== null && pausedUntil > deps.clock()
      ? [{ connection: name, until: pausedUntil.toISOString(), reason: pauseReason ?? '' }]
      : [],
  );
  const byStatus = await countRegistrations(db);
  const attention = await runAttention(db, runId);
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
      informationNeeded: byStatus.information_needed,
      inReview: byStatus.in_review,
      rejected: byStatus.rejected,
    },
    conflicts: await countConflicts(db),
    written: byCrm('written'),
    accruals: await countAccruals(db),
    payouts: await countPayouts(db),
    problems: await countOpenProblems(db),
    calls: byCrm('calls'),
    durationMs: run ? deps.clock().getTime() - run.startedAt.getTime() : 0,
    attention,
    complete: attention.length === 0 && paused.length === 0 && (await failedJobsOf(db, runId)) === 0,
    paused,
    clocks: (await readAgreedTime(deps, db)).disagreement,
  };
}
