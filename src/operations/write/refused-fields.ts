import type { PushOutcome } from '#connectors/contract/crm.ts';
import type { FailureClass, RemoteFailure } from '#connectors/contract/failures.ts';
import type { RemoteFields } from '#connectors/contract/records.ts';
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

/**
 * The refused writes of which a part can still be written. Vendors refuse a whole row for one value. A field that
 * the mapping requires, or that the record is found by, is never left out.
 *
 * @param required the vendor's names of required fields
 */
export function withoutRefusedFields(
  group: readonly WriteIntent[],
  outcomes: readonly PushOutcome[],
  required: ReadonlySet<string>,
): readonly NarrowedWrite[] {
  const outcomeOf = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  return group.flatMap((intent): NarrowedWrite[] => {
    const outcome = outcomeOf.get(intent.id);
    if (!outcome || outcome.ok || !namesFields.has(outcome.failure.class)) return [];
    const named = new Set(outcome.failure.fields ?? []);
    const split = Object.groupBy(Object.entries(intent.fields), ([name]) =>
      named.has(name) ? 'refused' : 'rest',
    );
    const { refused = [], rest = [] } = split;
    if (refused.length === 0 || rest.length === 0) return [];
    if (refused.some(([name]) => required.has(name) || name === intent.keyField)) return [];
    return [
      {
        intent: { ...intent, fields: Object.fromEntries(rest) },
        refused: Object.fromEntries(refused),
        failure: outcome.failure,
      },
    ];
  });
}
