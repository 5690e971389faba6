import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers, idParams } from '#src/http/schema.ts';
import { showImport } from '#src/operations/registrations/import/show-import.ts';
import { startImport } from '#src/operations/registrations/import/start-import.ts';

/** About 50,000 rows. */
const bodyLimit = 20 * 1024 * 1024;
const pageSize = 500;

const flag = z.enum(['true', 'false']).default('false');
const importQuery = z.strictObject({
  /** `true`: only says what would happen. */
  preview: flag,
  /** For a file that is neither UTF-8 nor UTF-16, such as `windows-1252`. */
  encoding: z.string().trim().min(1).max(40).optional(),
  /** For the list of imports. */
  name: z.string().trim().min(1).max(200).default('registrations.csv'),
});

const rowResult = z.enum(['created', 'updated', 'same', 'refused']);
const rowsQuery = z.strictObject({
  /** The line of the last row of the page before. */
  after: z.coerce.number().int().min(0).max(10_000_000).default(0),
  result: rowResult.optional(),
});

const importAnswer = z.object({
  id: z.uuid(),
  fileName: z.string(),
  isPreview: z.boolean(),
  /** `failed`: it stopped; send the file again to continue, because its keys stay the same. */
  state: z.enum(['running', 'done', 'failed']),
  rows: z.int(),
  /** The rows with an outcome. */
  done: z.int(),
  counts: z.object({ created: z.int(), updated: z.int(), same: z.int(), refused: z.int() }),
  outcomes: z.array(
    z.object({
      /** The line of the file on which the row begins, from 1. */
      line: z.int(),
      result: rowResult,
      registrationId: z.uuid().nullable(),
      /** For a refused row: each field with what is wrong and what to write. */
      problems: z.array(z.object({ field: z.string(), message: z.string() })),
      /** For a preview: what would follow. Null for a refused row, and for one that was imported. */
      preview: z
        .object({
          /** Null for services and people of a partner. */
          state: z.string().nullable(),
          route: z.string(),
          /** In order, with the e-mail addresses of those who are asked. */
          steps: z.array(z.object({ name: z.string(), people: z.array(z.string()) })),
          /** An ISO instant; null when nothing would wait for a decision. */
          decisionDue: z.string().nullable(),
        })
        .nullable(),
    }),
  ),
  /** `after` of the next page; null on the last one. */
  next: z.int().nullable(),
});

/** Registrations as CSV files. The body is the file, so that its bytes are read as they were saved. */
export const registrationImportRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.addContentTypeParser('text/csv', { parseAs: 'buffer', bodyLimit }, (_, body, done) =>
      done(null, body),
    );

    app.post(
      '/registrations/import',
      {
        bodyLimit,
        config: { access: 'submit_registrations' },
        schema: { querystring: importQuery, response: answers(importAnswer) },
      },
      async (request) => {
        const { preview, encoding = null, name } = request.query;
        if (!Buffer.isBuffer(request.body))
          throw new AppError(
            'bad_request',
            'Send the CSV file as the body, with the header “content-type: text/csv”.',
          );
        const { importId } = await startImport(deps, {
          fileName: name,
          content: request.body,
          encoding,
          isPreview: preview === 'true',
          personId: personOf(request).id,
        });
        return showImport(deps, importId, { after: 0, limit: pageSize });
      },
    );

    app.get(
      '/registrations/imports/:id',
      {
        config: { access: 'submit_registrations' },
        schema: { params: idParams, querystring: rowsQuery, response: answers(importAnswer) },
      },
      async (request) => {
        const { id, role } = personOf(request);
        const { params, query } = request;
        return showImport(deps, params.id, {
          ...query,
          limit: pageSize,
          personId: role === 'viewer' ? id : undefined,
        });
      },
    );
  };
