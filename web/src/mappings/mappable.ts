import type { Kind, ListedMapping } from './mapping-types.ts';

/** The kinds of records of one connection that can be mapped. */
export interface Mappable {
  readonly connectionId: string;
  readonly connection: string;
  readonly kinds: readonly MappableKind[];
  /** The known object names of the connection. */
  readonly objects: readonly string[];
  /** An example that shows how names are written. */
  readonly example: string;
}

export interface MappableKind {
  readonly kind: Kind;
  /** The object that the kind uses, or would use if it were on. */
  readonly object: string;
  readonly enabled: boolean;
}

/**
 * File connections have no objects to choose from. Kinds that are not read yet come first, because people
 * look for those.
 */
export function mappableOf(mappings: readonly ListedMapping[]): readonly Mappable[] {
  const ofCrms = mappings.filter((one) => one.system !== 'files');
  return [...Map.groupBy(ofCrms, (one) => one.connectionId)].flatMap(([connectionId, listed]) => {
    const [first] = listed;
    if (!first) return [];
    const inForce = listed.filter((one) => one.version !== null);
    const kinds = inForce.map(({ kind, object, enabled }) => ({ kind, object, enabled }));
    const objects = [...new Set(listed.map((one) => one.object))].toSorted();
    return [
      {
        ...{ connectionId, connection: first.connection, objects, example: first.object },
        kinds: kinds.toSorted((a, b) => Number(a.enabled) - Number(b.enabled)),
      },
    ];
  });
}

/** The present source of records of the kind. */
export function currentSourceOf({ object, enabled }: MappableKind): string {
  return enabled ? `uses ${object}` : 'not read yet';
}
