import { HubspotError, invalid } from '#sandbox/hubspot/errors.ts';
import { shouted, type ObjectType } from '#sandbox/hubspot/schema/object-types.ts';
import { removeRow, nextId, save, table, type Portal } from '#sandbox/hubspot/portal.ts';
import { findRecord } from './records.ts';
import { recordChange } from './record-change.ts';

/** A way in which records of one type may be associated with records of another, in one direction. */
export interface AssociationType {
  readonly typeId: number;
  readonly label: string | null;
  readonly category: 'HUBSPOT_DEFINED' | 'USER_DEFINED';
}

/** One associated record and all the types that hold between the two. */
export interface Association {
  readonly id: string;
  readonly typeIds: readonly number[];
}

const pair = (from: string, to: string): string => `${from}>${to}`;

export function associationTypes(
  portal: Portal,
  from: ObjectType,
  to: ObjectType,
): readonly AssociationType[] {
  return (
    table<{ types: readonly AssociationType[] }>(portal, 'association-type').get(
      pair(from.objectTypeId, to.objectTypeId),
    )?.types ?? []
  );
}

export function defineAssociation(portal: Portal, from: string, to: string, type: AssociationType): void {
  const known =
    table<{ types: readonly AssociationType[] }>(portal, 'association-type').get(pair(from, to))?.types ?? [];
  save(portal, 'association-type', pair(from, to), { types: [...known, type] });
}

/**
 * Lets two types be associated, both ways; nothing happens when they already can. Returns the type id from →
 * to.
 */
export function allowAssociation(portal: Portal, from: ObjectType, to: ObjectType): number {
  const known = associationTypes(portal, from, to).find((type) => type.label === null);
  if (known) return known.typeId;
  const typeId = nextId(portal, 'associationType');
  defineAssociation(portal, from.objectTypeId, to.objectTypeId, {
    typeId,
    label: null,
    category: 'USER_DEFINED',
  });
  defineAssociation(portal, to.objectTypeId, from.objectTypeId, {
    typeId: nextId(portal, 'associationType'),
    label: null,
    category: 'USER_DEFINED',
  });
  return typeId;
}

export function associationsOf(
  portal: Portal,
  from: ObjectType,
  id: string,
  to: ObjectType,
): readonly Association[] {
  return table<{ to: readonly Association[] }>(portal, collection(from, to)).get(id)?.to ?? [];
}

const collection = (from: ObjectType, to: ObjectType): string =>
  `association:${pair(from.objectTypeId, to.objectTypeId)}`;

export interface End {
  readonly type: ObjectType;
  readonly id: string;
}

/**
 * Associates two records both ways; a repeated call changes nothing. Does not move either record's
 * modification stamp: clients must not rely on a search by stamp to notice an association.
 * @param typeId null for the default, unlabelled type
 * @throws HubspotError when the type is not defined for the pair or a record is gone
 */
export function associate(portal: Portal, from: End, to: End, typeId: number | null): number {
  const types = associationTypes(portal, from.type, to.type);
  const chosen = types.find((type) => (typeId === null ? type.label === null : type.typeId === typeId));
  if (!chosen)
    throw invalid(
      `No association type ${typeId ?? 'default'} exists between ${shouted(from.type)} and ${shouted(to.type)}`,
    );
  requireBoth(portal, from, to);
  const unlabelled = types.find((type) => type.label === null);
  const primary = types.find((type) => type.label === 'Primary');
  const others = associationsOf(portal, from.type, from.id, to.type);
  // The first company of a deal or contact becomes its primary one; naming another moves the label.
  const hasPrimary = others.some((other) => primary && other.typeIds.includes(primary.typeId));
  const makesPrimary = primary && towardsCompany(to.type) && (chosen === primary || !hasPrimary);
  if (makesPrimary)
    for (const other of others)
      replace(
        portal,
        from,
        { type: to.type, id: other.id },
        other.typeIds.filter((id) => id !== primary.typeId),
      );
  const wanted = [
    chosen.typeId,
    ...(unlabelled ? [unlabelled.typeId] : []),
    ...(makesPrimary ? [primary.typeId] : []),
  ];
  const before = others.find((other) => other.id === to.id)?.typeIds ?? [];
  replace(portal, from, to, [...new Set([...before, ...wanted])]);
  return chosen.typeId;
}

const towardsCompany = (type: ObjectType): boolean => type.name === 'company';

function requireBoth(portal: Portal, from: End, to: End): void {
  for (const end of [from, to]) {
    if (findRecord(portal, end.type, end.id)) continue;
    const context = end === from ? { fromObjectId: [from.id] } : { toObjectId: [to.id] };
    throw new HubspotError(404, 'OBJECT_NOT_FOUND', `No ${shouted(end.type)} with ID ${end.id} exists`, {
      context,
    });
  }
}

export function dissociate(portal: Portal, from: End, to: End): void {
  replace(portal, from, to, []);
}

/**
 * Writes one pair in both directions; each type has its inverse at the same place in the other direction's
 * list.
 */
function replace(portal: Portal, from: End, to: End, typeIds: readonly number[]): void {
  write(portal, from, to, typeIds);
  const there = associationTypes(portal, from.type, to.type);
  const back = associationTypes(portal, to.type, from.type);
  write(
    portal,
    to,
    from,
    typeIds.flatMap((typeId) => back[there.findIndex((type) => type.typeId === typeId)]?.typeId ?? []),
  );
}

function write(portal: Portal, from: End, to: End, typeIds: readonly number[]): void {
  const others = associationsOf(portal, from.type, from.id, to.type);
  const at = others.findIndex((other) => other.id === to.id);
  const entry = { id: to.id, typeIds };
  const next =
    typeIds.length === 0
      ? others.filter((other) => other.id !== to.id)
      : at < 0
        ? [...others, entry]
        : others.with(at, entry);
  if (next.length > 0) save(portal, collection(from.type, to.type), from.id, { to: next });
  else removeRow(portal, collection(from.type, to.type), from.id);
  recordChanges(portal, from, to, others[at]?.typeIds ?? [], typeIds);
}

function recordChanges(
  portal: Portal,
  from: End,
  to: End,
  before: readonly number[],
  after: readonly number[],
): void {
  const types = associationTypes(portal, from.type, to.type);
  const record = (typeId: number, removed: boolean): void =>
    recordChange(portal, {
      kind: 'associationChange',
      type: from.type,
      id: from.id,
      toType: to.type,
      toId: to.id,
      typeId,
      removed,
      primary: types.find((type) => type.typeId === typeId)?.label === 'Primary',
    });
  for (const typeId of before) if (!after.includes(typeId)) record(typeId, true);
  for (const typeId of after) if (!before.includes(typeId)) record(typeId, false);
}
