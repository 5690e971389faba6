import { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { latestDismissals } from '#src/db/duplicates/dismissal-store.ts';
import { latestReport } from '#src/db/duplicates/duplicate-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { requireConnection } from '#src/operations/connections/use-connection.ts';
import { dismissDuplicates } from '#src/operations/duplicates/dismiss-duplicates.ts';
import { duplicatesCsv } from '#src/operations/duplicates/duplicates-csv.ts';
import { startDuplicates } from '#src/operations/duplicates/start-duplicates.ts';
import { recordDownload } from '#src/operations/people/record-access.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers, csvAnswers } from '#src/http/schema.ts';
import { duplicatesAnswer } from './answer.ts';
import {
  connectionQuery,
  dismissals,
  dismissBody,
  dismissed,
  duplicates,
  duplicatesQuery,
  startBody,
  started,
} from './schema.ts';

const dismissalsShown = 200;

/** Accounts of one CRM that are the same customer: `/duplicates…`. */
export const duplicateRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/duplicates',
      { config: { access: 'read' }, schema: { querystring: duplicatesQuery, response: answers(duplicates) } },
      async ({ query }) => duplicatesAnswer(deps, query),
    );

    app.post(
      '/duplicates/start',
      { config: { access: 'manage_connections' }, schema: { body: startBody, response: answers(started) } },
      async (request) => {
        const { connection: connectionId, includeRelated } = request.body;
        return startDuplicates(deps, {
          connectionId,
          related: includeRelated,
          personId: personOf(request).id,
        });
      },
    );

    app.post(
      '/duplicates/dismiss',
      { config: { access: 'edit_records' }, schema: { body: dismissBody, response: answers(dismissed) } },
      async (request) => {
        await dismissDuplicates(deps, { ...request.body, personId: personOf(request).id });
        return { dismissed: request.body.dismissed };
      },
    );

    app.get(
      '/duplicates/dismissed',
      { config: { access: 'read' }, schema: { querystring: connectionQuery, response: answers(dismissals) } },
      async ({ query }) => ({
        pairs: [...(await latestDismissals(deps.db, query.connection, dismissalsShown))],
      }),
    );

    app.get(
      '/duplicates/csv',
      { config: { access: 'read' }, schema: { querystring: connectionQuery, response: csvAnswers } },
      async (request, reply) => {
        const connection = await requireConnection(deps, request.query.connection);
        const report = await latestReport(deps.db, connection.id);
        if (!report)
          throw new AppError('not_found', `${connection.name} has not been searched for duplicates yet.`);
        const fileName = `duplicates-${connection.name}.csv`.replace(/[^\w.-]/g, '_');
        await recordDownload(deps, { personId: personOf(request).id, file: fileName, about: report.id });
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="${fileName}"`)
          .send(Readable.from(duplicatesCsv(deps.db, connection, report)));
      },
    );
  };
