import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { openKinds, versionNumbered, type MappingPlace } from '#src/db/mappings/mapping-version-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { CanonicalKind } from '#src/domain/record.ts';
import { packsOf, requireConnection } from '#src/operations/connections/use-connection.ts';

/** Which mapping a person speaks of. */
export interface MappingQuery {
  readonly connectionId: string;
  /** The vendor's name of it. */
  readonly object: string;
  /** Needed only where one object is mapped to several kinds. */
  readonly kind?: CanonicalKind | undefined;
}

export interface MappingTarget {
  readonly connection: Connection;
  readonly place: MappingPlace;
  /**
   * The mapping the kind goes by now, even if it is of another object, or switched off; null when there is
   * none.
   */
  readonly inForce: MappingPack | null;
  /** The one Fairway comes with for this object; null when it has none. */
  readonly shipped: MappingPack | null;
}

/**
 * @throws AppError `not_found` when the object is mapped to nothing and no kind is named; `bad_request` when
 * it is mapped to several
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
      `${object} of ${connection.name} is mapped to nothing yet. Say to which kind of record it is to be mapped.`,
      {
        field: 'kind',
      },
    );
  if (others.length === 0) return kind;
  throw new AppError(
    'bad_request',
    `${object} is mapped to ${[...kinds].join(' and ')}. Say which of them you mean.`,
    { field: 'kind' },
  );
}

/**
 * The mapping as it was in one version, the customer's own or the one Fairway comes with. @throws AppError
 * `not_found`
 */
export async function packNumbered(
  deps: Deps,
  { place, shipped }: MappingTarget,
  version: number,
): Promise<MappingPack> {
  const own = await versionNumbered(deps.db, place, version);
  if (own) return own.pack;
  if (shipped?.version === version) return shipped;
  throw new AppError('not_found', `There is no version ${version} of this mapping.`, { version });
}
