import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { batchesOfPeriod, lastClose, openReopening } from '#src/db/ledger/reopening-store.ts';
import type { Deps } from '#src/deps.ts';
import { reopeningBlockers } from '#src/domain/ledger/reopen-period.ts';
import { confirmReopening, requestReopening } from '#src/operations/payouts/reopen-period.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers, moneyOf } from '#src/http/schema.ts';
import {
  closedPeriod,
  confirmReopeningBody,
  periodParams,
  requestReopeningBody,
  reopeningRequested,
  stepDone,
} from './schema.ts';

/** The month that was closed last, and how two people take its close back. */
export const periodRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/periods/last-closed',
      { config: { access: 'read' }, schema: { response: answers(closedPeriod) } },
      async (request) => {
        const closed = await lastClose(deps.db);
        if (closed === null) return { closed: null };
        const { period, closedAt } = closed;
        const batches = await batchesOfPeriod(deps.db, period);
        const reopening = await openReopening(deps.db, period);
        return {
          closed: {
            period,
            closedAt,
            blockers: reopeningBlockers(period, { lastClosed: period, batches }),
            reopening: reopening && {
              id: reopening.id,
              reason: reopening.reason,
              requestedBy: reopening.requestedByName,
              requestedAt: reopening.requestedAt,
              needsAnotherPerson: reopening.requestedBy === personOf(request).id,
              batches: reopening.batches.map(({ key, currency, totalMinor, itemCount }) => ({
                key,
                itemCount,
                total: moneyOf(BigInt(totalMinor), currency),
              })),
            },
          },
        };
      },
    );

    app.post(
      '/periods/:period/reopen',
      {
        config: { access: 'prepare_payouts' },
        schema: { params: periodParams, body: requestReopeningBody, response: answers(reopeningRequested) },
      },
      async (request) => {
        const { period } = request.params;
        const { reason } = request.body;
        return requestReopening(deps, { period, reason, personId: personOf(request).id });
      },
    );

    app.post(
      '/periods/:period/reopen/confirm',
      {
        config: { access: 'approve_payouts', confirm: 'approval' },
        schema: { params: periodParams, body: confirmReopeningBody, response: answers(stepDone) },
      },
      async (request) => {
        const { period } = request.params;
        const { reopeningId } = request.body;
        await confirmReopening(deps, { period, reopeningId, personId: personOf(request).id });
        return {};
      },
    );
  };
