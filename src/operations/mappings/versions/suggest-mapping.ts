import { ConnectorError } from '#connectors/contract/failures.ts';
import type { ObjectDescription, RemoteFields } from '#connectors/contract/records.ts';
import type { MappedField, MappingPack } from '#mappings/engine/pack/pack.ts';
import { suggestMatches, type Suggestion } from '#mappings/engine/pack/suggest.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { newestRemoteIds } from '#src/db/mappings/mapping-view.ts';
import { openVersion } from '#src/db/mappings/mapping-version-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { fieldsOf } from '#src/domain/record.ts';
import { pauseInForce } from '#src/operations/connections/pause-connection.ts';
import { knownDescription } from './check-mapping.ts';
import { mappingTarget, type MappingQuery, type MappingTarget } from './mapping-target.ts';

export interface Suggestions {
  readonly suggestions: readonly Suggestion[];
  /** Number of records whose values were compared. */
  readonly sampleCount: number;
  /** The reason when no sample records could be fetched; else null. */
  readonly sampleProblem: string | null;
}

/**
 * Suggests mappings for the fields that are not mapped yet. It compares names, types and, if they can be
 * fetched, the values of some records.
 *
 * @throws AppError `connection_failed` when the vendor cannot describe the object
 */
export async function suggestMapping(deps: Deps, query: MappingQuery): Promise<Suggestions> {
  const target = await mappingTarget(deps, query);
  const { connection, place, inForce } = target;
  const description = await knownDescription(deps, connection, place.object);
  const { samples, problem } = await samplesOf(deps, connection, description);
  const open = await openVersion(deps.db, place);
  const pack = open?.pack ?? (inForce?.object === place.object ? inForce : emptyPack(target));
  return {
    suggestions: suggestMatches(pack, description, samples),
    sampleCount: samples.length,
    sampleProblem: problem,
  };
}

/**
 * Suggests a complete mapping from the field names of an object that is not mapped. @throws AppError
 * `bad_request` when no field name matches
 */
export function suggestedPack(target: MappingTarget, description: ObjectDescription): MappingPack {
  const { kind, object } = target.place;
  const fields = suggestMatches(emptyPack(target), description).flatMap((one) => suggestedField(one) ?? []);
  if (fields.length > 0) return { ...emptyPack(target), fields };
  const needed = Object.entries(fieldsOf(kind)).flatMap(([name, field]) => (field.required ? [name] : []));
  const required = needed.length === 0 ? '' : ` It must map ${needed.join(', ')}.`;
  const message = `No field name of ${object} matches a field of ${kind}. Upload a mapping to start from.${required}`;
  throw new AppError('bad_request', message, { field: 'yaml' });
}

/** The mapping line for a suggestion; null when a custom field must be declared first. */
export function suggestedField({ local, remote, transform }: Suggestion): MappedField | null {
  return local === null
    ? null
    : { local, remote, direction: 'in', ...(transform ? { transform: [transform] } : {}) };
}

function emptyPack({ connection, place: { object, kind } }: MappingTarget): MappingPack {
  return { system: connection.kind, object, kind, version: 1, fields: [] };
}

const sampleSize = 25;

async function samplesOf(
  deps: Deps,
  connection: Connection,
  { object, fields }: ObjectDescription,
): Promise<{ readonly samples: readonly RemoteFields[]; readonly problem: string | null }> {
  const ids = await newestRemoteIds(deps.db, connection.id, object, sampleSize);
  if (ids.length === 0) return { samples: [], problem: null };
  // References are matched by their target, and reading some of them costs an extra call.
  const names = fields.filter((field) => field.type !== 'reference').map((field) => field.name);
  const pause = pauseInForce(connection, 'interactive', deps.clock());
  try {
    if (pause) throw new ConnectorError(pause);
    const records = await deps.connectorFor(connection, 'interactive').fetch(object, ids, names);
    return {
      samples: records.filter((record) => !record.deleted).map((record) => record.fields),
      problem: null,
    };
  } catch (error) {
    if (error instanceof ConnectorError)
      return { samples: [], problem: `${error.failure.message} ${error.failure.fix}` };
    throw error;
  }
}
