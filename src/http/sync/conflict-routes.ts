import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type ConflictRow, countOpenConflicts, listConflicts } from '#src/db/sync/conflict-view.ts';
import type { Deps } from '#src/deps.ts';
import { conflictShown } from '#src/operations/edits/conflict-shown.ts';
import { resolveConflict } from '#src/operations/edits/resolve-conflict.ts';
import { decodeTimeCursor, encodeTimeCursor } from '#src/http/cursor.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { crmRecordAnswer } from '#src/http/crm-record-answer.ts';
import { answers, idParams } from '#src/http/schema.ts';
import { answerBody, answered, conflictQuery, conflicts } from './conflict-schema.ts';

export const conflictRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/conflicts',
      { config: { access: 'read' }, schema: { querystring: conflictQuery, response: answers(conflicts) } },
      async ({ query }) => {
        const after = query.cursor === undefined ? null : decodeTimeCursor(query.cursor, z.uuid());
        const [page, open] = await Promise.all([
          listConflicts(deps.db, {
            status: query.status,
            connectionId: query.connection ?? null,
            after,
            limit: query.limit,
          }),
          countOpenConflicts(deps.db),
        ]);
        return {
          conflicts: page.rows.map(conflictAnswer),
          nextCursor: page.next && encodeTimeCursor(page.next),
          open,
        };
      },
    );

    app.post(
      '/conflicts/:id/answer',
      {
        config: { access: 'edit_records' },
        schema: { params: idParams, body: answerBody, response: answers(answered) },
      },
      async (request) => {
        const { winner, shown } = request.body;
        await resolveConflict(deps, {
          resolutionId: request.params.id,
          winner,
          shown,
          personId: personOf(request).id,
        });
        return { winner };
      },
    );
  };

function conflictAnswer({
  connectionId: _connection,
  connectionName,
  connectionKind,
  settings,
  object,
  extId,
  ...row
}: ConflictRow) {
  const crm = crmRecordAnswer({ connectionName, connectionKind, settings, object, extId });
  return { ...row, crm, shown: conflictShown(row) };
}
