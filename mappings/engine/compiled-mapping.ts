import type {
  CanonicalKind,
  CanonicalValue,
  CanonicalValues,
  ExtraField,
  FieldType,
} from '#src/domain/record.ts';
import type { Policy } from '#src/domain/sync/merge.ts';
import type { Step } from './pipeline.ts';
import type { Refusal } from './refusal.ts';
import type { Read, RemoteType, Write } from './transforms/definition.ts';

/** The description of a vendor's object that the engine needs. */
export interface RemoteShape {
  readonly object: string;
  /** The time zone in which an instant is a day. Absent: UTC. */
  readonly timeZone?: string;
  readonly recordTypes?: RecordTypeShapes;
  readonly fields: readonly RemoteFieldShape[];
}

/** The types of the vendor's records, and the values that each of them offers in some picklists. */
export interface RecordTypeShapes {
  /** The remote field with the id of a record's type. */
  readonly field: string;
  readonly types: readonly {
    readonly id: string;
    readonly name: string;
    readonly values: Readonly<Record<string, readonly string[]>>;
  }[];
}

export interface RemoteFieldShape {
  readonly name: string;
  readonly type: RemoteType;
  readonly length?: number;
  readonly scale?: number;
  readonly values?: readonly string[];
  /** Several values at once, separated by semicolons in any order. */
  readonly multiple?: true;
  readonly required: boolean;
  readonly createable: boolean;
  readonly updateable: boolean;
}

export type RemoteRecordFields = Readonly<Record<string, unknown>>;

/** A combination of several fields: `sources` in order, and the function that combines their values. */
export interface Gathering<From, Result> {
  readonly name: string;
  readonly sources: readonly string[];
  /** Undefined if a source is not given. */
  readonly gather: (from: From) => Result | Refusal | undefined;
  /** Set if the value comes from the referenced record. */
  readonly related?: RelatedField;
}

/** A field of the record that one of the vendor's fields refers to. */
export interface RelatedField {
  readonly remote: string;
  /** The kind of the referenced record. */
  readonly kind: CanonicalKind;
  readonly field: string;
}

export interface InboundField {
  readonly local: string;
  readonly remote: string;
  readonly required: boolean;
  /** The most characters of its value. */
  readonly longest: number;
  /** The last day of a date or an instant, as `YYYY-MM-DD`. Null for other types. */
  readonly latest: string | null;
  readonly read: Read;
  /** Set if several remote fields are combined. `read` then receives the result. */
  readonly gathering: Gathering<RemoteRecordFields, CanonicalValue> | null;
  /** The canonical value for a blank remote value. Null if there is no default. */
  readonly fallback: CanonicalValue;
  /** The steps of `read`. */
  readonly steps: readonly Step[];
}

/** The choices of a picklist with several values. */
export const choicesIn = (value: string): readonly string[] =>
  value
    .split(';')
    .map((choice) => choice.trim())
    .filter((choice) => choice !== '');

export interface OutboundField {
  readonly local: string;
  readonly remote: string;
  readonly type: FieldType;
  readonly required: boolean;
  /** The side that wins if both changed the field. Always `fairway` for a field that is only written. */
  readonly policy: Policy;
  readonly write: Write;
  /** Reads the vendor's current value, to compare it with the value to write. */
  readonly read: Read;
  /** The maximum number of characters. Null if there is no limit. */
  readonly length: number | null;
  /** The most decimals of a number. Null if there is no limit. */
  readonly scale: number | null;
  /** A code that is too long is refused; prose is shortened. */
  readonly contentKind: 'code' | 'prose';
  /** The choices of the vendor's picklist. Null if it is not a picklist. */
  readonly values: ReadonlySet<string> | null;
  /** The choices of the picklist for records of each type that limits them, by the id of the type. */
  readonly choicesByType: ReadonlyMap<
    string,
    { readonly name: string; readonly values: ReadonlySet<string> }
  >;
  /** True if several choices may be written at once. */
  readonly multiple: boolean;
  /** Set if several canonical fields are combined. `write` then receives the result. */
  readonly gathering: Gathering<CanonicalValues, CanonicalValue> | null;
  readonly steps: readonly Step[];
  readonly target: RemoteType;
}

/** The condition for the vendor's records that a mapping applies to. */
export interface RecordFilter {
  readonly cel: string;
  /** The remote fields that it uses. */
  readonly sources: readonly string[];
  readonly passes: (record: RemoteRecordFields) => boolean | Refusal;
}

/** A pack that was checked against one org and can be applied to any number of records. */
export interface CompiledMapping {
  readonly system: string;
  readonly object: string;
  readonly kind: CanonicalKind;
  readonly version: number;
  readonly inbound: readonly InboundField[];
  /** All fields that may be written, including those with direction `both`. */
  readonly outbound: readonly OutboundField[];
  /** The fields of `outbound` with direction `both`. */
  readonly twoWay: readonly OutboundField[];
  readonly filter?: RecordFilter;
  /** The remote field with the id of a record's type, if the type limits what may be written. */
  readonly recordTypeField?: string;
  /** Canonical fields that match a record without a link with an existing one. May be empty. */
  readonly match: readonly string[];
  /** The custom fields of this kind. */
  readonly extra: readonly ExtraField[];
  /** Absent when the mapping does not create records. */
  readonly creation?: Creation;
  /** Canonical fields that a live mapping skips because the org changed. */
  readonly skippedFields?: readonly string[];
}

/** How Fairway creates records of an object that it otherwise reads. */
export interface Creation {
  /** Lines that are written once, into a new record. */
  readonly lines: readonly OutboundField[];
  /** The vendor's fields with the values that every new record gets. */
  readonly values: Readonly<Record<string, string | number | boolean>>;
  /** Why no record can be created in this org. */
  readonly problems: readonly MappingProblem[];
}

export interface MappingProblem {
  /** The path in the pack, such as `fields[3].transform`. Empty for the whole pack. */
  readonly path: string;
  /** The canonical field, or the remote field if no canonical field is affected. */
  readonly field: string;
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

export type Compilation =
  | { readonly ok: true; readonly mapping: CompiledMapping; readonly warnings: readonly MappingProblem[] }
  | {
      readonly ok: false;
      readonly problems: readonly MappingProblem[];
      readonly warnings: readonly MappingProblem[];
    };
