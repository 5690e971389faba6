import { expect, it } from 'vitest';
import type { PushOutcome, RemoteWrite } from '#connectors/contract/crm.ts';
import { idsOf, instant, pullAll, type CrmReady } from './contract-state.ts';

const byRow = (outcomes: readonly PushOutcome[]): Map<string, PushOutcome> =>
  new Map(outcomes.map((outcome) => [outcome.id, outcome]));

export function testWrites(ready: () => CrmReady): void {
  it('updates records, and answers once for each write', async () => {
    const { connector, subject } = ready();
    const { update } = subject.write;
    const { object } = subject.read;
    const ids = idsOf(await pullAll(connector, subject, null, null)).slice(0, 250);
    const batch = ids.map((extId, n): RemoteWrite => ({
      id: `w${n}`,
      extId,
      keyValue: null,
      fields: update.fields(n),
    }));
    const outcomes = await connector.push({ object, operation: 'update', keyField: null, writes: batch });
    expect(outcomes).toHaveLength(ids.length);
    const modifiedAt = expect.stringMatching(instant);
    expect(byRow(outcomes)).toEqual(
      new Map(ids.map((extId, n) => [`w${n}`, { id: `w${n}`, ok: true, extId, created: false, modifiedAt }])),
    );
    const names = Object.keys(update.fields(0));
    const [record] = await connector.fetch(object, [ids[0] ?? ''], names);
    expect(record?.fields).toEqual(update.fields(0));
  });

  it('gives each write a time that is at most a minute before the vendor’s stamp and never after it', async () => {
    const { connector, subject } = ready();
    const { update } = subject.write;
    const { object } = subject.read;
    const [extId = ''] = idsOf(await pullAll(connector, subject, null, null));
    const write: RemoteWrite = { id: 'w', extId, keyValue: null, fields: update.fields(9) };
    const [outcome] = await connector.push({ object, operation: 'update', keyField: null, writes: [write] });
    const [record] = await connector.fetch(object, [extId], []);
    const earlierMs =
      Date.parse(record?.modifiedAt ?? '') - Date.parse(outcome?.ok ? outcome.modifiedAt : '');
    expect(earlierMs).toBeGreaterThanOrEqual(0);
    expect(earlierMs).toBeLessThan(60_000);
  });

  it('reports a refused update with the vendor’s message, and writes the others', async () => {
    const { connector, subject } = ready();
    const { update } = subject.write;
    const { object } = subject.read;
    const [one = '', two = ''] = idsOf(await pullAll(connector, subject, null, null));
    const batch: RemoteWrite[] = [
      { id: 'good', extId: one, keyValue: null, fields: update.fields(1) },
      { id: 'bad', extId: two, keyValue: null, fields: update.refused },
    ];
    expectOneRefusal(
      await connector.push({ object, operation: 'update', keyField: null, writes: batch }),
      update.code,
    );
  });

  it('upserts by key: created the first time, the same record the second', async () => {
    const { connector, subject } = ready();
    const { object, keyField, key, fields } = subject.write.upsert;
    const batch = [1, 2].map((n): RemoteWrite => ({
      id: `u${n}`,
      extId: null,
      keyValue: key(n),
      fields: fields(n),
    }));
    const first = byRow(await connector.push({ object, operation: 'upsert', keyField, writes: batch }));
    const second = byRow(await connector.push({ object, operation: 'upsert', keyField, writes: batch }));
    for (const { id } of batch) {
      expect(first.get(id)).toMatchObject({ ok: true, created: true });
      expect(second.get(id)).toEqual({
        ...first.get(id),
        created: false,
        modifiedAt: expect.stringMatching(instant),
      });
    }
  });

  it('reports a refused upsert with the vendor’s message, and writes the others', async () => {
    const { connector, subject } = ready();
    const { object, keyField, key, fields, refused, code } = subject.write.upsert;
    const batch: RemoteWrite[] = [
      { id: 'good', extId: null, keyValue: key(3), fields: fields(3) },
      { id: 'bad', extId: null, keyValue: key(4), fields: refused },
    ];
    expectOneRefusal(await connector.push({ object, operation: 'upsert', keyField, writes: batch }), code);
  });
}

function expectOneRefusal(outcomes: readonly PushOutcome[], code: string): void {
  const rows = byRow(outcomes);
  expect(rows.get('good')).toMatchObject({ ok: true });
  const bad = rows.get('bad');
  expect(bad?.ok === false && bad.failure.code).toBe(code);
  expect(bad?.ok === false && bad.failure.message).toBeTruthy();
  expect(bad?.ok === false && bad.failure.fix).toBeTruthy();
}
