import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import {
  backlogOf,
  budgetRows,
  connectionForPage,
  listeningOf,
  objectReadings,
  recentAlerts,
  reconcileJobs,
  trafficOf,
  vanishingMessages,
} from '#src/db/connections/connection-page-view.ts';
import { connectionsForView, freshnessByConnection } from '#src/db/connections/connection-view.ts';
import { deadLetters } from '#src/db/sync/dead-letter-view.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { callBudgets } from '#src/operations/connections/call-budget.ts';
import { checkConnection } from '#src/operations/connections/check-connection.ts';
import { limitConnection } from '#src/operations/connections/limit-connection.ts';
import { packsOf, requireConnection } from '#src/operations/connections/use-connection.ts';
import { retryDeadLetters } from '#src/operations/write/retry-dead-letters.ts';
import { startReconcile } from '#src/operations/pull/start-reconcile.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers, idParams } from '#src/http/schema.ts';
import { budgetAnswer, limitsAnswer, locationOf, readingAnswer, reconcileAnswer } from './answer.ts';
import {
  checked,
  connectionPage,
  connections,
  limits,
  limitsBody,
  reconcileBody,
  replayBody,
  replayed,
  started,
} from './schema.ts';

export const connectionRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/connections',
      { config: { access: 'read' }, schema: { response: answers(connections) } },
      async () => {
        const [rows, objects] = await Promise.all([
          connectionsForView(deps.db),
          freshnessByConnection(deps.db),
        ]);
        return {
          connections: rows.map(({ settings, ...row }) => ({
            ...row,
            location: locationOf(deps.systems, { kind: row.kind, settings }),
            objects: objects.get(row.id) ?? [],
          })),
        };
      },
    );

    app.get(
      '/connections/:id',
      { config: { access: 'read' }, schema: { params: idParams, response: answers(connectionPage) } },
      async ({ params }) => pageOf(deps, params.id),
    );

    app.patch(
      '/connections/:id',
      {
        config: { access: 'manage_connections' },
        schema: { params: idParams, body: limitsBody, response: answers(limits) },
      },
      async (request) => {
        const { dailyCallLimit, removalLimitPercent } = request.body;
        const saved = await limitConnection(deps, {
          connectionId: request.params.id,
          limits: {
            ...(dailyCallLimit === undefined ? {} : { dailyCallLimit }),
            ...(removalLimitPercent === undefined ? {} : { removalLimitPercent }),
          },
          personId: personOf(request).id,
        });
        return limitsAnswer(saved);
      },
    );

    app.post(
      '/connections/:id/check',
      { config: { access: 'check_connections' }, schema: { params: idParams, response: answers(checked) } },
      async ({ params }) => checkConnection(deps, { connectionId: params.id }),
    );

    /** A run reads and writes all connections: what one CRM says is decided by what the others say. */
    app.post(
      '/connections/:id/sync',
      { config: { access: 'start_runs' }, schema: { params: idParams, response: answers(started) } },
      async ({ params }) => {
        await requireConnection(deps, params.id);
        const { alreadyRunning } = await startRun(deps, { trigger: 'person' });
        return { alreadyRunning };
      },
    );

    app.post(
      '/connections/:id/reconcile',
      {
        config: { access: 'manage_connections' },
        schema: { params: idParams, body: reconcileBody, response: answers(started) },
      },
      async (request) => {
        const { acceptRemovals, ...body } = request.body;
        return startReconcile(deps, {
          connectionId: request.params.id,
          ...body,
          vanishAgreed: acceptRemovals,
          personId: personOf(request).id,
        });
      },
    );

    app.post(
      '/connections/:id/replay',
      {
        config: { access: 'manage_connections' },
        schema: { params: idParams, body: replayBody, response: answers(replayed) },
      },
      async (request) => {
        const { id: connectionId } = await requireConnection(deps, request.params.id);
        return {
          count: await retryDeadLetters(deps, {
            connectionId,
            ...request.body,
            personId: personOf(request).id,
          }),
        };
      },
    );
  };

const shownLetters = 20;
const shownAlerts = 8;

async function pageOf(deps: Deps, id: string) {
  const { db, clock } = deps;
  const connection = await connectionForPage(db, id);
  if (connection === null)
    throw new AppError('not_found', 'There is no such connection. It may have been removed.', { id });
  const now = clock();
  const [objects, traffic, budget, backlog, letters, listening, reconcile, vanishing, alerts] =
    await Promise.all([
      objectReadings(db, id),
      trafficOf(db, id, now),
      budgetRows(db, id),
      backlogOf(db, id),
      deadLetters(db, id, shownLetters),
      listeningOf(db, id),
      reconcileJobs(db, id),
      vanishingMessages(db, id),
      recentAlerts(db, id, shownAlerts),
    ]);
  const inForce = packsOf(deps, await requireConnection(deps, id)).filter((pack) => pack.enabled !== false);
  const { id: connectionId, name, kind, status, account, failure } = connection;
  const { pausedUntil, pauseReason, checkedAt, installedAt } = connection;
  return {
    id: connectionId,
    name,
    kind,
    status,
    account,
    failure,
    pausedUntil,
    pauseReason,
    checkedAt,
    installedAt,
    ...limitsAnswer(connection),
    location: locationOf(deps.systems, connection),
    writable: inForce.some((pack) => pack.fields.some((field) => field.direction !== 'in')),
    objects: objects.map((one) => ({
      ...one,
      kind: inForce.find((pack) => pack.object === one.object)?.kind ?? null,
      reading: readingAnswer(one.reading, now),
    })),
    traffic,
    budget: callBudgets(connection, budget, now).map(budgetAnswer),
    backlog,
    deadLetters: letters.map((group) => ({
      ...group,
      records: group.records.map((letter) => ({ ...letter, fields: Object.keys(letter.fields) })),
    })),
    changeEvents: listening && {
      connected: listening.leasedUntil !== null && listening.leasedUntil > now,
      lastEventAt: listening.lastEventAt,
      error: listening.error,
    },
    reconcile: reconcile.map(reconcileAnswer),
    removalWarnings: vanishing,
    alerts,
  };
}
