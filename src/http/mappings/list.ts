import { listConnections } from '#src/db/connections/connection-store.ts';
import { mappedObjects } from '#src/db/mappings/mapping-view.ts';
import { type MappingVersion, openVersions } from '#src/db/mappings/mapping-version-store.ts';
import { personNames } from '#src/db/people/person-store.ts';
import type { Deps } from '#src/deps.ts';
import { packsOf } from '#src/operations/connections/use-connection.ts';
import { mappingDrift } from '#src/operations/mappings/drift/mapping-drift-shown.ts';
import { driftAnswer } from './page.ts';
import { shippedMappingAnswer } from './shipped.ts';

/** The mappings that Fairway comes with, by system. */
export async function shippedMappings(deps: Deps) {
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
          shippedMappingAnswer(
            pack,
            used.find((one) => one.object === pack.object),
          ),
        ),
      },
    ];
  });
}

/** The live mappings of all connections, and the first drafts of objects without one. */
export async function mappingsInForce(deps: Deps) {
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
    const openHere = open.filter((one) => one.connectionId === connection.id);
    const isOf = (one: MappingVersion) => (pack: (typeof packs)[number]) =>
      pack.object === one.object && pack.kind === one.kind;
    const about = { connectionId: connection.id, connection: connection.name, system: connection.kind };
    const live = packs.map((pack) => {
      const draft = openHere.find((one) => isOf(one)(pack));
      return {
        ...about,
        object: pack.object,
        kind: pack.kind,
        version: pack.version,
        custom: connection.mappings.includes(pack),
        enabled: pack.enabled ?? true,
        fieldCount: pack.fields.length,
        open: draft ? openVersionAnswer(draft, names) : null,
        driftCount: driftAnswer(driftOf, pack)?.findings.length ?? 0,
      };
    });
    const firstDrafts = openHere
      .filter((one) => !packs.some(isOf(one)))
      .map((one) => ({
        ...about,
        object: one.object,
        kind: one.kind,
        version: null,
        custom: true,
        enabled: false,
        fieldCount: one.pack.fields.length,
        open: openVersionAnswer(one, names),
        driftCount: 0,
      }));
    return [...live, ...firstDrafts];
  });
}

function openVersionAnswer(
  { version, status, submittedBy, submittedAt, updatedBy, updatedAt }: MappingVersion,
  names: ReadonlyMap<string, string>,
) {
  return { version, status, by: names.get(submittedBy ?? updatedBy) ?? null, at: submittedAt ?? updatedAt };
}
