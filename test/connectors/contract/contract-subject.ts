import type { Connector } from '#connectors/contract/connector.ts';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import type { ErpConnector, Payout } from '#connectors/contract/erp.ts';
import type { CallGate } from '#connectors/contract/limits.ts';
import type { RemoteFields } from '#connectors/contract/records.ts';
import type { CrmObject } from '#src/domain/crm-schema.ts';
import type { CanonicalKind } from '#src/domain/record.ts';

/** One system under test, with functions that change it from outside. Null skips what a system cannot do. */
export interface ContractSubject<C extends Connector> {
  /** A new connector with a credential that works. */
  readonly connect: () => C;
  /** The kinds this system holds. `objectFor` names an object for each, and returns null for all others. */
  readonly kinds: readonly CanonicalKind[];
  /** Fills the system. */
  readonly seed: () => void | Promise<void>;
  /**
   * The records that `seed` made. `total` must be more than one page of the vendor, so that paging is tested.
   */
  readonly read: { readonly object: string; readonly fields: readonly string[]; readonly total: number };
  /**
   * Moves the vendor's clock on by two seconds or more, changes one record of `read.object`, returns its id.
   */
  readonly touch: (() => string | Promise<string>) | null;
  /** Deletes one record of `read.object` and returns its id. */
  readonly remove: (() => string | Promise<string>) | null;
  /** A new connector that uses this gate. */
  readonly connectWith?: ((gate: CallGate) => C) | null;
  /** A credential that the vendor refuses. `fix` matches the advice, e.g. `/client id/i`. */
  readonly wrongCredential: { readonly connect: () => C; readonly fix: RegExp } | null;
  /** The number of data and metadata calls that the system has received from all connectors. */
  readonly receivedCalls: (() => number) | null;
  readonly close: () => void | Promise<void>;
}

/** Decisions that are made in the CRM, past the connector. */
export interface DecisionSubject {
  /** Creates a registration, by the integration unless a person does; returns its id. */
  readonly register: (by?: 'person') => Promise<string>;
  readonly decide: (
    registration: string,
    by: 'person' | 'integration' | 'automation',
    words: { readonly decision: string; readonly reasonCode?: string; readonly text?: string },
  ) => Promise<void>;
  /** A person decides by an approval of the CRM. Absent where it has none. */
  readonly approve?: (
    registration: string,
    kind: 'flow' | 'process',
    words: { readonly decision: 'approve' | 'reject'; readonly text?: string },
  ) => Promise<void>;
  /** The e-mail address of the person. */
  readonly person: string;
}

export interface CrmSubject extends ContractSubject<CrmConnector> {
  /** Absent for a CRM that does not prove who decides. */
  readonly decisions?: DecisionSubject;
  /** Installed before `seed` into a system that has none of it. */
  readonly schema: readonly CrmObject[];
  readonly write: ContractWrites;
  /** Merges one record of `read.object` into another. */
  readonly merge: (() => Promise<{ readonly loser: string; readonly survivor: string }>) | null;
}

export interface ContractWrites {
  /** Updates of `read.object`: good fields for row `n`, and fields that the vendor refuses with `code`. */
  readonly update: {
    readonly fields: (n: number) => RemoteFields;
    readonly refused: RemoteFields;
    readonly code: string;
  };
  /** Upserts of `object`: `key(n)` is the value of `keyField`. */
  readonly upsert: {
    readonly object: string;
    readonly keyField: string;
    readonly key: (n: number) => string;
    readonly fields: (n: number) => RemoteFields;
    readonly refused: RemoteFields;
    readonly code: string;
  };
}

export interface ErpSubject extends ContractSubject<ErpConnector> {
  /** The payouts that the ERP holds and that finance would pay from it. */
  readonly payable: () => readonly PayablePayout[] | Promise<readonly PayablePayout[]>;
  /** A payout that the ERP refuses with `code`. */
  readonly refused: { readonly payout: Payout; readonly code: string };
}

export interface PayablePayout {
  readonly key: string;
  readonly partnerCode: string;
  readonly currency: string;
  readonly amountMinor: bigint;
}
