import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Person } from '#src/db/people/person-store.ts';
import {
  findPayoutBatchRow,
  listPayoutBatches,
  type PayoutBatchRow,
  payoutItemsOf,
  payoutLinesOf,
} from '#src/db/payouts/payout-view.ts';
import { payoutItems } from '#src/db/payouts/payout-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import {
  approvePayoutBatch,
  exportPayoutBatch,
  returnPayoutBatch,
  submitPayoutBatch,
} from '#src/operations/payouts/payout-batch.ts';
import { payoutShown } from '#src/operations/payouts/payout-shown.ts';
import { payoutFileOf } from '#src/operations/payouts/payout-file.ts';
import { recordDownload } from '#src/operations/people/record-access.ts';
import type { Permission } from '#src/http/permissions.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers, csvAnswers, idParams, moneyOf, shownBodyLimit } from '#src/http/schema.ts';
import { itemParams, payoutDetail, payoutLines, payouts, stepBody, stepDone } from './schema.ts';
import { traceAnswer } from './trace.ts';

const shownLines = 1000;

/** Each step of a batch is a route: `POST /payouts/:id/<name>`. */
const steps: readonly {
  readonly name: string;
  readonly access: Permission;
  /** Money leaves or is agreed on: the passkey confirms it. */
  readonly confirm?: 'approval';
  readonly run: typeof submitPayoutBatch;
}[] = [
  { name: 'submit', access: 'prepare_payouts', run: submitPayoutBatch },
  { name: 'approve', access: 'approve_payouts', confirm: 'approval', run: approvePayoutBatch },
  { name: 'return', access: 'prepare_payouts', run: returnPayoutBatch },
  { name: 'export', access: 'prepare_payouts', confirm: 'approval', run: exportPayoutBatch },
];

export const payoutRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/payouts', { config: { access: 'read' }, schema: { response: answers(payouts) } }, async () => ({
      batches: (await listPayoutBatches(deps.db)).map(batchAnswer),
    }));

    app.get(
      '/payouts/:id',
      { config: { access: 'read' }, schema: { params: idParams, response: answers(payoutDetail) } },
      async (request) => detailOf(deps, request.params.id, personOf(request)),
    );

    app.get(
      '/payouts/:id/items/:itemId',
      { config: { access: 'read' }, schema: { params: itemParams, response: answers(payoutLines) } },
      async ({ params }) => {
        const lines = await payoutLinesOf(deps.db, params, shownLines + 1);
        return {
          lines: lines
            .slice(0, shownLines)
            .map(({ txId, amountMinor, currency, trace, issuedOn, paidOn, ...line }) => ({
              ...line,
              documentIssuedOn: issuedOn,
              documentPaidOn: paidOn,
              id: txId,
              amount: moneyOf(amountMinor, currency),
              trace: traceAnswer(trace, currency),
            })),
          complete: lines.length <= shownLines,
        };
      },
    );

    for (const { name, access, run, ...confirm } of steps) {
      app.post(
        `/payouts/:id/${name}`,
        {
          config: { access, ...confirm },
          bodyLimit: shownBodyLimit,
          schema: { params: idParams, body: stepBody, response: answers(stepDone) },
        },
        async (request) => {
          const { id: batchId } = request.params;
          await run(deps, { batchId, ...request.body, personId: personOf(request).id });
          return {};
        },
      );
    }

    app.get(
      '/payouts/:id/csv',
      { config: { access: 'download_payouts' }, schema: { params: idParams, response: csvAnswers } },
      async (request, reply) => {
        const batchId = request.params.id;
        const { name, mediaType, text } = await payoutFileOf(deps, { batchId });
        await recordDownload(deps, { personId: personOf(request).id, file: name, about: batchId });
        return reply
          .type(mediaType)
          .header('content-disposition', `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"`)
          .send(text);
      },
    );
  };

function batchAnswer(row: PayoutBatchRow) {
  const { submittedByName, approvedByName, ...batch } = row;
  return {
    ...batch,
    total: moneyOf(row.totalMinor, row.currency),
    submittedBy: submittedByName,
    approvedBy: approvedByName,
  };
}

async function detailOf(deps: Deps, id: string, person: Person) {
  const batch = await findPayoutBatchRow(deps.db, id);
  if (batch === null) throw new AppError('not_found', 'There is no such payout batch.', { id });
  const [items, payees] = await Promise.all([payoutItemsOf(deps.db, id), payoutItems(deps.db, [id])]);
  return {
    ...batchAnswer(batch),
    shown: payoutShown(batch, payees),
    needsAnotherApprover: person.id === batch.submittedBy || person.id === batch.createdBy,
    items: items.map(({ amountMinor, currency, ...item }) => ({
      ...item,
      amount: moneyOf(amountMinor, currency),
    })),
  };
}
