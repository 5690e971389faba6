import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Deps } from '#src/deps.ts';
import { approveMapping, rejectMapping } from '#src/operations/mappings/versions/decide-mapping.ts';
import {
  discardMappingDraft,
  type CheckedDraft,
  draftMapping,
  saveMappingDraft,
} from '#src/operations/mappings/versions/draft-mapping.ts';
import { requirePack } from '#src/operations/mappings/versions/import-mapping.ts';
import { submitMapping } from '#src/operations/mappings/versions/submit-mapping.ts';
import type { MappingVersion } from '#src/db/mappings/mapping-version-store.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers } from '#src/http/schema.ts';
import {
  approveBody,
  discarded,
  discardQuery,
  draft,
  draftBody,
  mappingParams,
  mappingQuery,
  rejectBody,
  saveBody,
  submitBody,
  version,
} from './schema.ts';
import { authorsOf, versionAnswer } from './version-answer.ts';

/** 800 fields with their picklists are more than other requests carry. */
export const packBytes = 4 * 1024 * 1024;

/** What becomes of a draft: `…/draft`, and `…/draft/{submit,approve,reject}`. */
export const draftRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const path = '/mappings/:connectionId/:object/draft';
    const where = { params: mappingParams, querystring: mappingQuery };
    const mayDraft = { config: { access: 'draft_mappings' }, bodyLimit: packBytes } as const;
    const mayDecide = { config: { access: 'approve_mappings' } } as const;

    app.post(
      path,
      { ...mayDraft, schema: { params: mappingParams, body: draftBody, response: answers(draft) } },
      async (request) => {
        const { yaml, ...body } = request.body;
        const pack = yaml === undefined ? undefined : requirePack(yaml);
        const kind = body.kind ?? pack?.kind;
        return draftAnswer(
          deps,
          await draftMapping(deps, {
            ...request.params,
            ...body,
            kind,
            pack,
            personId: personOf(request).id,
          }),
        );
      },
    );

    app.put(
      path,
      { ...mayDraft, schema: { ...where, body: saveBody, response: answers(draft) } },
      async (request) => {
        const { revision, pack, yaml } = request.body;
        const input = {
          ...request.params,
          ...request.query,
          pack: requirePack(yaml ?? pack ?? {}),
          revision,
          personId: personOf(request).id,
        };
        return draftAnswer(deps, await saveMappingDraft(deps, input));
      },
    );

    app.delete(
      path,
      {
        ...mayDraft,
        schema: { params: mappingParams, querystring: discardQuery, response: answers(discarded) },
      },
      async (request) => {
        await discardMappingDraft(deps, {
          ...request.params,
          ...request.query,
          personId: personOf(request).id,
        });
        return { discarded: true as const };
      },
    );

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
        return alone(deps, await submitMapping(deps, input));
      },
    );

    app.post(
      `${path}/approve`,
      { ...mayDecide, schema: { ...where, body: approveBody, response: answers(version) } },
      async (request) =>
        alone(
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
        alone(
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

async function draftAnswer(deps: Deps, { version: row, problems, warnings }: CheckedDraft) {
  return { ...(await alone(deps, row)), pack: row.pack, problems: [...problems], warnings: [...warnings] };
}

async function alone(deps: Deps, row: MappingVersion) {
  return versionAnswer(row, await authorsOf(deps, [row]));
}
