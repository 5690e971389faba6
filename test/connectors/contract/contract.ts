import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CanonicalKind } from '#src/domain/record.ts';
import { listens } from './contract-listening.ts';
import { fetches, merges, pulls } from './contract-reading.ts';
import { needs, pullAll, ready } from './contract-state.ts';
import type { State } from './contract-state.ts';
import type { ContractSubject } from './contract-subject.ts';
import { writes } from './contract-writing.ts';

const canonicalKinds: readonly CanonicalKind[] = [
  'account',
  'opportunity',
  'registration',
  'payout',
  'invoice',
];

/** What every connector guarantees. Call it at the top level of a test file; `setup` runs once. */
export function connectorContract(
  name: string,
  setup: () => ContractSubject | Promise<ContractSubject>,
): void {
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

function describesAndInstalls(state: State): void {
  it('checks the credential and names the account it signed in to', async () => {
    const { account } = await ready(state).connector.check();
    expect(account).not.toBe('');
  });

  it('names an object for each kind it holds and none for the others', () => {
    const { connector, subject } = ready(state);
    for (const kind of canonicalKinds)
      expect([kind, connector.objectFor(kind) !== null]).toEqual([kind, subject.kinds.includes(kind)]);
  });

  it('describes every object it holds, with the fields it reads', async () => {
    const { connector, subject } = ready(state);
    for (const kind of subject.kinds) {
      const object = connector.objectFor(kind) ?? '';
      const description = await connector.describe(object);
      expect(description.object).toBe(object);
      expect(description.fields.length).toBeGreaterThan(0);
      if (object === subject.read.object)
        expect(description.fields.map((field) => field.name)).toEqual(
          expect.arrayContaining([...subject.read.fields]),
        );
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

function refusesAndCounts(state: State): void {
  it('refuses a wrong credential as an auth failure that names what to change', async (context) => {
    const wrong = needs(context, ready(state).subject.wrongCredential, 'credential');
    const connector = wrong.connect();
    const error: unknown = await connector.check().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: 'ConnectorError',
      failure: { class: 'auth', fix: expect.stringMatching(wrong.fix) },
    });
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
    const connector = connectWith({
      admit: async () => void (admitted += 1),
      learn: async () => {},
      hold: async () => {},
    });
    await connector.check();
    await pullAll(connector, subject, null, null);
    expect(admitted).toBe(connector.calls());
    await connector.close();
  });
}
