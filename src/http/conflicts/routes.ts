import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { type ConflictRow, countOpenConflicts, listConflicts } from '#src/db/conflict-view.ts';
import type { Deps } from '#src/deps.ts';
import { decodeTimeCursor, encodeTimeCursor } from '../cursor.ts';
import { crmRecordAnswer } from '../registrations/answer.ts';
import { answers } from '../schema.ts';
import { conflictQuery, conflicts } from './schema.ts';

export const conflictRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/conflicts',
      { config: { access: 'read' }, schema: { querystring: conflictQuery, response: answers(conflicts) } },
      async ({ query }) => {
        const after = query.cursor === undefined ? null : decodeTimeCursor(query.cursor);
        const [page, open] = await Promise.all([
          listConflicts(deps.db, { status: query.status, connectionId: query.connection ?? null, after, limit: query.limit }),
          countOpenConflicts(deps.db),
        ]);
        return { conflicts: page.rows.map(conflictAnswer), nextCursor: page.next && encodeTimeCursor(page.next), open };
      },
    );
  };

function conflictAnswer({ connectionId: _connection, connectionName, connectionKind, settings, object, extId, ...row }: ConflictRow) {
  return { ...row, crm: crmRecordAnswer({ connectionName, connectionKind, settings, object, extId }) };
}
