import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import { unfilledColumns } from '#src/db/records/canonical-columns.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { parseMinor } from '#src/domain/money.ts';
import type { CanonicalKind, CanonicalValues } from '#src/domain/record.ts';
import { linkedIds } from '#src/db/sync/remote-store.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import { extraOf, isExtra, textOf } from '#src/operations/records/field-values.ts';

/** One remote record after mapping, on its way into the canonical tables. */
export interface Mapped {
  readonly extId: string;
  /** Ours: the linked one, or a new one that will be linked when the record is placed. */
  readonly id: string;
  readonly values: CanonicalValues;
}

export interface PlaceContext {
  readonly deps: Deps;
  readonly tx: Db;
  readonly connection: Connection;
  /** Currency of amounts that come without one: the programme's. */
  readonly currency: string;
  /** Columns of records that are there already which this mapping does not fill: another CRM's may. */
  readonly keep: ReadonlySet<string>;
}

/** Columns the mapping does not fill, in the same way for every record of a batch. */
export function preservedColumns({ kind, inbound }: CompiledMapping): ReadonlySet<string> {
  return unfilledColumns(kind, new Set(inbound.map(({ local }) => local)));
}

/** Why a record cannot be placed yet. It is tried again every run. */
export interface Misplaced {
  readonly extId: string;
  readonly failure: RemoteFailure;
}

export interface Placing {
  readonly placed: readonly Mapped[];
  readonly misplaced: readonly Misplaced[];
  /** Placed, but with a value left out. */
  readonly flawed: readonly Misplaced[];
}

export function misplaced(extId: string, code: string, message: string, fix: string): Misplaced {
  return { extId, failure: { class: 'mapping', code, message, fix } };
}

/** An amount in minor units; unreadable becomes a flaw rather than a refused record. */
export function amountOf(record: Mapped, currency: string, flaws: Misplaced[]): bigint | null {
  const amount = textOf(record.values['amount']);
  if (amount === null) return null;
  try {
    return parseMinor(amount, currency);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    flaws.push(
      misplaced(
        record.extId,
        'amount_unreadable',
        error.message,
        'Correct the amount or the currency on the record.',
      ),
    );
    return null;
  }
}

/**
 * The column of the customer's own fields, for records of one mapping. None where no record has any: it is
 * not touched then, and a first load of an org without them is not slower for it.
 */
export function extraColumn(
  records: readonly Mapped[],
): (values: CanonicalValues) => { readonly extra?: CanonicalValues } {
  if (!records.some(({ values }) => Object.keys(values).some(isExtra))) return () => ({});
  return (values) => ({ extra: extraOf(values) });
}

/**
 * Ours, by the vendor's id, of the records of one kind that this field of these points at; what has not been
 * placed is absent.
 */
export function pointedAt(
  { deps, tx, connection }: PlaceContext,
  records: readonly Mapped[],
  { field, to }: { readonly field: string; readonly to: CanonicalKind },
): Promise<ReadonlyMap<string, string>> {
  const object = packFor(deps, connection, to)?.object ?? '';
  return linkedIds(
    tx,
    connection.id,
    object,
    records.flatMap(({ values }) => textOf(values[field]) ?? []),
  );
}
