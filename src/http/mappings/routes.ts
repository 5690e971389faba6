import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { mappedObjects, searchRemote } from '#src/db/mappings/mapping-view.ts';
import { type MappingVersion, openVersions } from '#src/db/mappings/mapping-version-store.ts';
import { personNames } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';
import { packsOf } from '#src/operations/connections/use-connection.ts';
import { mappingDrift } from '#src/operations/mappings/drift/mapping-drift-shown.ts';
import { mappingTarget } from '#src/operations/mappings/versions/mapping-target.ts';
import { suggestMapping } from '#src/operations/mappings/versions/suggest-mapping.ts';
import { personOf } from '#src/http/plugins/session.ts';
import { answers } from '#src/http/schema.ts';
import { draftRoutes } from './draft-routes.ts';
import { driftAnswer, mappingPageOf } from './page.ts';
import {
  mappingPage,
  mappingParams,
  mappingQuery,
  mappings,
  recordQuery,
  records,
  suggestions,
} from './schema.ts';
import { objectAnswer } from './shipped.ts';
import { trialRoutes } from './trial-routes.ts';
import { versionRoutes } from './version-routes.ts';

export const mappingRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/mappings',
      { config: { access: 'read' }, schema: { response: answers(mappings) } },
      async () => ({
        systems: await shippedMappings(deps),
        mappings: await mappingsInForce(deps),
      }),
    );

    app.get(
      '/mappings/:connectionId/:object',
      {
        config: { access: 'read' },
        schema: { params: mappingParams, querystring: mappingQuery, response: answers(mappingPage) },
      },
      async (request) =>
        mappingPageOf(deps, { ...request.params, kind: request.query.kind }, personOf(request)),
    );

    app.get(
      '/mappings/:connectionId/:object/records',
      {
        config: { access: 'read' },
        schema: { params: mappingParams, querystring: recordQuery, response: answers(records) },
      },
      async ({ params, query }) => {
        const { place } = await mappingTarget(deps, { ...params, kind: query.kind });
        const found = await searchRemote(deps.db, place, query.search, recordsFound);
        return { records: found.map(({ extId, ...record }) => ({ ref: extId, ...record })) };
      },
    );

    app.get(
      '/mappings/:connectionId/:object/suggestions',
      {
        config: { access: 'draft_mappings' },
        schema: { params: mappingParams, querystring: mappingQuery, response: answers(suggestions) },
      },
      async ({ params, query }) => {
        const found = await suggestMapping(deps, { ...params, kind: query.kind });
        return {
          suggestions: found.suggestions.map(({ because, ...suggestion }) => ({
            ...suggestion,
            reason: because,
          })),
          sampleCount: found.sampleCount,
          sampleProblem: found.sampleProblem,
        };
      },
    );

    await app.register(draftRoutes(deps));
    await app.register(versionRoutes(deps));
    await app.register(trialRoutes(deps));
  };

const recordsFound = 20;

async function shippedMappings(deps: Deps) {
  const known = await mappedObjects(deps.db);
  const bySystem = Map.groupBy(deps.packs, (pack) => pack.system);
  return deps.systems.flatMap(({ kind: system }) => {
    const packs = bySystem.get(system) ?? [];
    if (packs.length === 0) return [];
    const used = known.filter((one) => one.system === system);
    return [
      {
        system,
        connections: [...new Set(used.map((one) => one.connectionName))],
        objects: packs.map((pack) =>
          objectAnswer(
            pack,
            used.find((one) => one.object === pack.object),
          ),
        ),
      },
    ];
  });
}

async function mappingsInForce(deps: Deps) {
  const [connections, open, drifts] = await Promise.all([
    listConnections(deps.db),
    openVersions(deps.db),
    mappingDrift(deps),
  ]);
  const names = await personNames(
    deps.db,
    open.map((one) => one.submittedBy ?? one.updatedBy),
  );
  return connections.flatMap((connection) => {
    const packs = packsOf(deps, connection);
    const driftOf = drifts.filter((one) => one.connectionId === connection.id);
    const waiting = open.filter((one) => one.connectionId === connection.id);
    const isOf = (one: MappingVersion) => (pack: (typeof packs)[number]) =>
      pack.object === one.object && pack.kind === one.kind;
    const where = { connectionId: connection.id, connection: connection.name, system: connection.kind };
    const inForce = packs.map((pack) => {
      const draft = waiting.find((one) => isOf(one)(pack));
      const { object, kind, version, enabled = true, fields } = pack;
      const custom = connection.mappings.includes(pack);
      return {
        ...{ ...where, object, kind, version, custom, enabled, fieldCount: fields.length },
        open: draft ? openAnswer(draft, names) : null,
        driftCount: driftAnswer(driftOf, pack)?.findings.length ?? 0,
      };
    });
    const first = waiting.filter((one) => !packs.some(isOf(one)));
    return [
      ...inForce,
      ...first.map((one) => ({
        ...{
          ...where,
          object: one.object,
          kind: one.kind,
          version: null,
          custom: true,
          enabled: false,
          fieldCount: one.pack.fields.length,
        },
        ...{ open: openAnswer(one, names), driftCount: 0 },
      })),
    ];
  });
}

function openAnswer(
  { version, status, submittedBy, submittedAt, updatedBy, updatedAt }: MappingVersion,
  names: ReadonlyMap<string, string>,
) {
  return { version, status, by: names.get(submittedBy ?? updatedBy) ?? null, at: submittedAt ?? updatedAt };
}
