import type { Actor } from '#sandbox/hubspot/actor.ts';
import type { ObjectType } from '#sandbox/hubspot/schema/object-types.ts';

/** A change of one record, or of an association between two. */
export type Change =
  | {
      readonly kind: 'creation' | 'deletion' | 'restore' | 'privacyDeletion';
      readonly type: ObjectType;
      readonly id: string;
    }
  | {
      readonly kind: 'propertyChange';
      readonly type: ObjectType;
      readonly id: string;
      readonly name: string;
      readonly value: string | null;
    }
  | {
      readonly kind: 'merge';
      readonly type: ObjectType;
      /** The survivor's id from now on. */
      readonly id: string;
      readonly primaryId: string;
      readonly mergedIds: readonly string[];
      readonly propertiesMoved: number;
    }
  | {
      readonly kind: 'associationChange';
      readonly type: ObjectType;
      readonly id: string;
      readonly toType: ObjectType;
      readonly toId: string;
      readonly typeId: number;
      readonly removed: boolean;
      readonly primary: boolean;
    };

/** A change with who made it and when. */
export type RecordedChange = Change & { readonly actor: Actor; readonly occurredAt: string };
