import type { RemoteFields } from '#connectors/contract/records.ts';
import { applyOutbound } from '#mappings/engine/apply.ts';
import type { CompiledMapping, OutboundField } from '#mappings/engine/compile.ts';
import { isRefusal } from '#mappings/engine/refusal.ts';
import { audit } from '#src/db/people/audit-store.ts';
import type { Db } from '#src/db/client.ts';
import { addJobs } from '#src/db/jobs/job-store.ts';
import { linksOf, type RecordLink } from '#src/db/records/link-store.ts';
import { lockObject, remoteStates } from '#src/db/sync/remote-store.ts';
import { openConflictQuestions } from '#src/db/sync/resolution-store.ts';
import { saveShadows, shadowsOf, type FieldShadow } from '#src/db/sync/shadow-store.ts';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';
import type { CanonicalValue, CanonicalValues } from '#src/domain/record.ts';
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
  /** Our fields, as a person entered them: text is read as the mapping reads it, null empties. */
  readonly values: CanonicalValues;
  /**
   * What these fields said when the person saw them, canonical. One that says something else by now is not
   * overwritten.
   */
  readonly seen: CanonicalValues;
  readonly personId: string;
}

export interface EditResult {
  /** Fields that say something else now. */
  readonly changed: readonly string[];
}

/** Where a record lives, and what may be changed of it there. */
interface Place {
  readonly link: RecordLink;
  readonly mapping: CompiledMapping;
}

/**
 * A person changes fields that may be changed on either side. Ours changes at once; the CRM is told by a job
 * put out in the same transaction, and the shadow remembers what the person saw, so that somebody's change of
 * the same field meanwhile is noticed: one that has arrived here is told to the person, who alone knows
 * whether the edit still stands; one that has not is merged.
 *
 * @throws AppError `bad_request` naming the field and the fix, `not_found`, `conflict` naming a field that
 * says something else than what the person saw, or on which a person is asked
 */
export async function editRecord(
  deps: Deps,
  { kind, id, values, seen, personId }: EditInput,
): Promise<EditResult> {
  const places = await placesOf(deps, kind, id);
  const fields = Object.keys(values).map((field) => twoWayField(places, kind, field));
  for (const { local } of fields) requireSeen(seen, local);
  const wanted = readValues(places, values);
  const changed = await deps.db.transaction(async (tx) => {
    // In one order everywhere: two edits of a record that lives in two CRMs must not wait for each other.
    for (const { link } of places) await lockObject(tx, link.connectionId, link.object);
    const before = (await canonicalRecords(tx, kind, [id])).get(id);
    if (!before || before.deleted)
      throw new AppError('not_found', `There is no such ${kind} any more.`, { id });
    const different = fields.filter(
      ({ local, type }) => !sameValue(before.values[local] ?? null, wanted[local] ?? null, type),
    );
    if (different.length === 0) return [];
    for (const field of different)
      refuseIfMoved(field, seen[field.local] ?? null, before.values[field.local] ?? null);
    const names = different.map((field) => field.local);
    for (const place of places) await keepEdits(deps, tx, place, { id, names, before: before.values });
    const after = Object.fromEntries(names.map((name) => [name, wanted[name] ?? null]));
    await saveCanonicalRecord(tx, kind, id, after);
    const at = deps.clock();
    // The trail cannot be rewritten, and the values may be somebody's: they are told by what was written,
    // which can be erased.
    const kept = { before: null, after: { fields: names }, reason: null };
    await audit(
      tx,
      [{ actorId: personId, action: `${kind}.edited`, subjectKind: kind, subjectId: id, ...kept }],
      at,
    );
    await queueWriteBack(deps, tx, kind, id);
    return names;
  });
  if (changed.length > 0) await relaySoon(deps);
  return { changed };
}

/** Puts out the job that writes an edited record, in the transaction of what makes it necessary. */
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
    throw new AppError('not_found', `There is no such ${kind} in a CRM. It may have been deleted there.`, {
      id,
    });
  const places: Place[] = [];
  for (const link of links) {
    const connection = await requireConnection(deps, link.connectionId);
    const mapping = await tryMapping(deps, connection, { kind, runId: null });
    if (!mapping)
      throw new AppError(
        'conflict',
        `What ${connection.name} can hold is not known at the moment. Open Connections, mend it, and try again.`,
        {
          connectionId: connection.id,
        },
      );
    places.push({ link, mapping });
  }
  return places;
}

/** @throws AppError `bad_request` when there is no such field, or it is one side's alone */
function twoWayField(places: readonly Place[], kind: EditableKind, field: string): OutboundField {
  for (const { mapping } of places) {
    const found = mapping.twoWay.find((one) => one.local === field);
    if (found && isEditableField(kind, field)) return found;
  }
  const twoWay = new Set(places.flatMap(({ mapping }) => mapping.twoWay.map((one) => one.local)));
  const known = [...twoWay].filter((name) => isEditableField(kind, name)).join(', ');
  throw new AppError(
    'bad_request',
    `"${field}" of ${kind === 'registration' ? 'a' : 'an'} ${kind} cannot be changed here. These can: ${known || 'none'}.`,
    { field },
  );
}

/** @throws AppError `bad_request`: who does not say what they saw would overwrite what they did not see */
function requireSeen(seen: CanonicalValues, field: string): void {
  if (seen[field] !== undefined) return;
  throw new AppError(
    'bad_request',
    `Say under "seen" what ${field} said when you read it; null if it was empty.`,
    { field },
  );
}

/**
 * @throws AppError `conflict` when somebody, here or in the CRM, has changed the field since the person saw
 * it
 */
function refuseIfMoved({ local, type }: OutboundField, seen: CanonicalValue, now: CanonicalValue): void {
  if (sameValue(seen, now, type)) return;
  const says = now === null || now === '' ? 'is empty by now' : `says "${String(now)}" by now`;
  throw new AppError(
    'conflict',
    `${local} ${says}: somebody changed it meanwhile. Look at it again, and change it from there if need be.`,
    {
      field: local,
    },
  );
}

const twoWayOnly = (mapping: CompiledMapping): CompiledMapping => ({ ...mapping, outbound: mapping.twoWay });

/** The values as they will be read back from each CRM; what one of them could not hold whole is refused. */
function readValues(places: readonly Place[], values: CanonicalValues): CanonicalValues {
  const read: Record<string, CanonicalValue> = {};
  for (const { mapping } of places) {
    // Lines that only write are planned once it is kept: what becomes of them is no reason to refuse it.
    const { fields, problems } = applyOutbound(twoWayOnly(mapping), values);
    const [problem] = problems;
    if (problem)
      throw new AppError('bad_request', `${problem.field}: ${problem.message} ${problem.fix}`, {
        field: problem.field,
      });
    for (const { local, remote, read: asRead } of mapping.twoWay) {
      const value = fields[remote] === undefined ? undefined : asRead(fields[remote]);
      if (value !== undefined && !isRefusal(value)) read[local] = value;
    }
  }
  return read;
}

interface Edit {
  readonly id: string;
  readonly names: readonly string[];
  readonly before: CanonicalValues;
}

async function keepEdits(
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
      `The CRM and Fairway disagree about ${question}. Answer that under Conflicts first.`,
      {
        field: question,
      },
    );
  const known: FieldShadow =
    (await shadowsOf(tx, connectionId, object, [extId])).get(extId)?.shadow ?? emptyShadow();
  const seen = {
    ...applyOutbound(twoWayOnly(mapping), before).fields,
    ...(await blankThere(tx, { link, mapping }, { id, names, before })),
  };
  const edited = mapping.twoWay
    .filter(({ local }) => names.includes(local))
    .reduce((shadow, field) => {
      const names = { ours: field.local, theirs: field.remote };
      return withEdit(shadow, names, { before: seen[field.remote] ?? null, at: deps.clock() });
    }, known);
  await saveShadows(tx, connectionId, object, new Map([[extId, edited]]));
}

/**
 * Edited fields in which the person saw a default of ours because theirs is blank. Agreed is the blank: taken
 * for agreed, the default would make it look as if somebody had emptied the field in the CRM.
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
  const standing = states.find(({ extId }) => extId === link.extId)?.fields ?? {};
  const blank = defaulted.filter(({ remote, read }) => {
    const theirs = read(standing[remote]);
    return !isRefusal(theirs) && isBlank(theirs);
  });
  return Object.fromEntries(blank.map(({ remote }) => [remote, null]));
}
