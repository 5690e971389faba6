import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import type { PullPage } from '#connectors/contract/records.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { connection } from '#src/db/schema/connection.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import type { Deps } from '#src/deps.ts';
import { compareMappings } from '#src/operations/mappings/versions/compare-mappings.ts';
import { approveMapping } from '#src/operations/mappings/versions/decide-mapping.ts';
import { draftMapping } from '#src/operations/mappings/versions/draft-mapping.ts';
import { importMapping } from '#src/operations/mappings/versions/import-mapping.ts';
import { rollBackMapping } from '#src/operations/mappings/versions/roll-back-mapping.ts';
import { submitMapping } from '#src/operations/mappings/versions/submit-mapping.ts';
import { pullObject } from '#src/operations/pull/pull-object.ts';
import {
  startVersionsFixture,
  type VersionsFixture,
} from '#test/operations/mappings/versions/versions-fixture.ts';

let fixture: VersionsFixture;
beforeEach(async () => {
  fixture = await startVersionsFixture();
});
afterEach(() => fixture[Symbol.asyncDispose]());

/** A vendor at which nothing has changed. */
const noPages = (): AsyncIterable<PullPage> => ({
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
});

const place = () => ({ ...fixture.account, kind: 'account' as const });
const shipped = (): MappingPack => {
  const pack = fixture.deps.packs.find((one) => one.system === 'salesforce' && one.object === 'Account');
  if (!pack) throw new Error('no shipped mapping');
  return pack;
};
const withArea = (type: 'text' | 'boolean' = 'text'): MappingPack => ({
  ...shipped(),
  extra: [{ name: 'salesArea', label: 'Sales area', type }],
  fields: [...shipped().fields, { local: 'extra.salesArea', remote: 'Area__c', direction: 'in' }],
});
const published = async (pack: MappingPack, deps: Deps = fixture.deps, where = place()) => {
  const { version } = await draftMapping(deps, { ...where, pack, personId: fixture.people.olga });
  await submitMapping(deps, { ...where, revision: 1, note: null, personId: fixture.people.olga });
  return approveMapping(deps, { ...where, version: version.version, personId: fixture.people.piet });
};

describe('a mapping that is live', () => {
  test('is what the next read asks the vendor by', async () => {
    fixture.looksLike('Account', fixture.withField('Account', 'Area__c', {}));
    const asked: (readonly string[])[] = [];
    const reading: Deps = {
      ...fixture.deps,
      connectorFor: (...which) =>
        ({
          ...fixture.deps.connectorFor(...which),
          calls: () => 0,
          limits: () => ({ used: null, allowed: null }),
          pull: ({ fields }) => {
            asked.push(fields);
            return noPages();
          },
        }) as Partial<CrmConnector> as CrmConnector,
    };
    const read = () => pullObject(reading, { ...place(), runId: null }, async () => {});
    await read();
    await published(withArea());
    await read();
    expect(asked.map((fields) => fields.includes('Area__c'))).toEqual([false, true]);
  });

  test('gives a custom field one type, in every CRM', async () => {
    fixture.looksLike('Account', fixture.withField('Account', 'Area__c', {}));
    const otherId = fixture.deps.ids();
    await fixture.deps.db.insert(connection).values({
      id: otherId,
      kind: 'salesforce',
      name: 'Salesforce Japan',
      settings: {},
      secrets: sealSecrets(fixture.deps.config.masterKey, otherId, { token: 'none' }),
      createdAt: fixture.deps.clock(),
    });
    await published(withArea());
    const elsewhere = { ...place(), connectionId: otherId, personId: fixture.people.olga };
    const { problems } = await draftMapping(fixture.deps, { ...elsewhere, pack: withArea('boolean') });
    expect(problems).toContainEqual({
      path: 'extra[0].type',
      field: 'extra.salesArea',
      code: 'extra_type_differs',
      message: 'salesArea is boolean here and text in the mapping of Salesforce.',
      fix: 'Set its type to text, or give it another name.',
    });
  });

  test('is one of two that give a field of the customer’s own different types, when both are approved in the same moment', async () => {
    fixture.looksLike('Account', fixture.withField('Account', 'Area__c', {}));
    const otherId = fixture.deps.ids();
    const secrets = sealSecrets(fixture.deps.config.masterKey, otherId, { token: 'none' });
    const other = {
      id: otherId,
      kind: 'salesforce',
      name: 'Salesforce Japan',
      settings: {},
      secrets,
      createdAt: fixture.deps.clock(),
    } as const;
    await fixture.deps.db.insert(connection).values(other);
    const { olga, piet } = fixture.people;
    const waiting = await Promise.all(
      (
        [
          [place(), 'text'],
          [{ ...place(), connectionId: otherId }, 'boolean'],
        ] as const
      ).map(async ([where, type]) => {
        const { version } = await draftMapping(fixture.deps, {
          ...where,
          pack: withArea(type),
          personId: olga,
        });
        await submitMapping(fixture.deps, { ...where, revision: 1, note: null, personId: olga });
        return { ...where, version: version.version, personId: piet };
      }),
    );
    const answers = await Promise.allSettled(waiting.map((input) => approveMapping(fixture.deps, input)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const refused = answers.find((answer) => answer.status === 'rejected');
    expect(refused?.reason).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('salesArea'),
    });
  });

  test('is not approved, nor one from git taken, that gives a field of the customer’s own another type than a live one of another CRM', async () => {
    fixture.looksLike('Account', fixture.withField('Account', 'Area__c', {}));
    const connectionId = fixture.deps.ids();
    const secrets = sealSecrets(fixture.deps.config.masterKey, connectionId, { token: 'none' });
    const row = {
      id: connectionId,
      kind: 'salesforce',
      name: 'Salesforce Japan',
      settings: {},
      secrets,
      createdAt: fixture.deps.clock(),
    } as const;
    await fixture.deps.db.insert(connection).values(row);
    const elsewhere = { ...place(), connectionId };
    // Handed in while nothing contradicts it.
    const waiting = await draftMapping(fixture.deps, {
      ...elsewhere,
      pack: withArea('boolean'),
      personId: fixture.people.olga,
    });
    await submitMapping(fixture.deps, {
      ...elsewhere,
      revision: 1,
      note: null,
      personId: fixture.people.olga,
    });
    await published(withArea());
    const differs = {
      code: 'conflict',
      message: expect.stringContaining('salesArea is boolean here and text in the mapping of Salesforce.'),
    };
    const { version } = waiting.version;
    await expect(
      approveMapping(fixture.deps, { ...elsewhere, version, personId: fixture.people.piet }),
    ).rejects.toMatchObject(differs);
    const fromGit = {
      connectionId,
      pack: { ...withArea('boolean'), filter: 'remote.Name != ""' },
      note: 'From git',
      personId: fixture.people.olga,
    };
    await expect(importMapping(fixture.deps, fromGit)).rejects.toMatchObject(differs);
  });

  test('of another object takes the place of the one the kind went by', async () => {
    fixture.looksLike('Account', fixture.withField('Account', 'Area__c', {}));
    fixture.looksLike('Company__c', { ...fixture.withField('Account', 'Area__c', {}), object: 'Company__c' });
    await published(withArea());
    const moved = await published(withArea(), fixture.deps, { ...place(), object: 'Company__c' });
    expect(moved.pack).toMatchObject({ object: 'Company__c', version: 1 });
    await expect(
      compareMappings(fixture.deps, { ...place(), from: 'draft', to: 'live' }),
    ).resolves.toMatchObject({ from: null, to: 1 });
  });
});

describe('a mapping from elsewhere', () => {
  const imported = (pack: MappingPack, personId = fixture.people.olga) =>
    importMapping(fixture.deps, {
      connectionId: fixture.account.connectionId,
      pack,
      note: 'From git',
      personId,
    });

  test('is handed in once, and not at all when it says what is live', async () => {
    fixture.looksLike('Account', fixture.withField('Account', 'Area__c', {}));
    expect(await imported({ ...shipped(), version: 77 })).toEqual({
      did: 'nothing',
      version: shipped().version,
    });
    const first = await imported(withArea());
    expect(first).toEqual({ did: 'submitted', version: shipped().version + 1 });
    expect(await imported(withArea())).toEqual({ did: 'waits', version: first.version });
    expect(await compareMappings(fixture.deps, { ...place(), from: 'live', to: 'draft' })).toMatchObject({
      from: shipped().version,
      to: first.version,
    });
  });

  test('replaces what the same person handed in, and no other person’s', async () => {
    fixture.looksLike('Account', fixture.withField('Account', 'Area__c', {}));
    const first = await imported(withArea());
    const next = { ...withArea(), fields: withArea().fields.filter((field) => field.local !== 'phone') };
    await expect(imported(next, fixture.people.piet)).rejects.toMatchObject({ code: 'conflict' });
    expect(await imported(next)).toEqual({ did: 'submitted', version: first.version + 1 });
  });

  test('is handed in again once another version is live than the one it was handed in against: that one cannot be approved', async () => {
    fixture.looksLike('Account', fixture.withField('Account', 'Area__c', {}));
    await published({ ...shipped(), fields: shipped().fields.filter((field) => field.local !== 'phone') });
    const first = await imported(withArea());
    const { version: back } = await rollBackMapping(fixture.deps, {
      ...place(),
      version: shipped().version,
      reason: 'Phones are missed',
      personId: fixture.people.ada,
    });
    await expect(
      approveMapping(fixture.deps, { ...place(), version: first.version, personId: fixture.people.piet }),
    ).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`create a draft from version ${first.version}`),
    });
    const next = await imported(withArea());
    expect(next).toEqual({ did: 'submitted', version: back + 1 });
    expect(
      await approveMapping(fixture.deps, {
        ...place(),
        version: next.version,
        personId: fixture.people.piet,
      }),
    ).toMatchObject({
      status: 'live',
    });
  });

  test('is refused when it does not fit, or is another system’s', async () => {
    await expect(imported(withArea())).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Area__c'),
    });
    await expect(imported({ ...shipped(), system: 'hubspot' })).rejects.toMatchObject({
      message: 'This mapping is for hubspot, and Salesforce is salesforce.',
    });
  });
});
