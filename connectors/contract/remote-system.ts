import type { CanonicalKind } from '#src/domain/record.ts';
import type { BudgetWindow, CallGate, Limits } from './limits.ts';
import type { Outbound, ResolveOutbound } from './outbound.ts';
import type { ObjectDescription, PullPage, PullRequest, RemoteFields, RemoteRecord } from './records.ts';
import type { TokenVault } from './tokens.ts';

/**
 * A short name for a vendor's system, as in a mapping pack's `system`. `connectors/registry.ts` lists them.
 */
export type SystemKind = string;

/** The input of a connector. Secrets arrive decrypted, live only in memory, and are never logged. */
export interface ConnectorInput {
  readonly settings: RemoteFields;
  readonly secrets: Readonly<Record<string, string>>;
  readonly now: () => Date;
  readonly gate: CallGate;
  /** The only way to call the vendor. */
  readonly outbound: Outbound;
  /** Checks the address of a server that is not called over HTTP. */
  readonly resolve: ResolveOutbound;
  readonly tokens: TokenVault;
}

export interface AccountCheck {
  /** The vendor's name of the account we are signed in to. */
  readonly account: string;
  readonly limits: Limits;
  /** Settings that the vendor reported, to be stored with the connection's other settings. */
  readonly discovered: RemoteFields;
}

/** One thing that Fairway needs or uses in the vendor's system, and whether it has it. */
export interface AccessCheck {
  /** Such as `field Account.Type`. */
  readonly about: string;
  /** `degraded`: Fairway works without it, and the message says how. `missing`: it does not. */
  readonly result: 'ok' | 'degraded' | 'missing';
  readonly message: string;
  /** What an admin does, with the page of the vendor's settings. Null when no action is needed. */
  readonly fix: string | null;
}

/** The common part of a CRM and an ERP: signing in, reading records, and counting calls. */
export interface RemoteSystem {
  readonly kind: SystemKind;
  /** The vendor's name of the object that holds a canonical kind. Null when this system has none. */
  objectFor(kind: CanonicalKind): string | null;
  /** Signs in and makes a cheap call. @throws ConnectorError with the vendor's answer and the fix */
  check(): Promise<AccountCheck>;
  describe(object: string): Promise<ObjectDescription>;
  /**
   * The system has no reliable stamps of changes, and reading costs no calls. Every read therefore returns
   * all records; a record that did not change is recognised by its values.
   */
  readonly alwaysReadsAll?: true;
  pull(request: PullRequest): AsyncIterable<PullPage>;
  /**
   * The current state of these records. A record that the vendor reports as gone comes with `deleted: true`.
   * A merged record also has `mergedInto`, and its survivor is added to the answer. An id that is absent from
   * the answer was purged or is hidden from us; that alone is no proof that the record is gone.
   */
  fetch(
    object: string,
    extIds: readonly string[],
    fields: readonly string[],
  ): Promise<readonly RemoteRecord[]>;
  limits(): Limits;
  /** The limits to assume before the vendor has reported its own. Empty where calls cost nothing. */
  windows(): readonly BudgetWindow[];
  /** HTTP calls this instance has made to the vendor's data and metadata API. Sign-ins are not counted. */
  calls(): number;
  close(): Promise<void>;
}

/** The text of a setting. Null when it is absent or no text. */
export function textSetting(settings: RemoteFields, name: string): string | null {
  const value = settings[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
