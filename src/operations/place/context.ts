import type { RemoteFailure } from '#connectors/connector.ts';
import type { Db } from '#src/db/client.ts';
import type { Connection } from '#src/db/connection-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { parseMinor } from '#src/domain/money.ts';
import type { CanonicalValue, CanonicalValues } from '#src/domain/record.ts';

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

export function textOf(value: CanonicalValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function isTrue(value: CanonicalValue | undefined): boolean {
  return value === true;
}

/** An amount in minor units; unreadable becomes a flaw rather than a refused record. */
export function amountOf(record: Mapped, currency: string, flaws: Misplaced[]): bigint | null {
  const amount = textOf(record.values['amount']);
  if (amount === null) return null;
  try {
    return parseMinor(amount, currency);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    flaws.push(misplaced(record.extId, 'amount_unreadable', error.message, 'Correct the amount or the currency on the record.'));
    return null;
  }
}
