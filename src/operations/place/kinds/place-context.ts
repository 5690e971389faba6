import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import { unfilledColumns } from '#src/db/records/canonical-columns.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { parseMinor } from '#src/domain/money.ts';
import { severalIds, type CanonicalKind, type CanonicalValues } from '#src/domain/record.ts';
import { linkedRecordIds } from '#src/db/records/link-store.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import { extraOf, isExtra, textOf } from '#src/operations/records/field-values.ts';

/** A remote record in canonical values, ready to be stored in the table of its kind. */
export interface RecordToPlace {
  /** The vendor's id. */
  readonly extId: string;
  /** Our id: the linked one, or a new one that is linked once the record is placed. */
  readonly id: string;
  readonly values: CanonicalValues;
}

export interface PlaceContext {
  readonly deps: Deps;
  readonly tx: Db;
  readonly connection: Connection;
  /** For amounts that come without a currency: the one of the CRM's account. */
  readonly currency: string;
  /**
   * Columns that this mapping does not fill. Existing rows keep them, because another CRM's mapping may fill
   * them.
   */
  readonly preserved: ReadonlySet<string>;
}

/** The columns that a mapping leaves alone; the same for every record of a batch. */
export function preservedColumns({ kind, inbound }: CompiledMapping): ReadonlySet<string> {
  return unfilledColumns(kind, new Set(inbound.map(({ local }) => local)));
}

/** Why a record, or one of its values, cannot be placed yet. */
export interface PlacingFailure {
  readonly extId: string;
  readonly failure: RemoteFailure;
}

export interface PlacingResult {
  readonly placed: readonly RecordToPlace[];
  /** Records that were not placed. */
  readonly failed: readonly PlacingFailure[];
  /** Records that were placed without one of their values. */
  readonly incomplete: readonly PlacingFailure[];
}

export function placingFailure(extId: string, code: string, message: string, fix: string): PlacingFailure {
  return { extId, failure: { class: 'mapping', code, message, fix } };
}

/**
 * The amount in minor units; null when it is blank, or unreadable: then the reason is added to `failures`.
 */
export function amountOf(record: RecordToPlace, currency: string, failures: PlacingFailure[]): bigint | null {
  const amount = textOf(record.values['amount']);
  if (amount === null) return null;
  try {
    return parseMinor(amount, currency);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const code = error.detail['largest'] === undefined ? 'amount_unreadable' : 'amount_too_large';
    const fix = 'Correct the amount or the currency on the record.';
    failures.push(placingFailure(record.extId, code, error.message, fix));
    return null;
  }
}

/**
 * Returns a function that gives a row its column of custom fields. It gives none when no record of the batch
 * has custom fields: the column is left out of the statement then, and a first load without them stays fast.
 */
export function extraColumn(
  records: readonly RecordToPlace[],
): (values: CanonicalValues) => { readonly extra?: CanonicalValues } {
  if (!records.some(({ values }) => Object.keys(values).some(isExtra))) return () => ({});
  return (values) => ({ extra: extraOf(values) });
}

/** Our ids of the records that a reference field points at, by the vendor's id; absent while not placed. */
export function referencedIds(
  { deps, tx, connection }: PlaceContext,
  records: readonly RecordToPlace[],
  { field, to }: { readonly field: string; readonly to: CanonicalKind },
): Promise<ReadonlyMap<string, string>> {
  const object = packFor(deps, connection, to)?.object ?? '';
  return linkedRecordIds(
    tx,
    connection.id,
    object,
    records.flatMap(({ values }) => textOf(values[field])?.split(severalIds) ?? []),
  );
}
