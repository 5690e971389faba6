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

/** What the engine needs to know of a vendor's object. */
export interface RemoteShape {
  readonly object: string;
  readonly fields: readonly RemoteFieldShape[];
}

export interface RemoteFieldShape {
  readonly name: string;
  readonly type: RemoteType;
  readonly length?: number;
  readonly values?: readonly string[];
  readonly required: boolean;
  readonly createable: boolean;
  readonly updateable: boolean;
}

export type RemoteRecordFields = Readonly<Record<string, unknown>>;

/** Several fields put together: `sources` in order, and what becomes of their values. */
export interface Gathering<From, Result> {
  readonly name: string;
  readonly sources: readonly string[];
  /** Undefined: a source was not given, so nothing can be said. */
  readonly gather: (from: From) => Result | Refusal | undefined;
  /** It is not in the record, but in the one it points at. */
  readonly related?: RelatedField;
}

/** A field of the record that one of the vendor's fields points at. */
export interface RelatedField {
  readonly remote: string;
  /** Of the record pointed at. */
  readonly kind: CanonicalKind;
  readonly field: string;
}

export interface InboundField {
  readonly local: string;
  readonly remote: string;
  readonly required: boolean;
  readonly read: Read;
  /** Set when several remote fields are put together; `read` then takes the result on. */
  readonly gathering: Gathering<RemoteRecordFields, CanonicalValue> | null;
  /** Ours, when theirs is blank; null when there is none. */
  readonly fallback: CanonicalValue;
  /** What `read` does, one by one. */
  readonly steps: readonly Step[];
}

export interface OutboundField {
  readonly local: string;
  readonly remote: string;
  readonly type: FieldType;
  readonly required: boolean;
  /** Who wins when both sides changed it. Of a field that is only written: Fairway. */
  readonly policy: Policy;
  readonly write: Write;
  /** How a value that stands in the vendor's field compares with what we would write. */
  readonly read: Read;
  /** Characters; null when the vendor names no limit. */
  readonly length: number | null;
  /** A code is refused when it does not fit; prose is cut. */
  readonly holds: 'code' | 'prose';
  /** Picklist values the vendor knows; null when it takes any text. */
  readonly values: ReadonlySet<string> | null;
  /** Set when several fields of ours are put together; `write` then takes the result on. */
  readonly gathering: Gathering<CanonicalValues, CanonicalValue> | null;
  readonly steps: readonly Step[];
  readonly target: RemoteType;
}

/** Which of the vendor's records a mapping is about. */
export interface RecordFilter {
  readonly cel: string;
  /** Remote fields it looks at. */
  readonly sources: readonly string[];
  readonly passes: (record: RemoteRecordFields) => boolean | Refusal;
}

/** A pack that fits one org, ready to be applied to any number of records. */
export interface CompiledMapping {
  readonly system: string;
  readonly object: string;
  readonly kind: CanonicalKind;
  readonly version: number;
  readonly inbound: readonly InboundField[];
  /** What may be written, the fields that go both ways included. */
  readonly outbound: readonly OutboundField[];
  /** Those of `outbound` that people change on either side. */
  readonly twoWay: readonly OutboundField[];
  readonly filter?: RecordFilter;
  /** Fields of ours by which a record without a link finds one we have; empty unless the pack names some. */
  readonly match: readonly string[];
  /** The customer's own fields of this kind. */
  readonly extra: readonly ExtraField[];
  /** Fields of ours that a live mapping does without since the org changed. */
  readonly leftOut?: readonly string[];
}

export interface MappingProblem {
  /** Where in the pack: `fields[3].transform`; empty for the whole pack. */
  readonly path: string;
  /** Our field, or the remote one when none of ours is concerned. */
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
