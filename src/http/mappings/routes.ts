import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { type JsonValue, systemKinds } from '#connectors/connector.ts';
import type { MappedField, MappingPack } from '#mappings/engine/pack.ts';
import { defaultTransform, type TransformSpec } from '#mappings/engine/transform.ts';
import { type MappedObject, mappedObjects } from '#src/db/mapping-view.ts';
import type { Deps } from '#src/deps.ts';
import { type CanonicalField, fieldsOf } from '#src/domain/record.ts';
import { answers } from '../schema.ts';
import { type MappingField, mappings } from './schema.ts';

export const mappingRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/mappings', { config: { access: 'read' }, schema: { response: answers(mappings) } }, async () => {
      const known = await mappedObjects(deps.db);
      const bySystem = Map.groupBy(deps.packs, (pack) => pack.system);
      return {
        systems: systemKinds.flatMap((system) => {
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
        }),
      };
    });
  };

function objectAnswer(pack: MappingPack, known: MappedObject | undefined) {
  const { object, kind, version } = pack;
  return { object, kind, version, fields: pack.fields.map((field) => fieldAnswer(field, fieldsOf(kind)[field.local], known)) };
}

function fieldAnswer(field: MappedField, canonical: CanonicalField | undefined, known: MappedObject | undefined): MappingField {
  const described = known?.description?.fields.find((one) => one.name === field.remote);
  const steps = field.transform ?? [defaultTransform(canonical?.type ?? 'text')];
  return {
    local: field.local,
    localType: canonical?.type ?? 'text',
    remote: field.remote,
    remoteLabel: described?.label ?? null,
    remoteType: described?.type ?? null,
    direction: field.direction,
    owner: canonical?.owner ?? 'remote',
    transform: steps.map(({ name }) => name).join(', '),
    options: steps.flatMap((step) => optionsText(step) ?? []).join('; ') || null,
    required: field.required ?? canonical?.required ?? false,
    optional: field.optional ?? false,
    example: exampleText(known?.example[field.remote]),
    present: known?.description ? described !== undefined : null,
  };
}

function optionsText(transform: TransformSpec): string | null {
  switch (transform.name) {
    case 'equals':
      return `true when ${transform.values.join(' or ')}`;
    case 'lookup':
      return Object.entries(transform.map)
        .map(([theirs, ours]) => `${theirs} → ${ours}`)
        .join(', ');
    default:
      return null;
  }
}

function exampleText(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null || value === '') return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
