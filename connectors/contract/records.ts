import type { RemoteFailure } from './failures.ts';

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Values by the vendor's field name. */
export type RemoteFields = Readonly<Record<string, JsonValue>>;

/** A record of a CRM or an ERP, as the vendor returned it. */
export interface RemoteRecord {
  readonly extId: string;
  /**
   * Only the requested fields. A reference that the vendor does not store in a field has a pseudo-field, see
   * `describe`.
   */
  readonly fields: RemoteFields;
  /** The vendor's modification stamp, ISO 8601 UTC in the vendor's full precision. */
  readonly modifiedAt: string;
  readonly deleted: boolean;
  /** For a deleted record: the id of the record it was merged into. */
  readonly mergedInto?: string;
  /** For a record that was read from a file: its row. */
  readonly origin?: RecordOrigin;
}

/** A row of a file. */
export interface RecordOrigin {
  readonly file: string;
  readonly line: number;
  /** Rows that count later sort later, in the order of UTF-16 code units. */
  readonly position: string;
  /** The row before it with the same record and other values, in the same read. */
  readonly replaced?: { readonly file: string; readonly line: number; readonly fields: readonly string[] };
  /** What the row counts in the totals of its file; a credit memo is negative. A plain decimal. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** What was read from one file, for its receipt. */
export interface FileReading {
  readonly file: string;
  /** SHA-256 of its content, in hex. */
  readonly sha256: string;
  /** Rows with content, without the header. */
  readonly rows: number;
  readonly refusedRows: number;
  /** The first thousand refused rows; without a line when the whole file was refused. */
  readonly refused: readonly RefusedRow[];
  /** The net amounts of the rows that were read, by currency: plain decimals, credit memos subtracted. */
  readonly totals: Readonly<Record<string, string>>;
  /**
   * Whether the rows and totals are those that the ERP states with the file. `open`: rows were refused, so the
   * totals cannot be compared.
   */
  readonly control: 'not stated' | 'correct' | 'open' | 'wrong';
}

export interface RefusedRow {
  readonly line?: number;
  readonly code: string;
  readonly reason: string;
  readonly fix: string;
}

export interface RemoteField {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'number' | 'boolean' | 'date' | 'datetime' | 'picklist' | 'reference';
  readonly length?: number;
  /** The decimals of a number; a number with more is rounded by the vendor. Absent when there is no limit. */
  readonly scale?: number;
  /** Several values of a picklist at once, separated by semicolons. Their order means nothing. */
  readonly multiple?: true;
  /** Active picklist values, in the vendor's order. Absent unless `type` is `picklist`. */
  readonly values?: readonly string[];
  /** The vendor's names of the objects that a reference can point at. */
  readonly referenceTo?: readonly string[];
  readonly required: boolean;
  readonly createable: boolean;
  readonly updateable: boolean;
  /** No two records may hold the same value. */
  readonly unique?: true;
}

/** The types of an object's records, each with its own choice of the values of picklists. */
export interface RecordTypes {
  /** The field of a record that holds the id of its type. */
  readonly field: string;
  readonly types: readonly {
    readonly id: string;
    readonly name: string;
    /** The values that a record of this type may have, by field. Other fields are not limited. */
    readonly values: Readonly<Record<string, readonly string[]>>;
  }[];
}

export interface ObjectDescription {
  readonly object: string;
  readonly label: string;
  /** The time zone in which an instant of this account is a day, as IANA names it. Absent: UTC. */
  readonly timeZone?: string;
  /** Absent when all records may have the same values. */
  readonly recordTypes?: RecordTypes;
  /** References that the vendor stores outside the record appear as pseudo-fields of type `reference`. */
  readonly fields: readonly RemoteField[];
}

/**
 * Reads everything modified at or after `since`, deletions and merges included unless everything is read. Any
 * number of records may share one timestamp. After a crash, the read continues with the last page's `resume`
 * without loss.
 */
export interface PullRequest {
  readonly object: string;
  readonly fields: readonly string[];
  /** ISO 8601 UTC, inclusive. Null reads every record that exists. */
  readonly since: string | null;
  /** The `resume` of the page to continue after. Null for a new read. */
  readonly resume: string | null;
}

export interface PullPage {
  readonly records: readonly RemoteRecord[];
  /**
   * Continues the read after this page. Only the connector understands it; it is valid for at least a day.
   */
  readonly resume: string;
  /** The number of records the whole read will return. Null when the vendor does not count them. */
  readonly total: number | null;
  /** Our clock just before this page was requested. The page shows every write that was answered before. */
  readonly askedAt: Date;
  /**
   * The vendor's clock when it answered the first request of this pull. The next pull may start from here.
   */
  readonly serverTime: string;
  /**
   * Records that exist but could not be read, such as a malformed row of a file. The others are in the page.
   */
  readonly problems?: readonly RecordProblem[];
  /** The files that the records were read from, on the first page of a read. */
  readonly files?: readonly FileReading[];
}

export interface RecordProblem {
  /** A record id, or a place such as `invoices-2026-10.csv:17`. */
  readonly ref: string;
  readonly failure: RemoteFailure;
}
