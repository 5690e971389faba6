import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Deps } from '#src/deps.ts';
import {
  discardMappingDraft,
  type CheckedDraft,
  draftMapping,
  saveMappingDraft,
} from '#src/operations/mappings/versions/draft-mapping.ts';
import { requirePack } from '#src/operations/mappings/versions/import-mapping.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers } from '#src/http/schema.ts';
import {
  discarded,
  discardQuery,
  draft,
  draftBody,
  mappingParams,
  mappingQuery,
  saveBody,
} from './schema.ts';
import { authorsOf, versionAnswer } from './version-answer.ts';

/** A mapping of 800 fields with picklists is larger than the limit for other requests. */
export const packBytes = 2 * 1024 * 1024;

/** Creates, saves and discards a draft: `…/draft`. */
export const draftRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const path = '/mappings/:connectionId/:object/draft';
    const where = { params: mappingParams, querystring: mappingQuery };
    const mayDraft = { config: { access: 'draft_mappings' }, bodyLimit: packBytes } as const;

    app.post(
      path,
      { ...mayDraft, schema: { params: mappingParams, body: draftBody, response: answers(draft) } },
      async (request) => {
        const { yaml, ...body } = request.body;
        const pack = yaml === undefined ? undefined : await requirePack(yaml);
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
          pack: await requirePack(yaml ?? pack ?? {}),
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
  };

async function draftAnswer(deps: Deps, { version: row, problems, warnings }: CheckedDraft) {
  return {
    ...versionAnswer(row, await authorsOf(deps, [row])),
    pack: row.pack,
    problems: [...problems],
    warnings: [...warnings],
  };
}
