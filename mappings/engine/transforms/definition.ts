import type { CanonicalValue, FieldType } from '#src/domain/record.ts';
import { z } from 'zod';
import type { Refusal } from '#mappings/engine/refusal.ts';

export type RemoteType = 'text' | 'number' | 'boolean' | 'date' | 'datetime' | 'picklist' | 'reference';
export type RemoteScalar = string | number | boolean | null;
export type Read = (value: unknown) => CanonicalValue | Refusal;
export type Write = (value: CanonicalValue) => RemoteScalar | Refusal;

/** A conversion between a vendor's field and a canonical field. Reading never throws, for any value. */
export interface Transform {
  /** The types of canonical fields that it can fill. */
  readonly fills: readonly FieldType[];
  readonly readsFrom: readonly RemoteType[];
  readonly read: Read;
  /** Null if it can only read. */
  readonly write: { readonly to: readonly RemoteType[]; readonly as: (type: RemoteType) => Write } | null;
  /**
   * The loss when a value is written and read back, as the object of "loses". Null if there is none: a
   * written value is read as the same value. A line with direction `both` must accept a loss with `lossy`.
   */
  readonly loses: string | null;
  /** All values that it can write or fill, if they can be listed. */
  readonly writtenValues?: readonly string[];
  readonly filledValues?: readonly CanonicalValue[];
  /** The vendor's values that its options list, and what happens to others. */
  readonly listedValues?: {
    readonly values: readonly string[];
    readonly others: 'refused' | 'accepted';
    readonly sameCase: boolean;
  };
}

/** One entry of the catalogue. */
export interface TransformDefinition<Schema extends z.ZodType = z.ZodType> {
  /** The name in the console. */
  readonly label: string;
  /** One line for the console: what it does, with an example. */
  readonly help: string;
  /** The schema of its name and options in a pack. */
  readonly options: Schema;
  /** Builds the transform from its options. This runs once per mapping. */
  readonly build: (spec: z.infer<Schema>) => Transform;
}

/**
 * The canonical types as remote types, because the next step receives the result of a step like a remote
 * value.
 */
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

/** A transform that writes values in the same form in which it reads them. */
export function symmetric(
  fills: FieldType,
  readsFrom: readonly RemoteType[],
  to: readonly RemoteType[],
  read: Read,
): Transform {
  return { fills: [fills], readsFrom, read, write: { to, as: () => read }, loses: null };
}

/** Checks a definition and keeps the type of its options. */
export const defineTransform = <Schema extends z.ZodType>(
  definition: TransformDefinition<Schema>,
): TransformDefinition<Schema> => definition;

/** The schema of a transform without options. */
export const withoutOptions = <Name extends string>(name: Name) => z.strictObject({ name: z.literal(name) });
