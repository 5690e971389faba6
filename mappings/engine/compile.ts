import { crmSchema } from '#src/domain/crm-schema.ts';
import type { CrmField } from '#src/domain/crm-schema.ts';
import { fieldsOf } from '#src/domain/record.ts';
import type { CanonicalField, CanonicalKind, FieldType } from '#src/domain/record.ts';
import type { Policy } from '#src/domain/sync/merge.ts';
import { nearest } from './nearest.ts';
import type { MappedField, MappingPack } from './pack.ts';
import { isMisfit, pipeline } from './pipeline.ts';
import type { Pipeline } from './pipeline.ts';
import { defaultTransform } from './transform.ts';
import { isCombination } from './transforms/combination.ts';
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

export interface InboundField {
  readonly local: string;
  readonly remote: string;
  readonly required: boolean;
  readonly read: Read;
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
}

export interface MappingProblem {
  /** Our field, or the remote one when none of ours is concerned. */
  readonly field: string;
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

export type Compilation =
  | { readonly ok: true; readonly mapping: CompiledMapping; readonly warnings: readonly MappingProblem[] }
  | { readonly ok: false; readonly problems: readonly MappingProblem[] };

/** Characters a text field holds when the schema says nothing. */
const defaultTextLength = 255;
const longTextLength = 32_000;

/** Checks a pack against what an org really has, once, so that applying it to a record needs no checks but the values'. */
export function compileMapping(pack: MappingPack, shape: RemoteShape): Compilation {
  const remote = new Map(shape.fields.map((field) => [field.name, field]));
  const findings: Findings = { problems: [], warnings: [] };
  const inbound: InboundField[] = [];
  const outbound: OutboundField[] = [];
  const twoWay: OutboundField[] = [];
  for (const field of pack.fields) {
    const fitted = fit(field, pack, remote, findings);
    if (!fitted) continue;
    if (field.direction !== 'out') inbound.push(inboundField(fitted));
    if (field.direction === 'in') continue;
    const written = outboundField(fitted, schemaField(pack.kind, field.local));
    outbound.push(written);
    if (field.direction === 'both') twoWay.push(written);
  }
  checkCoverage(pack, shape, findings);
  if (findings.problems.length > 0) return { ok: false, problems: findings.problems };
  const { system, object, kind, version } = pack;
  return { ok: true, mapping: { system, object, kind, version, inbound, outbound, twoWay }, warnings: findings.warnings };
}

interface Findings {
  readonly problems: MappingProblem[];
  readonly warnings: MappingProblem[];
}

interface Fitted {
  readonly field: MappedField;
  readonly canonical: CanonicalField;
  readonly target: RemoteFieldShape;
  readonly transform: Pipeline;
}

/** One line of the pack with both its ends found and its types checked, or null with the reason noted. */
function fit(field: MappedField, pack: MappingPack, remote: ReadonlyMap<string, RemoteFieldShape>, findings: Findings): Fitted | null {
  const known = fieldsOf(pack.kind, pack.extra);
  const canonical = Object.hasOwn(known, field.local) ? known[field.local] : undefined;
  if (!canonical) {
    const message = `${pack.kind} has no field "${field.local}".`;
    findings.problems.push({
      field: field.local,
      code: 'unknown_field',
      message,
      fix: suggestion(field.local, Object.keys(known), `${pack.kind} field`),
    });
    return null;
  }
  const target = remote.get(field.remote);
  if (!target) {
    findings[field.optional ? 'warnings' : 'problems'].push(missingRemote(field, pack, remote));
    return null;
  }
  const steps = (field.transform ?? [defaultTransform(canonical.type)]).filter((spec) => !isCombination(spec));
  const transform = pipeline(steps);
  if (isMisfit(transform)) return null;
  const fitted = { field, canonical, target, transform };
  const before = findings.problems.length;
  checkTypes(fitted, findings);
  if (field.direction !== 'in') checkWritable(fitted, schemaField(pack.kind, field.local), findings);
  return findings.problems.length === before ? fitted : null;
}

function missingRemote(field: MappedField, pack: MappingPack, remote: ReadonlyMap<string, RemoteFieldShape>): MappingProblem {
  const ours = schemaField(pack.kind, field.local) !== null;
  const meant = suggestion(field.remote, remote.keys(), 'remote field');
  const fix = ours ? `Install Fairway's fields on this connection. ${meant}` : meant;
  return {
    field: field.local,
    code: 'remote_field_missing',
    message: `${pack.object} has no field "${field.remote}", or the integration user may not see it.`,
    fix,
  };
}

function suggestion(name: string, candidates: Iterable<string>, what: string): string {
  const meant = nearest(name, candidates);
  return meant ? `Did you mean the ${what} "${meant}"?` : `Choose another ${what}, or remove this line.`;
}

function checkTypes({ field, canonical, target, transform }: Fitted, { problems }: Findings): void {
  const named = field.transform?.map(({ name }) => name).join(', ') ?? canonical.type;
  const add = (code: string, message: string, fix: string): number => problems.push({ field: field.local, code, message, fix });
  if (!transform.fills.includes(canonical.type)) {
    add(
      'transform_unfit',
      `The transform "${named}" gives ${transform.fills.join(' or ') || 'mixed types'}, but ${field.local} is ${canonical.type}.`,
      `Remove the transform, or use "${canonical.type}".`,
    );
    return;
  }
  if (field.direction !== 'out' && !transform.readsFrom.includes(target.type)) {
    add(
      'type_mismatch',
      `${field.remote} is a ${target.type} field; "${named}" reads ${transform.readsFrom.join(', ')}.`,
      `Map ${field.local} to a ${transform.readsFrom[0]} field.`,
    );
  }
  if (field.direction === 'in') return;
  if (!transform.write)
    add('one_way', `"${named}" can only read, so ${field.local} cannot be written to ${field.remote}.`, 'Set direction to "in".');
  else if (!transform.write.to.includes(target.type)) {
    add(
      'type_mismatch',
      `${field.remote} is a ${target.type} field; "${named}" writes ${transform.write.to.join(', ')}.`,
      `Map ${field.local} to a ${transform.write.to[0]} field.`,
    );
  }
}

function checkWritable({ field, target }: Fitted, schema: CrmField | null, { problems, warnings }: Findings): void {
  if (!target.updateable) {
    const fix = `Let the integration user edit ${field.remote}, or set direction to "in".`;
    problems.push({
      field: field.local,
      code: 'not_updateable',
      message: `${field.remote} cannot be changed by the integration user.`,
      fix,
    });
  }
  const needed = schema && textLength(schema);
  if (!needed || target.length === undefined || target.length >= needed) return;
  const message = `${field.remote} holds ${target.length} characters; ${field.local} may have ${needed}.`;
  const found = { field: field.local, code: 'too_short', message, fix: `Give ${field.remote} a length of ${needed}.` };
  (holds(schema) === 'code' ? problems : warnings).push(found);
}

/** What no single line shows: a field of ours nothing fills, and a field of theirs that a new record needs. */
function checkCoverage(pack: MappingPack, shape: RemoteShape, { problems, warnings }: Findings): void {
  const there = new Set(shape.fields.map((field) => field.name));
  const readable = pack.fields.filter((field) => field.direction !== 'out' && (there.has(field.remote) || !field.optional));
  const reads = new Set(readable.map((field) => field.local));
  if (pack.fields.some((field) => field.direction !== 'out')) {
    for (const [field, { required }] of Object.entries(fieldsOf(pack.kind))) {
      if (!required || reads.has(field)) continue;
      problems.push({
        field,
        code: 'required_unmapped',
        message: `Every ${pack.kind} needs "${field}", and nothing is mapped to it.`,
        fix: `Add a line that reads "${field}".`,
      });
    }
    return;
  }
  const written = new Set(pack.fields.map((field) => field.remote));
  for (const { name, required, createable } of shape.fields) {
    if (!required || !createable || written.has(name)) continue;
    warnings.push({
      field: name,
      code: 'remote_required_unmapped',
      message: `${pack.object} requires ${name}, and nothing is written to it.`,
      fix: `Map a field to ${name}, or make it optional in the CRM.`,
    });
  }
}

function schemaField(kind: CanonicalKind, local: string): CrmField | null {
  return crmSchema.find((object) => object.kind === kind)?.fields.find((field) => field.name === local) ?? null;
}

function textLength(schema: CrmField): number | null {
  if (schema.type === 'longText') return longTextLength;
  return schema.type === 'text' ? (schema.length ?? defaultTextLength) : null;
}

/** A field declared shorter than usual, or a key, holds something that means nothing, or something else, when it is cut. */
function holds(schema: CrmField | null): 'code' | 'prose' {
  const prose = schema === null || (!schema.key && (textLength(schema) ?? 0) >= defaultTextLength);
  return prose ? 'prose' : 'code';
}

function inboundField({ field, canonical, transform }: Fitted): InboundField {
  return { local: field.local, remote: field.remote, required: (field.required || canonical.required) ?? false, read: transform.read };
}

/** Only called for a line that passed `checkTypes`, where a one-way transform is refused. */
function outboundField({ field, canonical, target, transform }: Fitted, schema: CrmField | null): OutboundField {
  const write = transform.write?.as(target.type);
  if (!write) throw new TypeError(`${field.local} has no way out`);
  const isText = target.type === 'text';
  const values = target.type === 'picklist' && target.values ? new Set(target.values) : null;
  return {
    local: field.local,
    remote: field.remote,
    type: canonical.type,
    // What no record may be without must not be emptied by us either.
    required: (field.required || (field.direction === 'both' && canonical.required)) ?? false,
    policy: field.policy ?? (field.direction === 'out' ? 'fairway' : 'crm'),
    write,
    read: transform.read,
    length: isText ? (target.length ?? null) : null,
    holds: holds(schema),
    values,
  };
}
