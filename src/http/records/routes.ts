import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { fieldLabels, recordForPage, searchRecords } from '#src/db/records/record-view.ts';
import { timelineOf } from '#src/db/records/timeline-view.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { editRecord } from '#src/operations/edits/edit-record.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { decodeTimeCursor, encodeTimeCursor } from '#src/http/cursor.ts';
import { answers } from '#src/http/schema.ts';
import { recordAnswer, timelineEntryAnswer } from './answer.ts';
import { editableFieldsOf } from './editable-fields.ts';
import {
  editBody,
  edited,
  found,
  record,
  recordParams,
  searchQuery,
  timeline,
  timelineQuery,
} from './schema.ts';

const shownMatches = 30;

export const recordRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/records',
      { config: { access: 'read' }, schema: { querystring: searchQuery, response: answers(found) } },
      async ({ query }) => ({ records: await searchRecords(deps.db, query.search, shownMatches) }),
    );

    app.get(
      '/records/:kind/:id',
      { config: { access: 'read' }, schema: { params: recordParams, response: answers(record) } },
      async ({ params }) => {
        const [page, fields, labels] = await Promise.all([
          recordForPage(deps.db, params.kind, params.id),
          editableFieldsOf(deps, params.kind, params.id),
          fieldLabels(deps.db, params.id),
        ]);
        if (page === null)
          throw new AppError('not_found', 'There is no such record. It may have been erased.', params);
        return recordAnswer(page, fields, labels);
      },
    );

    app.patch(
      '/records/:kind/:id',
      {
        config: { access: 'edit_records' },
        schema: { params: recordParams, body: editBody, response: answers(edited) },
      },
      async (request) => {
        const { values, expectedValues } = request.body;
        const personId = personOf(request).id;
        return editRecord(deps, { ...request.params, values, expectedValues, personId });
      },
    );

    app.get(
      '/records/:kind/:id/timeline',
      {
        config: { access: 'read' },
        schema: { params: recordParams, querystring: timelineQuery, response: answers(timeline) },
      },
      async ({ params, query }) => {
        const after = query.cursor === undefined ? null : decodeTimeCursor(query.cursor);
        const [page, labels] = await Promise.all([
          timelineOf(deps.db, { recordId: params.id, after, limit: query.limit }),
          fieldLabels(deps.db, params.id),
        ]);
        return {
          entries: page.entries.map((entry) => timelineEntryAnswer(entry, labels)),
          nextCursor: page.next && encodeTimeCursor(page.next),
        };
      },
    );
  };
