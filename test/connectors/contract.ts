import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TestContext } from 'vitest';
import type {
  CallGate,
  Connector,
  Hint,
  InstallReport,
  PullPage,
  PushOutcome,
  RemoteFields,
  RemoteRecord,
  RemoteWrite,
} from '#connectors/connector.ts';
import type { CrmObject } from '#src/domain/crm-schema.ts';
import type { CanonicalKind } from '#src/domain/record.ts';

/** One system under test, with the levers to change it from the other side. Null switches off what a system cannot do. */
export interface ContractSubject {
  /** A fresh connector with a credential that works. */
  readonly connect: () => Connector;
  /** The kinds this system holds: `objectFor` names them, and null for all others. */
  readonly kinds: readonly CanonicalKind[];
  /** What to install before `seed`, into a system that has none of it. */
  readonly schema: readonly CrmObject[] | null;
  /** Fills the system, after the installation. */
  readonly seed: () => void | Promise<void>;
  /** Records `seed` made. `total` must exceed one page of the vendor for the paging guarantee to mean anything. */
  readonly read: { readonly object: string; readonly fields: readonly string[]; readonly total: number };
  /** Moves the vendor's clock at least two seconds on, changes one record of `read.object` there and returns its id. */
  readonly touch: (() => string | Promise<string>) | null;
  /** Deletes one record of `read.object` there and returns its id. */
  readonly remove: (() => string | Promise<string>) | null;
  readonly write: ContractWrites | null;
  /** Merges one record of `read.object` into another there. */
  readonly merge?: (() => Promise<{ readonly loser: string; readonly survivor: string }>) | null;
  /** A connector like the others that asks this gate. */
  readonly connectWith?: ((gate: CallGate) => Connector) | null;
  /** A credential the vendor refuses; `fix` is what the advice must name (`/client id/i`). */
  readonly wrongCredential: { readonly connect: () => Connector; readonly fix: RegExp } | null;
  /** Data and metadata calls the stand-in has counted so far, over all connectors. */
  readonly journal: (() => number) | null;
  readonly close: () => void | Promise<void>;
}

export interface ContractWrites {
  /** Updates of `read.object`: good fields for row `n`, and fields the vendor refuses with `code`. */
  readonly update: { readonly fields: (n: number) => RemoteFields; readonly refused: RemoteFields; readonly code: string };
  /** Upserts: `key(n)` in `keyField` of `object`. */
  readonly upsert: {
    readonly object: string;
    readonly keyField: string;
    readonly key: (n: number) => string;
    readonly fields: (n: number) => RemoteFields;
    readonly refused: RemoteFields;
    readonly code: string;
  };
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

const canonicalKinds: readonly CanonicalKind[] = ['account', 'opportunity', 'registration', 'payout', 'invoice'];

/** What every connector guarantees. Call it at the top level of a test file; `setup` runs once. */
export function connectorContract(name: string, setup: () => ContractSubject | Promise<ContractSubject>): void {
  describe(`${name}: the connector contract`, () => {
    const state: State = { subject: null, connector: null, installed: null };
    beforeAll(async () => {
      state.subject = await setup();
      state.connector = state.subject.connect();
      if (state.subject.schema) state.installed = await state.connector.install(state.subject.schema);
      await state.subject.seed();
    }, 60_000);
    afterAll(async () => {
      await state.connector?.close();
      await state.subject?.close();
    });
    describesAndInstalls(state);
    pulls(state);
    fetches(state);
    writes(state);
    merges(state);
    listens(state);
    refusesAndCounts(state);
    spends(state);
  });
}

interface State {
  subject: ContractSubject | null;
  connector: Connector | null;
  installed: InstallReport | null;
}

function ready(state: State): { subject: ContractSubject; connector: Connector } {
  if (!state.subject || !state.connector) throw new Error('setup has not run');
  return { subject: state.subject, connector: state.connector };
}

/** The lever, or a skipped test when this system has none. */
function needs<T>(context: TestContext, lever: T | null | undefined, what: string): T {
  if (lever === null || lever === undefined) context.skip(`this system has no ${what}`);
  return lever as T;
}

async function pullAll(connector: Connector, subject: ContractSubject, since: string | null, resume: string | null): Promise<PullPage[]> {
  const { object, fields } = subject.read;
  const pages: PullPage[] = [];
  for await (const page of connector.pull({ object, fields, since, resume })) pages.push(page);
  return pages;
}

const recordsOf = (pages: readonly PullPage[]): RemoteRecord[] => pages.flatMap((page) => page.records);
const idsOf = (pages: readonly PullPage[]): string[] => recordsOf(pages).map((record) => record.extId);

function describesAndInstalls(state: State): void {
  it('checks the credential and names the account it signed in to', async () => {
    const { account } = await ready(state).connector.check();
    expect(account).not.toBe('');
  });

  it('names an object for each kind it holds and none for the others', () => {
    const { connector, subject } = ready(state);
    for (const kind of canonicalKinds) expect([kind, connector.objectFor(kind) !== null]).toEqual([kind, subject.kinds.includes(kind)]);
  });

  it('describes every object it holds, with the fields it reads', async () => {
    const { connector, subject } = ready(state);
    for (const kind of subject.kinds) {
      const object = connector.objectFor(kind) ?? '';
      const description = await connector.describe(object);
      expect(description.object).toBe(object);
      expect(description.fields.length).toBeGreaterThan(0);
      if (object === subject.read.object)
        expect(description.fields.map((field) => field.name)).toEqual(expect.arrayContaining([...subject.read.fields]));
    }
  });

  it('installs what is missing, and creates nothing the second time', async (context) => {
    const { connector, subject } = ready(state);
    const schema = needs(context, subject.schema, 'schema to install');
    expect(state.installed?.created.length).toBeGreaterThan(0);
    const again = await connector.install(schema);
    expect(again.created).toEqual([]);
    expect(again.existing).toBeGreaterThan(0);
  });
}

function pulls(state: State): void {
  it('pulls every record exactly once, in ascending id order across pages', async () => {
    const { connector, subject } = ready(state);
    const ids = idsOf(await pullAll(connector, subject, null, null));
    expect(ids).toHaveLength(subject.read.total);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(ids.toSorted(byId));
  });

  it('gives each record only the fields asked for, and a stamp in UTC', async () => {
    const { connector, subject } = ready(state);
    for (const record of recordsOf(await pullAll(connector, subject, null, null)).slice(0, 50)) {
      expect(Object.keys(record.fields).toSorted()).toEqual([...subject.read.fields].toSorted());
      expect(record.modifiedAt).toMatch(instant);
    }
  });

  it('resumes after any page, in another process, without losing or repeating a record', async () => {
    const { connector, subject } = ready(state);
    const pages = await pullAll(connector, subject, null, null);
    for (const [n, page] of pages.entries()) {
      const other = subject.connect();
      expect(idsOf(await pullAll(other, subject, null, page.resume))).toEqual(idsOf(pages.slice(n + 1)));
      await other.close();
    }
  });

  it('says before the first page is kept how many records there are, when it says so at all', async () => {
    const { connector, subject } = ready(state);
    const pages = await pullAll(connector, subject, null, null);
    const total = pages[0]?.total ?? null;
    if (total !== null) expect(total).toBe(subject.read.total);
  });

  it('notes before each page our time, so that what was written before shows in it', async () => {
    const { connector, subject } = ready(state);
    const pages = await pullAll(connector, subject, null, null);
    const asked = pages.map((page) => page.askedAt.getTime());
    expect(asked.every((at) => Number.isFinite(at))).toBe(true);
    expect(asked).toEqual(asked.toSorted((a, b) => a - b));
  });

  it('pulls since an instant inclusively: the record that changed, and no older one', async (context) => {
    const { connector, subject } = ready(state);
    const touch = needs(context, subject.touch, 'way to change a record from outside');
    const changed = await touch();
    const first = recordsOf(await pullAll(connector, subject, null, null)).find((record) => record.extId === changed);
    const since = first?.modifiedAt ?? '';
    const found = recordsOf(await pullAll(connector, subject, since, null));
    expect(found.map((record) => record.extId)).toContain(changed);
    expect(found.every((record) => Date.parse(record.modifiedAt) >= Date.parse(since))).toBe(true);
    expect(found.length).toBeLessThan(subject.read.total);
  });

  it('hands on a server time from which the next pull misses nothing', async (context) => {
    const { connector, subject } = ready(state);
    const touch = needs(context, subject.touch, 'way to change a record from outside');
    const [first] = await pullAll(connector, subject, null, null);
    const changed = await touch();
    expect(idsOf(await pullAll(connector, subject, first?.serverTime ?? '', null))).toContain(changed);
  });
}

/** Ascending as the vendor orders: numbers by value, anything else by code unit. */
function byId(a: string, b: string): number {
  if (/^\d+$/.test(a) && /^\d+$/.test(b)) return Number(BigInt(a) - BigInt(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function fetches(state: State): void {
  it('fetches the current state of the records asked for', async () => {
    const { connector, subject } = ready(state);
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

  it('says which of the records asked for are gone', async (context) => {
    const { connector, subject } = ready(state);
    const remove = needs(context, subject.remove, 'way to delete a record from outside');
    const gone = await remove();
    const kept = idsOf(await pullAll(connector, subject, null, null))[0] ?? '';
    const fetched = await connector.fetch(subject.read.object, [kept, gone], subject.read.fields);
    expect(new Map(fetched.map((record) => [record.extId, record.deleted]))).toEqual(
      new Map([
        [kept, false],
        [gone, true],
      ]),
    );
  });
}

const byRow = (outcomes: readonly PushOutcome[]): Map<string, PushOutcome> => new Map(outcomes.map((outcome) => [outcome.id, outcome]));

function writes(state: State): void {
  it('updates records, and answers once for each write', async (context) => {
    const { connector, subject } = ready(state);
    const { update } = needs(context, subject.write, 'writes');
    const { object } = subject.read;
    const ids = idsOf(await pullAll(connector, subject, null, null)).slice(0, 250);
    const batch = ids.map((extId, n): RemoteWrite => ({ id: `w${n}`, extId, keyValue: null, fields: update.fields(n) }));
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

  it('says of each write a time that is never later than the stamp the vendor gave it, and hardly earlier', async (context) => {
    const { connector, subject } = ready(state);
    const { update } = needs(context, subject.write, 'writes');
    const { object } = subject.read;
    const [extId = ''] = idsOf(await pullAll(connector, subject, null, null));
    const write: RemoteWrite = { id: 'w', extId, keyValue: null, fields: update.fields(9) };
    const [outcome] = await connector.push({ object, operation: 'update', keyField: null, writes: [write] });
    const [record] = await connector.fetch(object, [extId], []);
    const earlierMs = Date.parse(record?.modifiedAt ?? '') - Date.parse(outcome?.ok ? outcome.modifiedAt : '');
    expect(earlierMs).toBeGreaterThanOrEqual(0);
    expect(earlierMs).toBeLessThan(60_000);
  });

  it('reports a refused update in the vendor’s words and lands the others', async (context) => {
    const { connector, subject } = ready(state);
    const { update } = needs(context, subject.write, 'writes');
    const { object } = subject.read;
    const [one = '', two = ''] = idsOf(await pullAll(connector, subject, null, null));
    const batch: RemoteWrite[] = [
      { id: 'good', extId: one, keyValue: null, fields: update.fields(1) },
      { id: 'bad', extId: two, keyValue: null, fields: update.refused },
    ];
    expectOneRefusal(await connector.push({ object, operation: 'update', keyField: null, writes: batch }), update.code);
  });

  it('upserts by key: created the first time, the same record the second', async (context) => {
    const { connector, subject } = ready(state);
    const { object, keyField, key, fields } = needs(context, subject.write, 'writes').upsert;
    const batch = [1, 2].map((n): RemoteWrite => ({ id: `u${n}`, extId: null, keyValue: key(n), fields: fields(n) }));
    const first = byRow(await connector.push({ object, operation: 'upsert', keyField, writes: batch }));
    const second = byRow(await connector.push({ object, operation: 'upsert', keyField, writes: batch }));
    for (const { id } of batch) {
      expect(first.get(id)).toMatchObject({ ok: true, created: true });
      expect(second.get(id)).toEqual({ ...first.get(id), created: false, modifiedAt: expect.stringMatching(instant) });
    }
  });

  it('reports a refused upsert in the vendor’s words and lands the others', async (context) => {
    const { connector, subject } = ready(state);
    const { object, keyField, key, fields, refused, code } = needs(context, subject.write, 'writes').upsert;
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

function refusesAndCounts(state: State): void {
  it('refuses a wrong credential as an auth failure that names what to change', async (context) => {
    const wrong = needs(context, ready(state).subject.wrongCredential, 'credential');
    const connector = wrong.connect();
    const error: unknown = await connector.check().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'ConnectorError', failure: { class: 'auth', fix: expect.stringMatching(wrong.fix) } });
    await connector.close();
  });

  it('counts its calls as the vendor does', async (context) => {
    const { connector, subject } = ready(state);
    const journal = needs(context, subject.journal, 'calls to count');
    const before = { journal: journal(), own: connector.calls() };
    await connector.check();
    await pullAll(connector, subject, null, null);
    await connector.describe(subject.read.object);
    expect(connector.calls() - before.own).toBeGreaterThan(0);
    expect(connector.calls() - before.own).toBe(journal() - before.journal);
  });
}

function merges(state: State): void {
  it('tells of a merged record that it is gone, and which record it leads to', async (context) => {
    const { connector, subject } = ready(state);
    const merge = needs(context, subject.merge, 'merges');
    const [first] = await pullAll(connector, subject, null, null);
    const { loser, survivor } = await merge();
    const changed = recordsOf(await pullAll(connector, subject, first?.serverTime ?? '', null));
    expect(changed.map((record) => record.extId)).toContain(survivor);
    const fetched = new Map((await connector.fetch(subject.read.object, [loser], subject.read.fields)).map((one) => [one.extId, one]));
    expect(fetched.get(loser)).toMatchObject({ deleted: true, mergedInto: survivor });
    expect(fetched.get(survivor)).toMatchObject({ deleted: false });
  });
}

const listeningMs = 15_000;

function listens(state: State): void {
  it('hears what somebody else changes, and not what it wrote itself', { timeout: 4 * listeningMs }, async (context) => {
    const { connector, subject } = ready(state);
    const listen = needs(context, connector.listen, 'stream of changes');
    const touch = needs(context, subject.touch, 'way to change a record from outside');
    const { update } = needs(context, subject.write, 'writes');
    const { object } = subject.read;
    const heard: Hint[] = [];
    const stop = new AbortController();
    const deliver = async ({ hints }: { readonly hints: readonly Hint[] }): Promise<void> => void heard.push(...hints);
    const listening = listen({ objects: [object], position: null, deliver, signal: stop.signal });
    const touchUntilHeard = async (): Promise<string> => {
      const before = heard.length;
      let touched = '';
      const hears = async (): Promise<boolean> => {
        if (heard.length === before) touched = await touch();
        return heard.length > before;
      };
      await vi.waitUntil(hears, { timeout: listeningMs, interval: 250 });
      return touched;
    };
    try {
      const touched = await touchUntilHeard();
      expect(heard.map((hint) => hint.extId)).toContain(touched);
      const own = idsOf(await pullAll(connector, subject, null, null)).find((id) => id !== touched) ?? '';
      const write: RemoteWrite = { id: 'w', extId: own, keyValue: null, fields: update.fields(5) };
      await connector.push({ object, operation: 'update', keyField: null, writes: [write] });
      await touchUntilHeard();
      expect(heard.map((hint) => hint.extId)).not.toContain(own);
    } finally {
      stop.abort();
      await listening;
    }
  });
}

function spends(state: State): void {
  it('declares what the vendor allows, each window once', () => {
    const windows = ready(state).connector.windows();
    expect(new Set(windows.map((window) => window.name)).size).toBe(windows.length);
    for (const window of windows) {
      expect(window.lengthMs).toBeGreaterThan(0);
      expect(window.allowed).toBeGreaterThan(0);
      expect(window.counts.length).toBeGreaterThan(0);
    }
  });

  it('asks before each call it makes, once', async (context) => {
    const { subject } = ready(state);
    const connectWith = needs(context, subject.connectWith, 'gate to ask');
    let admitted = 0;
    const connector = connectWith({ admit: async () => void (admitted += 1), learn: async () => {}, hold: async () => {} });
    await connector.check();
    await pullAll(connector, subject, null, null);
    expect(admitted).toBe(connector.calls());
    await connector.close();
  });
}
