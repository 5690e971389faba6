import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { findVersionByNumber } from '#src/db/mappings/mapping-version-store.ts';
import type { Deps } from '#src/deps.ts';
import { compareMappings } from '#src/operations/mappings/versions/compare-mappings.ts';
import { exportMapping } from '#src/operations/mappings/versions/export-mapping.ts';
import { lineExamples } from '#src/operations/mappings/versions/line-examples.ts';
import { mappingTarget, packNumbered } from '#src/operations/mappings/versions/mapping-target.ts';
import { rollBackMapping } from '#src/operations/mappings/versions/roll-back-mapping.ts';
import { remoteValueText } from '#src/http/remote-value-text.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers } from '#src/http/schema.ts';
import {
  difference,
  differenceQuery,
  lineExamplesAnswer,
  mappingParams,
  mappingQuery,
  rollBackBody,
  version,
  versionParams,
  versionWithPack,
  yamlFile,
} from './schema.ts';
import { authorsOf, shippedVersionAnswer, versionAnswer } from './version-answer.ts';

/** Versions of a mapping: `…/versions/:version[/yaml]`, `…/difference`, `…/rollback`. */
export const versionRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    const path = '/mappings/:connectionId/:object';
    const numbered = { params: versionParams, querystring: mappingQuery };

    app.get(
      `${path}/versions/:version`,
      { config: { access: 'read' }, schema: { ...numbered, response: answers(versionWithPack) } },
      async ({ params, query }) => {
        const target = await mappingTarget(deps, { ...params, ...query });
        const row = await findVersionByNumber(deps.db, target.place, params.version);
        if (row) return { ...versionAnswer(row, await authorsOf(deps, [row])), pack: row.pack };
        const pack = await packNumbered(deps, target, params.version);
        return { ...shippedVersionAnswer(pack), pack };
      },
    );

    app.get(
      `${path}/versions/:version/yaml`,
      { config: { access: 'read' }, schema: { ...numbered, response: answers(yamlFile) } },
      async ({ params, query }) => {
        const { name, yaml } = await exportMapping(deps, { ...params, ...query });
        return { name, yaml };
      },
    );

    app.get(
      `${path}/difference`,
      {
        config: { access: 'read' },
        schema: { params: mappingParams, querystring: differenceQuery, response: answers(difference) },
      },
      async ({ params, query }) => {
        const { from, to, lines } = await compareMappings(deps, { ...params, ...query });
        return { from, to, lines: [...lines] };
      },
    );

    app.get(
      `${path}/examples`,
      {
        // It calls the vendor, so only people who may change a mapping may ask for it.
        config: { access: 'draft_mappings' },
        schema: {
          params: mappingParams,
          querystring: differenceQuery,
          response: answers(lineExamplesAnswer),
        },
      },
      async ({ params, query }) => {
        const { lines, problem } = await lineExamples(deps, { ...params, ...query });
        const shown = lines.map(({ examples, ...line }) => ({
          ...line,
          examples: examples.map(({ ref, before, after }) => ({
            ref,
            before: remoteValueText(before),
            after: remoteValueText(after),
          })),
        }));
        return { lines: shown, problem };
      },
    );

    app.post(
      `${path}/rollback`,
      {
        config: { access: 'roll_back_mappings', confirm: 'approval' },
        schema: {
          params: mappingParams,
          querystring: mappingQuery,
          body: rollBackBody,
          response: answers(version),
        },
      },
      async (request) => {
        const input = {
          ...request.params,
          ...request.query,
          ...request.body,
          personId: personOf(request).id,
        };
        const live = await rollBackMapping(deps, input);
        return versionAnswer(live, await authorsOf(deps, [live]));
      },
    );
  };
