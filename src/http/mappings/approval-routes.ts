import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { MappingVersion } from '#src/db/mappings/mapping-version-store.ts';
import type { Deps } from '#src/deps.ts';
import { approveMapping, rejectMapping } from '#src/operations/mappings/versions/decide-mapping.ts';
import { submitMapping } from '#src/operations/mappings/versions/submit-mapping.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers } from '#src/http/schema.ts';
import { approveBody, mappingParams, mappingQuery, rejectBody, submitBody, version } from './schema.ts';
import { authorsOf, versionAnswer } from './version-answer.ts';

/** Submits, approves and rejects a draft: `…/draft/{submit,approve,reject}`. */
export const approvalRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const path = '/mappings/:connectionId/:object/draft';
    const where = { params: mappingParams, querystring: mappingQuery };
    const mayDraft = { config: { access: 'draft_mappings' } } as const;
    const mayDecide = { config: { access: 'approve_mappings' } } as const;

    app.post(
      `${path}/submit`,
      { ...mayDraft, schema: { ...where, body: submitBody, response: answers(version) } },
      async (request) => {
        const { note, revision, comparedVersion } = request.body;
        const input = {
          ...request.params,
          ...request.query,
          revision,
          note: note || null,
          against: comparedVersion,
          personId: personOf(request).id,
        };
        return answerOf(deps, await submitMapping(deps, input));
      },
    );

    app.post(
      `${path}/approve`,
      {
        config: { access: 'approve_mappings', confirm: 'approval' },
        schema: { ...where, body: approveBody, response: answers(version) },
      },
      async (request) =>
        answerOf(
          deps,
          await approveMapping(deps, {
            ...request.params,
            ...request.query,
            ...request.body,
            personId: personOf(request).id,
          }),
        ),
    );

    app.post(
      `${path}/reject`,
      { ...mayDecide, schema: { ...where, body: rejectBody, response: answers(version) } },
      async (request) =>
        answerOf(
          deps,
          await rejectMapping(deps, {
            ...request.params,
            ...request.query,
            ...request.body,
            personId: personOf(request).id,
          }),
        ),
    );
  };

async function answerOf(deps: Deps, row: MappingVersion) {
  return versionAnswer(row, await authorsOf(deps, [row]));
}
