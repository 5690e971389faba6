import type { RemoteFields } from '#connectors/contract/records.ts';
import { applyOutbound } from '#mappings/engine/apply.ts';
import type { CompiledMapping, OutboundField } from '#mappings/engine/compile.ts';
import { isRefusal } from '#mappings/engine/refusal.ts';
import { audit } from '#src/db/people/audit-store.ts';
import type { Db } from '#src/db/client.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import { linksOf, type RecordLink } from '#src/db/records/link-store.ts';
import { lockObject, remoteStates } from '#src/db/sync/remote-store.ts';
import { openConflictQuestions } from '#src/db/sync/conflict-store.ts';
import { saveShadows, shadowsOf, type FieldShadow } from '#src/db/sync/shadow-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import { latestDay, longestValue } from '#src/domain/record-limits.ts';
import {
  fieldsOf,
  type CanonicalKind,
  type CanonicalValue,
  type CanonicalValues,
} from '#src/domain/record.ts';
import { isBlank, sameValue } from '#src/domain/sync/same-value.ts';
import { emptyShadow, withEdit } from '#src/domain/sync/shadow.ts';
import { requireConnection, tryMapping } from '#src/operations/connections/use-connection.ts';
import {
  isEditableField,
  canonicalRecords,
  saveCanonicalRecord,
  type EditableKind,
} from '#src/operations/records/canonical-values.ts';
import { relaySoon } from '#src/operations/jobs/relay-jobs.ts';

export interface EditInput {
  readonly kind: EditableKind;
  readonly id: string;
  /** Fairway's fields as the person entered them. Text is parsed like a value from the CRM; null clears. */
  readonly values: CanonicalValues;
  /** The canonical values of these fields that the person has seen. A field that differs now is not changed. */
  readonly expectedValues: CanonicalValues;
  /** Null when Fairway itself puts values back. */
  readonly personId: string | null;
}

export interface EditResult {
  /** The fields whose value has changed. */
  readonly changed: readonly string[];
}

/** A record's link to one CRM, and the mapping there. */
interface Place {
  readonly link: RecordLink;
  readonly mapping: CompiledMapping;
}

/**
 * Changes two-way fields of a record. Fairway's record changes at once. A job, added in the same transaction,
 * writes the change to the CRM. The shadow keeps the value that the person has seen, so that a change of the
 * same field in the CRM is noticed: if Fairway has read that change already, the edit is refused, because only
 * the person knows whether it still applies; otherwise both changes are merged later.
 *
 * @throws AppError `bad_request` naming the field and the fix; `not_found`; `conflict` naming a field whose
 * value differs from the one the person has seen, or that has an open conflict
 */
export async function editRecord(deps: Deps, input: EditInput): Promise<EditResult> {
  const edited = await saveEdit(deps, input);
  if (edited.changed.length > 0) await relaySoon(deps);
  return edited;
}

/**
 * As `editRecord`, for a caller whose transaction is `deps.db`: the job waits in the outbox until the caller has
 * committed and relays it.
 */
export async function saveEdit(
  deps: Deps,
  { kind, id, values, expectedValues, personId }: EditInput,
): Promise<EditResult> {
  const places = await placesOf(deps, kind, id);
  const fields = Object.keys(values).map((field) => twoWayField(places, kind, field));
  for (const { local } of fields) requireExpected(expectedValues, local);
  const edited = readValues(places, values, await currentFields(deps.db, places, id));
  const changed = await deps.db.transaction(async (tx) => {
    // Always in the same order, so that two edits of a record with two links cannot block each other.
    for (const { link } of places) await lockObject(tx, link.connectionId, link.object);
    const before = (await canonicalRecords(tx, kind, [id])).get(id);
    if (!before || before.deleted) throw new AppError('not_found', `This ${kind} no longer exists.`, { id });
    const different = fields.filter(
      ({ local, type }) => !sameValue(before.values[local] ?? null, edited[local] ?? null, type),
    );
    if (different.length === 0) return [];
    for (const field of different)
      refuseIfChanged(field, expectedValues[field.local] ?? null, before.values[field.local] ?? null);
    const names = different.map((field) => field.local);
    for (const place of places) await saveEdits(deps, tx, place, { id, names, before: before.values });
    const after = Object.fromEntries(names.map((name) => [name, edited[name] ?? null]));
    await saveCanonicalRecord(tx, kind, id, after);
    const entry = {
      actorId: personId,
      action: `${kind}.edited`,
      subjectKind: kind,
      subjectId: id,
      // The audit trail cannot be changed, and the values may be personal data. The write intents have them,
      // and can be erased.
      before: null,
      after: { fields: names },
      reason: null,
    };
    await audit(tx, [entry], deps.clock());
    await queueWriteBack(deps, tx, kind, id);
    return names;
  });
  return { changed };
}

/** Adds the job that writes an edited record to its CRMs. Call it in the transaction of the edit. */
export async function queueWriteBack(deps: Deps, tx: Db, kind: EditableKind, id: string): Promise<void> {
  const payload = {
    accountIds: kind === 'account' ? [id] : [],
    opportunityIds: kind === 'opportunity' ? [id] : [],
    registrationIds: kind === 'registration' ? [id] : [],
    payoutBatchIds: [],
  };
  await addJobs(
    tx,
    [{ id: deps.ids(), runId: null, stage: null, name: 'write-back', payload }],
    deps.clock(),
  );
}

async function placesOf(deps: Deps, kind: EditableKind, id: string): Promise<readonly Place[]> {
  const links = await linksOf(deps.db, kind, id);
  if (links.length === 0)
    throw new AppError('not_found', `This ${kind} is in no CRM. It may have been deleted there.`, {
      id,
    });
  const places: Place[] = [];
  for (const link of links) {
    const connection = await requireConnection(deps, link.connectionId);
    const mapping = await tryMapping(deps, connection, { kind, runId: null });
    if (!mapping)
      throw new AppError(
        'conflict',
        `${connection.name} could not describe its fields. Open Connections, resolve its problems and try again.`,
        { connectionId: connection.id },
      );
    places.push({ link, mapping });
  }
  return places;
}

/** @throws AppError `bad_request` when there is no such field, or it is not a two-way field */
function twoWayField(places: readonly Place[], kind: EditableKind, field: string): OutboundField {
  for (const { mapping } of places) {
    const found = mapping.twoWay.find((one) => one.local === field);
    if (found && isEditableField(kind, field)) return found;
  }
  const twoWay = new Set(places.flatMap(({ mapping }) => mapping.twoWay.map((one) => one.local)));
  const known = [...twoWay].filter((name) => isEditableField(kind, name)).join(', ');
  throw new AppError(
    'bad_request',
    `"${field}" of ${kind === 'registration' ? 'a' : 'an'} ${kind} cannot be edited in Fairway. These fields can: ${known || 'none'}.`,
    { field },
  );
}

/** @throws AppError `bad_request` without the value that the person has seen: the edit could hide a change */
function requireExpected(expected: CanonicalValues, field: string): void {
  if (expected[field] !== undefined) return;
  throw new AppError(
    'bad_request',
    `Send under "expectedValues" the value of ${field} that you have read; null if it was empty.`,
    { field },
  );
}

/** @throws AppError `conflict` when somebody has changed the field since the person has seen it */
function refuseIfChanged(
  { local, type }: OutboundField,
  expected: CanonicalValue,
  now: CanonicalValue,
): void {
  if (sameValue(expected, now, type)) return;
  const value = now === null || now === '' ? 'is empty now' : `is "${String(now)}" now`;
  throw new AppError(
    'conflict',
    `${local} ${value}: somebody changed it meanwhile. Check the new value and edit it again if needed.`,
    { field: local },
  );
}

const twoWayOnly = (mapping: CompiledMapping): CompiledMapping => ({ ...mapping, outbound: mapping.twoWay });

/** The record as each CRM has it, where the type of the record limits its values there. */
async function currentFields(
  db: Db,
  places: readonly Place[],
  id: string,
): Promise<ReadonlyMap<Place, RemoteFields>> {
  const current = new Map<Place, RemoteFields>();
  for (const place of places) {
    if (place.mapping.recordTypeField === undefined) continue;
    const { connectionId, object, extId } = place.link;
    const states = await remoteStates(db, connectionId, object, [id]);
    current.set(place, states.find((state) => state.extId === extId)?.fields ?? {});
  }
  return current;
}

/** The values as each CRM will return them. @throws AppError `bad_request` for a value that a CRM cannot hold */
function readValues(
  places: readonly Place[],
  values: CanonicalValues,
  current: ReadonlyMap<Place, RemoteFields>,
): CanonicalValues {
  const read: Record<string, CanonicalValue> = {};
  for (const place of places) {
    const { mapping } = place;
    // Outbound-only lines are planned after the edit is saved; their problems are no reason to refuse it.
    const { fields, problems } = applyOutbound(twoWayOnly(mapping), values, current.get(place));
    const [problem] = problems;
    if (problem)
      throw new AppError('bad_request', `${problem.field}: ${problem.message} ${problem.fix}`, {
        field: problem.field,
      });
    for (const { local, remote, read: asRead } of mapping.twoWay) {
      const value = fields[remote] === undefined ? undefined : asRead(fields[remote]);
      if (value === undefined || isRefusal(value)) continue;
      refuseUnstorable(mapping.kind, local, value);
      read[local] = value;
    }
  }
  return read;
}

/** @throws AppError `bad_request` for a value that Fairway would not take from a CRM either */
function refuseUnstorable(kind: CanonicalKind, field: string, value: CanonicalValue): void {
  const longest = longestValue(kind, field);
  const type = fieldsOf(kind)[field]?.type;
  const isLate =
    (type === 'date' || type === 'instant') && typeof value === 'string' && value > `${latestDay}Z`;
  if (isLate) throw new AppError('bad_request', `${field}: enter a day up to ${latestDay}.`, { field });
  if (typeof value === 'string' && value.length > longest)
    throw new AppError('bad_request', `${field}: use at most ${longest} characters.`, { field });
}

interface Edit {
  readonly id: string;
  readonly names: readonly string[];
  readonly before: CanonicalValues;
}

/** Saves the edits in the shadow. @throws AppError `conflict` for a field with an open conflict */
async function saveEdits(
  deps: Deps,
  tx: Db,
  { link, mapping }: Place,
  { id, names, before }: Edit,
): Promise<void> {
  const { connectionId, object, extId } = link;
  const asked = (await openConflictQuestions(tx, connectionId, object, [extId])).get(extId);
  const question = names.find((name) => asked?.has(name));
  if (question !== undefined)
    throw new AppError(
      'conflict',
      `The CRM and Fairway have different values for ${question}. Resolve the conflict under Conflicts first.`,
      { field: question },
    );
  const known: FieldShadow =
    (await shadowsOf(tx, connectionId, object, [extId])).get(extId)?.shadow ?? emptyShadow();
  const bases = {
    ...applyOutbound(twoWayOnly(mapping), before).fields,
    ...(await blankThere(tx, { link, mapping }, { id, names, before })),
  };
  const edited = mapping.twoWay
    .filter(({ local }) => names.includes(local))
    .reduce((shadow, field) => {
      const names = { ours: field.local, theirs: field.remote };
      return withEdit(shadow, names, { before: bases[field.remote] ?? null, at: deps.clock() });
    }, known);
  await saveShadows(tx, connectionId, object, new Map([[extId, edited]]));
}

/**
 * The edited fields that show the mapping's default because they are blank in the CRM, as null. The blank is
 * their base; with the default as the base it would look as if somebody had cleared the field in the CRM.
 */
async function blankThere(
  tx: Db,
  { link, mapping }: Place,
  { id, names, before }: Edit,
): Promise<RemoteFields> {
  const fallbacks = new Map(mapping.inbound.map(({ local, fallback }) => [local, fallback]));
  const defaulted = mapping.twoWay.filter(({ local, type }) => {
    const fallback = fallbacks.get(local) ?? null;
    return names.includes(local) && fallback !== null && sameValue(before[local] ?? null, fallback, type);
  });
  if (defaulted.length === 0) return {};
  const states = await remoteStates(tx, link.connectionId, link.object, [id]);
  const inCrm = states.find(({ extId }) => extId === link.extId)?.fields ?? {};
  const blank = defaulted.filter(({ remote, read }) => {
    const theirs = read(inCrm[remote]);
    return !isRefusal(theirs) && isBlank(theirs);
  });
  return Object.fromEntries(blank.map(({ remote }) => [remote, null]));
}
