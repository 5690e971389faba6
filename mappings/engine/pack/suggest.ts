import { canonicalFields, extraPrefix, fieldsOf } from '#src/domain/record.ts';
import type { CanonicalKind, ExtraField, FieldType } from '#src/domain/record.ts';
import { distance } from 'fastest-levenshtein';
import type { RemoteFieldShape } from '#mappings/engine/compiled-mapping.ts';
import { schemaField } from '#mappings/engine/field-schema.ts';
import type { MappingPack } from './pack.ts';
import { areRecordIds, isIdentifier, valueEvidence, type ValueEvidence } from './value-evidence.ts';
import { isRefusal } from '#mappings/engine/refusal.ts';
import { buildTransform, defaultTransform } from '#mappings/engine/transform.ts';
import type { ValueSpec } from '#mappings/engine/transform.ts';
import { textual } from '#mappings/engine/transforms/definition.ts';

/** A vendor's object with the labels of its fields, from its description. */
export interface LabelledShape {
  readonly fields: readonly (RemoteFieldShape & { readonly label?: string })[];
}

/** A possible line for a remote field that is not mapped yet. */
export interface Suggestion {
  readonly remote: string;
  /** The canonical field. Null if a custom field would have to be declared. */
  readonly local: string | null;
  readonly newField: ExtraField | null;
  readonly transform: ValueSpec | null;
  /** 0 to 1. Canonical fields are suggested from 0.5 on. */
  readonly confidence: number;
  /** The reason for the suggestion, as a sentence. */
  readonly reason: string;
}

const minConfidence = 0.5;

/**
 * Suggests lines for the remote fields that a pack does not map yet: a canonical field that is still free or,
 * for a field the customer added, a new custom field. Names and labels are compared by their words; types, sample
 * values and, for an identifier, their uniqueness must fit. Ids of records and fields that the CRM itself fills,
 * such as formulas and system fields, are never suggested. The best comes first, and each canonical field is
 * suggested at most once.
 *
 * @param samples records as fetched from the vendor; a few dozen are enough
 */
export function suggestMatches(
  pack: MappingPack,
  description: LabelledShape,
  samples: readonly Readonly<Record<string, unknown>>[] = [],
): readonly Suggestion[] {
  const mapped = new Set(pack.fields.map(({ remote }) => remote));
  const filled = new Set(pack.fields.map(({ local }) => local));
  const open = Object.entries(fieldsOf(pack.kind, pack.extra)).filter(
    ([name, { owner }]) => owner === 'remote' && !filled.has(name),
  );
  const ours = open.map(([name, { type }]) => ({
    name,
    type,
    words: wordsOf(name),
    labels: labelsOf(pack.kind, name),
  }));
  const free = description.fields.filter(
    (field) =>
      !mapped.has(field.name) && isFilledByPeople(field) && !areRecordIds(valuesIn(samples, field.name)),
  );
  const candidates = free.flatMap((field) => {
    const values = valuesIn(samples, field.name);
    return ours.flatMap((local) => compare(field, local, values) ?? []);
  });
  const matches = bestOfEach(candidates.toSorted((a, b) => b.confidence - a.confidence));
  const matched = new Set(matches.map(({ remote }) => remote));
  const others = free.filter((field) => !matched.has(field.name) && isCustom(field.name));
  return [...matches, ...newFields(others, pack, samples)];
}

/** False for record ids, formulas, roll-ups, numbers that count up, and other fields that the CRM fills itself. */
const isFilledByPeople = ({ createable, updateable }: RemoteFieldShape): boolean => createable || updateable;

interface OurField {
  readonly name: string;
  readonly type: FieldType;
  readonly words: readonly string[];
  readonly labels: readonly (readonly string[])[];
}

/** Words in field names and the word we use for the same thing. */
const synonyms: Readonly<Record<string, string>> = {
  zip: 'postcode',
  postal: 'postcode',
  postalcode: 'postcode',
  plz: 'postcode',
  website: 'domain',
  web: 'domain',
  url: 'domain',
  homepage: 'domain',
  telephone: 'phone',
  tel: 'phone',
  mobile: 'phone',
  fone: 'phone',
  mail: 'email',
  emailaddress: 'email',
  company: 'account',
  organisation: 'account',
  organization: 'account',
  deal: 'opportunity',
  opp: 'opportunity',
  vat: 'vat',
  tax: 'vat',
  ustid: 'vat',
  reseller: 'partner',
  channel: 'partner',
  surname: 'last',
  family: 'family',
  given: 'first',
  forename: 'first',
  sku: 'code',
  article: 'code',
  number: 'number',
  no: 'number',
  nr: 'number',
  num: 'number',
  state: 'region',
  province: 'region',
  county: 'region',
  value: 'amount',
  sum: 'amount',
  total: 'amount',
  town: 'city',
  ort: 'city',
  nation: 'country',
  closing: 'close',
  closed: 'close',
};
/** Words that carry no meaning in field names. */
const noise = new Set([
  'c',
  'custom',
  'field',
  'the',
  'of',
  'hs',
  'billing',
  'fairway',
  'r',
  'p',
  'pc',
  'is',
  'a',
]);

/** `Partner_Tier_Code__c`, `partnerTierCode` and "Partner tier code" have the same words. */
function wordsOf(name: string): readonly string[] {
  const spaced = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '');
  const words = spaced.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return words.filter((word) => word !== '' && !noise.has(word)).map((word) => synonyms[word] ?? word);
}

function labelsOf(kind: CanonicalKind, name: string): readonly (readonly string[])[] {
  const schema = schemaField(kind, name);
  return schema ? [wordsOf(schema.label)] : [];
}

/** Words that say which sort of value a field has. Alone, they do not make two fields similar. */
const generic = new Set(['id', 'name', 'number', 'code', 'date', 'type', 'at', 'key', 'value', 'status']);

/**
 * The similarity of two lists of words, 0 to 1: the share of common words, where one letter in five may
 * differ. Lists that are not equal need a common word that is not generic.
 */
function similarity(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  if (a.join('') === b.join('')) return 1;
  const shared = a.filter((word) => b.some((other) => isSimilar(word, other)));
  if (shared.every((word) => generic.has(word))) return 0;
  return (2 * shared.length) / (a.length + b.length);
}

function isSimilar(a: string, b: string): boolean {
  if (a === b) return true;
  const longest = Math.max(a.length, b.length);
  return longest >= 5 && Math.abs(a.length - b.length) <= longest / 5 && distance(a, b) <= longest / 5;
}

function compare(
  field: LabelledShape['fields'][number],
  ours: OurField,
  values: readonly unknown[],
): Suggestion | null {
  const goals = [ours.words, ...ours.labels];
  const byName = Math.max(...goals.map((words) => similarity(wordsOf(field.name), words)));
  const byLabel = field.label
    ? Math.max(...goals.map((words) => similarity(wordsOf(field.label ?? ''), words)))
    : 0;
  const name = Math.max(byName, byLabel);
  if (name < minConfidence) return null;
  const fit = fittingTransform(field, ours, values);
  if (!fit) return null;
  // Half of a name is not enough for an identifier without sample values.
  if (name < 1 && fit.read === null && isIdentifier(ours.name) && !isNamedIdentifier(field)) return null;
  const source = byName >= byLabel ? `Its name "${field.name}"` : `Its label "${field.label}"`;
  const relation = name === 1 ? `matches ${ours.name}` : `is similar to ${ours.name}`;
  const bySamples = fit.read === null ? '' : `; ${fit.read.good} of ${fit.read.of} sample values can be read`;
  const evidence = fit.read === null ? 0.9 : 0.6 + (0.4 * fit.read.good) / fit.read.of;
  const confidence = Math.round(name * evidence * 100) / 100;
  if (confidence < minConfidence) return null;
  const reason = `${source} ${relation}, and it is a ${field.type} field${bySamples}.`;
  return {
    remote: field.name,
    local: ours.name,
    newField: null,
    transform: fit.transform,
    confidence,
    reason: reason,
  };
}

const selfExplaining = new Set(['vat', 'duns', 'lei']);

/** True when the field's name or label says that it is an identifier. */
function isNamedIdentifier({ name, label = '' }: LabelledShape['fields'][number]): boolean {
  return [...wordsOf(name), ...wordsOf(label)].some(
    (word) => selfExplaining.has(word) || (generic.has(word) && word !== 'name'),
  );
}

/** Transforms other than the one of the type, by a word in the name of the canonical field. */
const specialTransforms: Readonly<Record<string, ValueSpec>> = {
  domain: { name: 'domain' },
  country: { name: 'country' },
  email: { name: 'email' },
  currency: { name: 'upper' },
};

interface Fit {
  /** Null: the transform of the type. */
  readonly transform: ValueSpec | null;
  /** The number of sample values that it can read. Null without sample values. */
  readonly read: ValueEvidence | null;
}

function fittingTransform(field: RemoteFieldShape, ours: OurField, values: readonly unknown[]): Fit | null {
  const word = ours.words.find((found) => Object.hasOwn(specialTransforms, found));
  const spec = (word === undefined ? undefined : specialTransforms[word]) ?? null;
  const transform = buildTransform(spec ?? defaultTransform(ours.type));
  // Every type can be read as a text, so that is no evidence.
  if (ours.type === 'text' && !textual.includes(field.type)) return null;
  if (!transform.fills.includes(ours.type) || !transform.readsFrom.includes(field.type)) return null;
  if (values.length === 0) return { transform: spec, read: null };
  const read = valueEvidence(ours.name, values, (value) => !isRefusal(transform.read(value)));
  return read && { transform: spec, read };
}

function valuesIn(samples: readonly Readonly<Record<string, unknown>>[], name: string): readonly unknown[] {
  return samples
    .map((record) => record[name])
    .filter((value) => value !== null && value !== undefined && value !== '');
}

/** Takes the best first and uses each remote and each canonical field once. */
function bestOfEach(candidates: readonly Suggestion[]): Suggestion[] {
  const used = new Set<string>();
  return candidates.filter(({ remote, local }) => {
    if (used.has(`theirs ${remote}`) || used.has(`ours ${local}`)) return false;
    used.add(`theirs ${remote}`).add(`ours ${local}`);
    return true;
  });
}

/**
 * Guesses from its name whether the customer added a field. Some CRMs end such names with `__c`; in others a
 * name without a prefix of the vendor is the best sign.
 */
function isCustom(name: string): boolean {
  if (/^fairway_/i.test(name)) return false;
  return name.endsWith('__c') || !/^(hs_|Is|assoc:|System|Last|Created|Master)/.test(name);
}

const extraTypes: Readonly<Record<RemoteFieldShape['type'], ExtraField['type'] | null>> = {
  text: 'text',
  picklist: 'text',
  number: 'decimal',
  boolean: 'boolean',
  date: 'date',
  datetime: 'instant',
  reference: null,
};

function newFields(
  fields: LabelledShape['fields'],
  pack: MappingPack,
  samples: readonly Readonly<Record<string, unknown>>[],
): Suggestion[] {
  const usedNames = new Set([
    ...Object.keys(canonicalFields[pack.kind]),
    ...(pack.extra ?? []).map(({ name }) => name),
  ]);
  return fields.flatMap((field): Suggestion[] => {
    const type = extraTypes[field.type];
    const filled = valuesIn(samples, field.name).length;
    if (type === null || (samples.length > 0 && filled === 0)) return [];
    const name = freeName(field, usedNames);
    if (name === null) return [];
    usedNames.add(name);
    const use =
      samples.length > 0
        ? `${filled} of ${samples.length} sample records have a value`
        : 'no Fairway field is similar';
    const newField = { name, label: (field.label ?? field.name).trim().slice(0, 80) || name, type };
    const confidence = samples.length > 0 ? Math.round((0.3 * filled * 100) / samples.length) / 100 : 0.1;
    const reason = `It could be a custom field, ${extraPrefix}${name}: ${use}.`;
    return [{ remote: field.name, local: null, newField, transform: null, confidence, reason }];
  });
}

/** A free name in camelCase for a custom field. Null if the field's name has no usable letters. */
function freeName(
  { name, label }: LabelledShape['fields'][number],
  usedNames: ReadonlySet<string>,
): string | null {
  const words = (label ?? name.replace(/__c$/, ''))
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .split(' ');
  const joined = words
    .map((word, n) =>
      n === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1).toLowerCase(),
    )
    .join('');
  const base = joined.replace(/^\d+/, '').slice(0, 50);
  if (!/^[a-z]/.test(base)) return null;
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? base : `${base}${n}`;
    if (!usedNames.has(candidate)) return candidate;
  }
}
