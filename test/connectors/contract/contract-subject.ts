import type { CallGate, Connector, RemoteFields } from '#connectors/contract/crm.ts';
import type { CrmObject } from '#src/domain/crm-schema.ts';
import type { CanonicalKind } from '#src/domain/record.ts';

/**
 * One system under test, with the levers to change it from the other side. Null switches off what a system
 * cannot do.
 */
export interface ContractSubject {
  /** A fresh connector with a credential that works. */
  readonly connect: () => Connector;
  /** The kinds this system holds: `objectFor` names them, and null for all others. */
  readonly kinds: readonly CanonicalKind[];
  /** What to install before `seed`, into a system that has none of it. */
  readonly schema: readonly CrmObject[] | null;
  /** Fills the system, after the installation. */
  readonly seed: () => void | Promise<void>;
  /**
   * Records `seed` made. `total` must exceed one page of the vendor for the paging guarantee to mean
   * anything.
   */
  readonly read: { readonly object: string; readonly fields: readonly string[]; readonly total: number };
  /**
   * Moves the vendor's clock at least two seconds on, changes one record of `read.object` there and returns
   * its id.
   */
  readonly touch: (() => string | Promise<string>) | null;
  /** Deletes one record of `read.object` there and returns its id. */
  readonly remove: (() => string | Promise<string>) | null;
  readonly write: ContractWrites | null;
  /** Merges one record of `read.object` into another there. */
  readonly merge?: (() => Promise<{ readonly loser: string; readonly survivor: string }>) | null;
  /** A connector like the others that asks this gate. */
  readonly connectWith?: ((gate: CallGate) => Connector) | null;
  /** A credential the vendor refuses; `fix` is what the advice must name (`/client id/i`). */
  readonly wrongCredential: { readonly connect: () => Connector; readonly fix: RegExp } | null;
  /** Data and metadata calls the stand-in has counted so far, over all connectors. */
  readonly journal: (() => number) | null;
  readonly close: () => void | Promise<void>;
}

export interface ContractWrites {
  /** Updates of `read.object`: good fields for row `n`, and fields the vendor refuses with `code`. */
  readonly update: {
    readonly fields: (n: number) => RemoteFields;
    readonly refused: RemoteFields;
    readonly code: string;
  };
  /** Upserts: `key(n)` in `keyField` of `object`. */
  readonly upsert: {
    readonly object: string;
    readonly keyField: string;
    readonly key: (n: number) => string;
    readonly fields: (n: number) => RemoteFields;
    readonly refused: RemoteFields;
    readonly code: string;
  };
}
