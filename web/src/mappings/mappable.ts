import type { Kind, ListedMapping } from './mapping-types.ts';

/** What of one connection can be mapped. */
export interface Mappable {
  readonly connectionId: string;
  readonly connection: string;
  readonly kinds: readonly MappableKind[];
  /** Names of its objects that are known here. */
  readonly objects: readonly string[];
  /** One of them, to show how names are written. */
  readonly example: string;
}

export interface MappableKind {
  readonly kind: Kind;
  /** The object it goes by, or would if it were switched on. */
  readonly object: string;
  readonly enabled: boolean;
}

/**
 * Files have no objects to choose from. Kinds that are not read yet come first: they are what somebody is
 * likely to look for.
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

/** What becomes of records of the kind today. */
export function currentSourceOf({ object, enabled }: MappableKind): string {
  return enabled ? `uses ${object}` : 'not read yet';
}
