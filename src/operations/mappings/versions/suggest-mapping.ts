import { ConnectorError, type ObjectDescription, type RemoteFields } from '#connectors/contract/crm.ts';
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
  /** Records whose values were looked at. */
  readonly sampleCount: number;
  /** Why there are none though records were read; null when there are, or none was read. */
  readonly sampleTrouble: string | null;
}

/**
 * What the fields nobody has mapped yet could be, going by names, types and the values of some records, which
 * are fetched for it. Without values, from names and types alone.
 *
 * @throws AppError `connection_failed` when the vendor does not say what the object looks like
 */
export async function suggestMapping(deps: Deps, query: MappingQuery): Promise<Suggestions> {
  const target = await mappingTarget(deps, query);
  const { connection, place, inForce } = target;
  const description = await knownDescription(deps, connection, place.object);
  const { samples, trouble } = await samplesOf(deps, connection, description);
  const open = await openVersion(deps.db, place);
  const pack = open?.pack ?? (inForce?.object === place.object ? inForce : emptyPack(target));
  return {
    suggestions: suggestMatches(pack, description, samples),
    sampleCount: samples.length,
    sampleTrouble: trouble,
  };
}

/**
 * A mapping of an object that has none, from what its fields are called. @throws AppError `bad_request` when
 * nothing is like ours
 */
export function suggestedPack(target: MappingTarget, description: ObjectDescription): MappingPack {
  const { kind, object } = target.place;
  const fields = suggestMatches(emptyPack(target), description).flatMap((one) => suggestedField(one) ?? []);
  if (fields.length > 0) return { ...emptyPack(target), fields };
  const needed = Object.entries(fieldsOf(kind)).flatMap(([name, field]) => (field.required ? [name] : []));
  const must = needed.length === 0 ? '' : ` It must fill ${needed.join(', ')}.`;
  throw new AppError(
    'bad_request',
    `No field of ${object} is called like one of ${kind}. Give a mapping to begin with.${must}`,
    {
      field: 'yaml',
    },
  );
}

/** The line a suggestion amounts to; null when a field would have to be declared first. */
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
): Promise<{ readonly samples: readonly RemoteFields[]; readonly trouble: string | null }> {
  const ids = await newestRemoteIds(deps.db, connection.id, object, sampleSize);
  if (ids.length === 0) return { samples: [], trouble: null };
  // References are matched by what they point at, and some cost a call of their own.
  const names = fields.filter((field) => field.type !== 'reference').map((field) => field.name);
  const pause = pauseInForce(connection, 'interactive', deps.clock());
  try {
    if (pause) throw new ConnectorError(pause);
    const records = await deps.connectorFor(connection, 'interactive').fetch(object, ids, names);
    return {
      samples: records.filter((record) => !record.deleted).map((record) => record.fields),
      trouble: null,
    };
  } catch (error) {
    if (error instanceof ConnectorError)
      return { samples: [], trouble: `${error.failure.message} ${error.failure.fix}` };
    throw error;
  }
}
