import { expect, it } from 'vitest';
import {
  byId,
  idsOf,
  instant,
  needs,
  pullAll,
  recordsOf,
  type AnyReady,
  type CrmReady,
} from './contract-state.ts';

export function testPull(ready: () => AnyReady): void {
  it('pulls every record exactly once, in ascending id order across pages', async () => {
    const { connector, subject } = ready();
    const ids = idsOf(await pullAll(connector, subject, null, null));
    expect(ids).toHaveLength(subject.read.total);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(ids.toSorted(byId));
  });

  it('returns only the requested fields of each record, and a stamp in UTC', async () => {
    const { connector, subject } = ready();
    for (const record of recordsOf(await pullAll(connector, subject, null, null)).slice(0, 50)) {
      expect(Object.keys(record.fields).toSorted()).toEqual([...subject.read.fields].toSorted());
      expect(record.modifiedAt).toMatch(instant);
    }
  });

  it('resumes after any page, in another process, without losing or repeating a record', async () => {
    const { connector, subject } = ready();
    const pages = await pullAll(connector, subject, null, null);
    for (const [n, page] of pages.entries()) {
      const other = subject.connect();
      expect(idsOf(await pullAll(other, subject, null, page.resume))).toEqual(idsOf(pages.slice(n + 1)));
      await other.close();
    }
  });

  it('reports the number of records on the first page, when the vendor counts them', async () => {
    const { connector, subject } = ready();
    const pages = await pullAll(connector, subject, null, null);
    const total = pages[0]?.total ?? null;
    if (total !== null) expect(total).toBe(subject.read.total);
  });

  it('notes our time before each page is requested', async () => {
    const { connector, subject } = ready();
    const pages = await pullAll(connector, subject, null, null);
    const asked = pages.map((page) => page.askedAt.getTime());
    expect(asked.every((at) => Number.isFinite(at))).toBe(true);
    expect(asked).toEqual(asked.toSorted((a, b) => a - b));
  });

  it('pulls since an instant, inclusive: the changed record and no older one', async (context) => {
    const { connector, subject } = ready();
    const touch = needs(context, subject.touch, 'way to change a record from outside');
    const changed = await touch();
    const first = recordsOf(await pullAll(connector, subject, null, null)).find(
      (record) => record.extId === changed,
    );
    const since = first?.modifiedAt ?? '';
    const found = recordsOf(await pullAll(connector, subject, since, null));
    expect(found.map((record) => record.extId)).toContain(changed);
    expect(found.every((record) => Date.parse(record.modifiedAt) >= Date.parse(since))).toBe(true);
    expect(found.length).toBeLessThan(subject.read.total);
  });

  it('returns a server time from which the next pull misses nothing', async (context) => {
    const { connector, subject } = ready();
    const touch = needs(context, subject.touch, 'way to change a record from outside');
    const [first] = await pullAll(connector, subject, null, null);
    const changed = await touch();
    expect(idsOf(await pullAll(connector, subject, first?.serverTime ?? '', null))).toContain(changed);
  });
}

export function testFetch(ready: () => AnyReady): void {
  it('fetches the current state of the requested records', async () => {
    const { connector, subject } = ready();
    const known = recordsOf(await pullAll(connector, subject, null, null)).slice(0, 3);
    const fetched = await connector.fetch(
      subject.read.object,
      known.map((record) => record.extId),
      subject.read.fields,
    );
    const inOrder = fetched.toSorted((a, b) => byId(a.extId, b.extId));
    expect(inOrder.map((record) => record.extId)).toEqual(known.map((record) => record.extId));
    expect(inOrder.map((record) => record.fields)).toEqual(known.map((record) => record.fields));
    expect(inOrder.every((record) => !record.deleted)).toBe(true);
  });

  it('reports which of the requested records are gone', async (context) => {
    const { connector, subject } = ready();
    const remove = needs(context, subject.remove, 'way to delete a record from outside');
    const gone = await remove();
    const present = idsOf(await pullAll(connector, subject, null, null))[0] ?? '';
    const fetched = await connector.fetch(subject.read.object, [present, gone], subject.read.fields);
    expect(new Map(fetched.map((record) => [record.extId, record.deleted]))).toEqual(
      new Map([
        [present, false],
        [gone, true],
      ]),
    );
  });
}

export function testMerges(ready: () => CrmReady): void {
  it('reports a merged record as gone, with the record it was merged into', async (context) => {
    const { connector, subject } = ready();
    const merge = needs(context, subject.merge, 'merges');
    const [first] = await pullAll(connector, subject, null, null);
    const { loser, survivor } = await merge();
    const changed = recordsOf(await pullAll(connector, subject, first?.serverTime ?? '', null));
    expect(changed.map((record) => record.extId)).toContain(survivor);
    const fetched = new Map(
      (await connector.fetch(subject.read.object, [loser], subject.read.fields)).map((one) => [
        one.extId,
        one,
      ]),
    );
    expect(fetched.get(loser)).toMatchObject({ deleted: true, mergedInto: survivor });
    expect(fetched.get(survivor)).toMatchObject({ deleted: false });
  });
}
