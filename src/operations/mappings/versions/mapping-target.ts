import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { openKinds, findVersionByNumber, type MappingPlace } from '#src/db/mappings/mapping-version-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import { packsOf, requireConnection } from '#src/operations/connections/use-connection.ts';

/** Names a mapping as people and URLs do. */
export interface MappingQuery {
  readonly connectionId: string;
  /** The vendor's name of the object. */
  readonly object: string;
  /** Needed only when one object is mapped to several kinds. */
  readonly kind?: CanonicalKind | undefined;
}

export interface MappingTarget {
  readonly connection: Connection;
  readonly place: MappingPlace;
  /** The live mapping of the kind, even on another object or disabled; null when there is none. */
  readonly inForce: MappingPack | null;
  /** Fairway's default mapping of this object; null when there is none. */
  readonly shipped: MappingPack | null;
}

/**
 * Finds the mapping that a query names. @throws AppError `not_found` when the object is not mapped and the
 * query has no kind; `bad_request` when the object is mapped to several kinds and the query has none
 */
export async function mappingTarget(
  deps: Deps,
  { connectionId, object, kind: asked }: MappingQuery,
): Promise<MappingTarget> {
  const connection = await requireConnection(deps, connectionId);
  const kind = asked ?? (await onlyKind(deps, connection, object));
  return {
    connection,
    place: { connectionId, object, kind },
    inForce: packsOf(deps, connection).find((pack) => pack.kind === kind) ?? null,
    shipped:
      deps.packs.find(
        (pack) => pack.system === connection.kind && pack.object === object && pack.kind === kind,
      ) ?? null,
  };
}

async function onlyKind(deps: Deps, connection: Connection, object: string): Promise<CanonicalKind> {
  const live = packsOf(deps, connection).filter((pack) => pack.object === object);
  const kinds = new Set([
    ...live.map((pack) => pack.kind),
    ...(await openKinds(deps.db, connection.id, object)),
  ]);
  const [kind, ...others] = kinds;
  if (kind === undefined)
    throw new AppError(
      'not_found',
      `${object} of ${connection.name} is not mapped yet. Choose the kind of record to map it to.`,
      {
        field: 'kind',
      },
    );
  if (others.length === 0) return kind;
  throw new AppError(
    'bad_request',
    `${object} is mapped to ${[...kinds].join(' and ')}. Choose one of these kinds.`,
    { field: 'kind' },
  );
}

/** One version of the mapping, custom or Fairway's default. @throws AppError `not_found` */
export async function packNumbered(
  deps: Deps,
  { place, shipped }: MappingTarget,
  version: number,
): Promise<MappingPack> {
  const custom = await findVersionByNumber(deps.db, place, version);
  if (custom) return custom.pack;
  if (shipped?.version === version) return shipped;
  throw new AppError('not_found', `There is no version ${version} of this mapping.`, { version });
}
