import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalKinds, isOptional } from '#src/domain/record.ts';
import { testDecisions } from './contract-decisions.ts';
import { testDelivery } from './contract-delivery.ts';
import { testListening } from './contract-listening.ts';
import { testFetch, testMerges, testPull } from './contract-reading.ts';
import { needs, pullAll, type AnyReady, type CrmReady, type ErpReady } from './contract-state.ts';
import type { CrmSubject, ErpSubject } from './contract-subject.ts';
import { testWrites } from './contract-writing.ts';

const setupTimeoutMs = 60_000;

/** The guarantees of every CRM's connector. Call it at the top level of a test file; `setup` runs once. */
export function crmContract(name: string, setup: () => CrmSubject | Promise<CrmSubject>): void {
  describe(`${name}: the contract of a CRM`, () => {
    let state: CrmReady | null = null;
    const ready = (): CrmReady => state ?? expect.fail('setup has not run');
    beforeAll(async () => {
      const subject = await setup();
      const connector = subject.connect();
      state = { subject, connector, installed: await connector.install(subject.schema) };
      await subject.seed();
    }, setupTimeoutMs);
    afterAll(async () => {
      await state?.connector.close();
      await state?.subject.close();
    });
    testDescriptions(ready);
    testInstallation(ready);
    testPull(ready);
    testFetch(ready);
    testWrites(ready);
    testMerges(ready);
    testListening(ready);
    testDecisions(ready);
    testCredentials(ready);
    testCallCounts(ready);
  });
}

/** The guarantees of every ERP's connector. Call it at the top level of a test file; `setup` runs once. */
export function erpContract(name: string, setup: () => ErpSubject | Promise<ErpSubject>): void {
  describe(`${name}: the contract of an ERP`, () => {
    let state: ErpReady | null = null;
    const ready = (): ErpReady => state ?? expect.fail('setup has not run');
    beforeAll(async () => {
      const subject = await setup();
      state = { subject, connector: subject.connect() };
      await subject.seed();
    }, setupTimeoutMs);
    afterAll(async () => {
      await state?.connector.close();
      await state?.subject.close();
    });
    testDescriptions(ready);
    testPull(ready);
    testFetch(ready);
    testDelivery(ready);
    testCredentials(ready);
    testCallCounts(ready);
  });
}

function testDescriptions(ready: () => AnyReady): void {
  it('checks the credential and names the account it signed in to', async () => {
    const { account } = await ready().connector.check();
    expect(account).not.toBe('');
  });

  it('names an object for each kind it holds and none for the others', () => {
    const { connector, subject } = ready();
    for (const kind of canonicalKinds.filter((one) => !isOptional(one)))
      expect([kind, connector.objectFor(kind) !== null]).toEqual([kind, subject.kinds.includes(kind)]);
  });

  it('describes every object it holds, with the fields it reads', async () => {
    const { connector, subject } = ready();
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
}

function testInstallation(ready: () => CrmReady): void {
  it('installs what is missing, and creates nothing the second time', async () => {
    const { connector, subject, installed } = ready();
    expect(installed.created.length).toBeGreaterThan(0);
    const again = await connector.install(subject.schema);
    expect(again.created).toEqual([]);
    expect(again.existing).toBeGreaterThan(0);
  });
}

function testCredentials(ready: () => AnyReady): void {
  it('reports a wrong credential as an auth failure whose fix names what to change', async (context) => {
    const wrong = needs(context, ready().subject.wrongCredential, 'credential');
    const connector = wrong.connect();
    const error: unknown = await connector.check().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: 'ConnectorError',
      failure: { class: 'auth', fix: expect.stringMatching(wrong.fix) },
    });
    await connector.close();
  });
}

function testCallCounts(ready: () => AnyReady): void {
  it('counts its calls as the vendor does', async (context) => {
    const { connector, subject } = ready();
    const receivedCalls = needs(context, subject.receivedCalls, 'calls to count');
    const before = { received: receivedCalls(), counted: connector.calls() };
    await connector.check();
    await pullAll(connector, subject, null, null);
    await connector.describe(subject.read.object);
    expect(connector.calls() - before.counted).toBeGreaterThan(0);
    expect(connector.calls() - before.counted).toBe(receivedCalls() - before.received);
  });

  it('declares the limits of the vendor, each window once', () => {
    const windows = ready().connector.windows();
    expect(new Set(windows.map((window) => window.name)).size).toBe(windows.length);
    for (const window of windows) {
      expect(window.lengthMs).toBeGreaterThan(0);
      expect(window.allowed).toBeGreaterThan(0);
      expect(window.counts.length).toBeGreaterThan(0);
    }
  });

  it('asks the gate once before each call', async (context) => {
    const { subject } = ready();
    const connectWith = needs(context, subject.connectWith, 'gate to ask');
    let admitted = 0;
    const connector = connectWith({
      admit: async () => void (admitted += 1),
      learn: async () => {},
      hold: async () => {},
      noteClock: async () => {},
    });
    await connector.check();
    await pullAll(connector, subject, null, null);
    expect(admitted).toBe(connector.calls());
    await connector.close();
  });
}
