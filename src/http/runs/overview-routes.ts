import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { countOpenConflicts } from '#src/db/sync/conflict-view.ts';
import {
  connectionHealth,
  lastFinishedRun,
  openBatches,
  openProblemCounts,
  recentActivity,
  runningRunRow,
  stageProgress,
} from '#src/db/runs/overview-view.ts';
import { accruedIn } from '#src/db/payouts/payout-view.ts';
import { countRegistrations } from '#src/db/registrations/registration-store.ts';
import { waitingRegistrations } from '#src/db/registrations/registration-view.ts';
import type { Deps } from '#src/deps.ts';
import { answerDueAt, responseBusinessDays } from '#src/domain/registrations/response-deadline.ts';
import { runAnswer } from './answer.ts';
import { answers, moneyOf } from '#src/http/schema.ts';
import { overview } from './overview-schema.ts';

const shownActivity = 12;

export const overviewRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/overview',
      { config: { access: 'read' }, schema: { response: answers(overview) } },
      async () => {
        const now = deps.clock();
        const period = now.toISOString().slice(0, 7);
        const [
          lastRun,
          running,
          byStatus,
          waiting,
          problems,
          conflicts,
          accrued,
          batches,
          connections,
          activity,
        ] = await Promise.all([
          lastFinishedRun(deps.db),
          runningRunRow(deps.db),
          countRegistrations(deps.db),
          waitingRegistrations(deps.db, now),
          openProblemCounts(deps.db),
          countOpenConflicts(deps.db),
          accruedIn(deps.db, period),
          openBatches(deps.db),
          connectionHealth(deps.db),
          recentActivity(deps.db, shownActivity),
        ]);
        return {
          now,
          lastRun: lastRun && runAnswer(lastRun),
          running: running && { ...runAnswer(running), stages: await stageProgress(deps.db, running.id) },
          registrations: {
            byStatus,
            waiting: waiting.count,
            oldestWaitingAt: waiting.oldestAt,
            oldestDueAt: waiting.oldestAt && answerDueAt(waiting.oldestAt),
            overdue: waiting.late,
            responseBusinessDays,
          },
          problems,
          conflicts,
          period,
          accrued: accrued.map((row) => moneyOf(row.amountMinor, row.currency)),
          batches: batches.map((batch) => ({ ...batch, total: moneyOf(batch.totalMinor, batch.currency) })),
          connections,
          activity,
        };
      },
    );
  };
