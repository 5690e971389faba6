import type { PushOutcome } from '#connectors/contract/crm.ts';
import type { FailureClass, RemoteFailure } from '#connectors/contract/failures.ts';
import type { RemoteFields } from '#connectors/contract/records.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import type { WriteIntent } from '#src/db/sync/write-store.ts';

/** A write without the fields that the vendor refused. */
export interface NarrowedWrite {
  readonly intent: WriteIntent;
  /** The values that were left out. */
  readonly refused: RemoteFields;
  readonly failure: RemoteFailure;
}

/** Failures that name fields: without them, the rest of the row can be written. */
const namesFields: ReadonlySet<FailureClass> = new Set(['validation', 'mapping', 'permission']);

/** The vendor's names of the fields without which a record of this mapping is not written. */
export function neededFields({ outbound }: Pick<CompiledMapping, 'outbound'>): ReadonlySet<string> {
  return new Set(outbound.flatMap(({ required, remote }) => (required ? [remote] : [])));
}

/**
 * Separates the fields that a failure names from the others. Null when the whole row is lost: the failure names no
 * field of this write, or no other field is left, or a needed one is named.
 */
export function splitRefused(
  fields: RemoteFields,
  failure: Pick<RemoteFailure, 'class' | 'fields'>,
  needed: ReadonlySet<string>,
): { readonly refused: RemoteFields; readonly rest: RemoteFields } | null {
  if (!namesFields.has(failure.class)) return null;
  const named = new Set(failure.fields ?? []);
  const { refused = [], rest = [] } = Object.groupBy(Object.entries(fields), ([name]) =>
    named.has(name) ? 'refused' : 'rest',
  );
  if (refused.length === 0 || rest.length === 0) return null;
  if (refused.some(([name]) => needed.has(name))) return null;
  return { refused: Object.fromEntries(refused), rest: Object.fromEntries(rest) };
}

/**
 * The refused writes of which a part can still be written. Vendors refuse a whole row for one value. A field that
 * the mapping needs, or by which the record is found, is never left out. A new registration is created with all of
 * its values or not at all: a missing one would count as an edit in the CRM.
 */
export function withoutRefusedFields(
  group: readonly WriteIntent[],
  outcomes: readonly PushOutcome[],
  needed: ReadonlySet<string>,
): readonly NarrowedWrite[] {
  const outcomeOf = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  return group.flatMap((intent): NarrowedWrite[] => {
    const outcome = outcomeOf.get(intent.id);
    if (!outcome || outcome.ok) return [];
    const { keyField, fields, kind } = intent;
    if (keyField !== null && kind === 'registration') return [];
    const { failure } = outcome;
    const split = splitRefused(fields, failure, keyField === null ? needed : new Set([...needed, keyField]));
    return split ? [{ intent: { ...intent, fields: split.rest }, refused: split.refused, failure }] : [];
  });
}
