import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bulkInsert } from '#src/db/bulk.ts';
import { remoteStates } from '#src/db/sync/remote-store.ts';
import { saveRemoteRecords, type ReadContext } from '#src/db/sync/save-remote-records.ts';
import { connection, link, remoteRecord } from '#src/db/schema/connection.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import { saveShadows } from '#src/db/sync/shadow-store.ts';
import { replacesStored, type RecordVersion } from '#src/domain/sync/replaces-stored.ts';
import { needsRefetch, includesLastWrite, knownRemoteFields } from '#src/domain/sync/remote-state.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

/**
 * The database applies to whole pages the rules that the domain applies to one record. The two must agree.
 */
const object = 'Account';
let harness: TestDeps;
let connectionId: string;
beforeAll(async () => {
  harness = await startDeps();
  const { db, ids, clock, config } = harness.deps;
  connectionId = ids();
  const secrets = sealSecrets(config.masterKey, connectionId, {});
  await db
    .insert(connection)
    .values({ id: connectionId, kind: 'salesforce', name: 'S', settings: {}, secrets, createdAt: clock() });
});
afterAll(() => harness[Symbol.asyncDispose]());

let records = 0;
const nextId = (): string => `record ${(records += 1)}`;

/** A few instants close together, so that equal instants and those a millisecond apart occur often. */
const instant = fc.constantFrom(0, 1, 2, 1_000).map((ms) => new Date(Date.UTC(2026, 10, 1, 8) + ms));
const content = fc.record({ city: fc.constantFrom('Wien', 'Graz'), tier: fc.constantFrom('Gold', 'Silver') });

describe('the known values of a CRM record', () => {
  const view = fc.option(fc.record({ fields: content, pulledAt: instant, modifiedAt: instant }));
  const shadow = fc.option(
    fc.record({
      fields: fc.record({ tier: fc.constantFrom('Gold', 'Silver', 'Bronze') }),
      writtenAt: fc.option(instant),
      modifiedAt: fc.option(instant),
    }),
  );

  test('are the same in the database as in the domain, in any order of reads and writes', async () => {
    const { db, ids } = harness.deps;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ view, shadow }), { minLength: 1, maxLength: 40 }),
        async (cases) => {
          const rows = cases.map((one) => ({ ...one, extId: nextId(), recordId: ids() }));
          await bulkInsert(
            db,
            link,
            rows.map(({ extId, recordId }) => ({ connectionId, object, extId, kind: 'account', recordId })),
          );
          const read = rows.flatMap(({ extId, view: seen }) =>
            seen ? [{ connectionId, object, extId, hash: extId, ...seen }] : [],
          );
          await bulkInsert(db, remoteRecord, read);
          const known = rows.flatMap(({ extId, shadow: written }) =>
            written ? [[extId, { ...written, edits: {} }] as const] : [],
          );
          await saveShadows(db, connectionId, object, new Map(known));
          const states = await remoteStates(
            db,
            connectionId,
            object,
            rows.map(({ recordId }) => recordId),
          );
          const values = new Map(states.map(({ extId, fields }) => [extId, fields]));
          for (const { extId, view: seen, shadow: written } of rows) {
            expect(values.get(extId)).toEqual(knownRemoteFields<string>({ view: seen, shadow: written }));
            if (seen && written && needsRefetch(seen, written))
              expect(includesLastWrite(seen, written)).toBe(false);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('a record that was read', () => {
  const shown = fc.record({
    fields: content,
    pulledAt: instant,
    modifiedAt: instant,
    deleted: fc.boolean(),
    mergedInto: fc.option(fc.constantFrom('a', 'b')),
  });
  type Shown = typeof shown extends fc.Arbitrary<infer T> ? T : never;
  const arrived = ({ fields, pulledAt, modifiedAt, deleted, mergedInto }: Shown): RecordVersion => ({
    pulledAt,
    modifiedAt,
    deleted,
    hash: deleted ? `deleted ${mergedInto ?? ''}` : JSON.stringify([fields.city, fields.tier]),
  });
  const rules: Readonly<
    Record<ReadContext['replaceBy'], (next: RecordVersion, stored: RecordVersion) => boolean>
  > = {
    stamp: (next, stored) => replacesStored(next, stored),
    recheck: (next, stored) => replacesStored(next, stored, 'asked'),
    // A file has no reliable stamps, and a record with the same content is not placed again.
    asked: (next, stored) => replacesStored(next, stored, 'asked') && next.hash !== stored.hash,
  };

  async function save(
    extId: string,
    { pulledAt, modifiedAt, mergedInto, ...rest }: Shown,
    replaceBy: ReadContext['replaceBy'],
  ): Promise<number> {
    const record = {
      extId,
      ...rest,
      modifiedAt: modifiedAt.toISOString(),
      ...(rest.deleted && mergedInto !== null ? { mergedInto } : {}),
    };
    const showing = { pulledAt, at: pulledAt, via: 'read', replaceBy } as const;
    return harness.deps.db.transaction((tx) =>
      saveRemoteRecords(tx, connectionId, object, [record], showing),
    );
  }

  test.each(Object.keys(rules) as ReadContext['replaceBy'][])(
    'replaces what is stored, by the rule “%s”, exactly when the domain says so',
    async (replaceBy) => {
      await fc.assert(
        fc.asyncProperty(shown, shown, async (stored, next) => {
          const extId = nextId();
          expect(await save(extId, stored, 'stamp')).toBe(1);
          expect(await save(extId, next, replaceBy)).toBe(
            rules[replaceBy](arrived(next), arrived(stored)) ? 1 : 0,
          );
        }),
        { numRuns: 150 },
      );
    },
  );
});
