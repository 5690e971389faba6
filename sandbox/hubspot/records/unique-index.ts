/** As much of a record as an index of unique values needs. */
interface Indexable {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly archived: boolean;
}

/**
 * Unique values by property, built on first use and then kept current. Keyed by the collection itself: when
 * the store forgets a collection it makes a new map, and the index of the old one goes with it.
 */
const indexes = new WeakMap<ReadonlyMap<string, Indexable>, Map<string, Map<string, string>>>();

/** The id of the record that has this value; an archived record gives its values up. */
export function holderOf(
  records: ReadonlyMap<string, Indexable>,
  property: string,
  value: string,
): string | undefined {
  const byProperty = indexes.get(records) ?? new Map<string, Map<string, string>>();
  indexes.set(records, byProperty);
  const index = byProperty.get(property) ?? build(records, property);
  byProperty.set(property, index);
  return index.get(value);
}

function build(records: ReadonlyMap<string, Indexable>, property: string): Map<string, string> {
  const built = new Map<string, string>();
  for (const record of records.values()) {
    const value = record.properties[property];
    if (value !== undefined && !record.archived) built.set(value, record.id);
  }
  return built;
}

/** Called with every write; `after` is undefined when the record is gone. */
export function reindex(
  records: ReadonlyMap<string, Indexable>,
  before: Indexable | undefined,
  after: Indexable | undefined,
): void {
  for (const [property, index] of indexes.get(records) ?? []) {
    const old = before?.archived ? undefined : before?.properties[property];
    const value = after?.archived ? undefined : after?.properties[property];
    if (old !== undefined && old !== value) index.delete(old);
    if (value !== undefined && after) index.set(value, after.id);
  }
}
