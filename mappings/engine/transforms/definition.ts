import type { CanonicalValue, FieldType } from '#src/domain/record.ts';
import { z } from 'zod';
import type { Refusal } from '#mappings/engine/refusal.ts';

export type RemoteType = 'text' | 'number' | 'boolean' | 'date' | 'datetime' | 'picklist' | 'reference';
export type RemoteScalar = string | number | boolean | null;
export type Read = (value: unknown) => CanonicalValue | Refusal;
export type Write = (value: CanonicalValue) => RemoteScalar | Refusal;

/**
 * One way to carry a value between a vendor's field and ours. Reading never throws, whatever the vendor
 * holds.
 */
export interface Transform {
  /** Types of our fields it can fill. */
  readonly fills: readonly FieldType[];
  readonly readsFrom: readonly RemoteType[];
  readonly read: Read;
  /** Null: one way only. */
  readonly write: { readonly to: readonly RemoteType[]; readonly as: (type: RemoteType) => Write } | null;
  /**
   * Why values change on a round trip; null when none does: what we write is read as the same value, and a
   * value that is only spelled otherwise reads as the same. A field that goes both ways through a lossy
   * transform must say so.
   */
  readonly loses: string | null;
  /** All it can write, and all it can fill, where that can be listed. */
  readonly written?: readonly string[];
  readonly filled?: readonly CanonicalValue[];
  /** The vendor's values it was told of: `others` says what becomes of the rest. */
  readonly named?: {
    readonly values: readonly string[];
    readonly others: 'refused' | 'taken';
    readonly sameCase: boolean;
  };
}

/** One entry of the catalogue. */
export interface TransformDefinition<Schema extends z.ZodType = z.ZodType> {
  /** For the console. */
  readonly label: string;
  /** One line: what it does, with an example. */
  readonly help: string;
  /** Its name and options, as written in a pack. */
  readonly options: Schema;
  /** Made from its options, once a mapping. */
  readonly build: (spec: z.infer<Schema>) => Transform;
}

/** How the result of one step is described to the next: our types by the vendor's words for them. */
export const asRemote: Readonly<Record<FieldType, RemoteType>> = {
  text: 'text',
  boolean: 'boolean',
  decimal: 'number',
  date: 'date',
  instant: 'datetime',
  reference: 'reference',
};

export const textual: readonly RemoteType[] = ['text', 'picklist'];
export const anything: readonly RemoteType[] = [
  'text',
  'picklist',
  'number',
  'boolean',
  'date',
  'datetime',
  'reference',
];

/** What we send must be readable as what we mean; a vendor takes the reading as it is. */
export function symmetric(
  fills: FieldType,
  readsFrom: readonly RemoteType[],
  to: readonly RemoteType[],
  read: Read,
): Transform {
  return { fills: [fills], readsFrom, read, write: { to, as: () => read }, loses: null };
}

/** Keeps the options' type beside what is built from them. */
export const defined = <Schema extends z.ZodType>(
  definition: TransformDefinition<Schema>,
): TransformDefinition<Schema> => definition;

/** Options of a transform that has none. */
export const named = <Name extends string>(name: Name) => z.strictObject({ name: z.literal(name) });
