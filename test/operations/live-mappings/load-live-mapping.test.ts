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

let stand: VersionsFixture;
beforeEach(async () => {
  stand = await startVersionsFixture();
});
afterEach(() => stand[Symbol.asyncDispose]());

/** A vendor at which nothing has changed. */
const noPages = (): AsyncIterable<PullPage> => ({
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
});

const place = () => ({ ...stand.account, kind: 'account' as const });
const shipped = (): MappingPack => {
  const pack = stand.deps.packs.find((one) => one.system === 'salesforce' && one.object === 'Account');
  if (!pack) throw new Error('no shipped mapping');
  return pack;
};
const withArea = (type: 'text' | 'boolean' = 'text'): MappingPack => ({
  ...shipped(),
  extra: [{ name: 'salesArea', label: 'Sales area', type }],
  fields: [...shipped().fields, { local: 'extra.salesArea', remote: 'Area__c', direction: 'in' }],
});
const published = async (pack: MappingPack, deps: Deps = stand.deps, where = place()) => {
  const { version } = await draftMapping(deps, { ...where, pack, personId: stand.people.olga });
  await submitMapping(deps, { ...where, revision: 1, note: null, personId: stand.people.olga });
  return approveMapping(deps, { ...where, version: version.version, personId: stand.people.piet });
};

describe('a mapping that is live', () => {
  test('is what the next read asks the vendor by', async () => {
    stand.looksLike('Account', stand.withField('Account', 'Area__c', {}));
    const asked: (readonly string[])[] = [];
    const reading: Deps = {
      ...stand.deps,
      connectorFor: (...which) =>
        ({
          ...stand.deps.connectorFor(...which),
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

  test('gives a field of the customer’s own one type, in whatever CRM it is', async () => {
    stand.looksLike('Account', stand.withField('Account', 'Area__c', {}));
    const otherId = stand.deps.ids();
    await stand.deps.db.insert(connection).values({
      id: otherId,
      kind: 'salesforce',
      name: 'Salesforce Japan',
      settings: {},
      secrets: sealSecrets(stand.deps.config.masterKey, otherId, { token: 'none' }),
      createdAt: stand.deps.clock(),
    });
    await published(withArea());
    const elsewhere = { ...place(), connectionId: otherId, personId: stand.people.olga };
    const { problems } = await draftMapping(stand.deps, { ...elsewhere, pack: withArea('boolean') });
    expect(problems).toContainEqual({
      path: 'extra[0].type',
      field: 'extra.salesArea',
      code: 'extra_type_differs',
      message: 'salesArea is boolean here and text in the mapping of Salesforce.',
      fix: 'Set its type to text, or give it another name.',
    });
  });

  test('is one of two that give a field of the customer’s own different types, when both are approved in the same moment', async () => {
    stand.looksLike('Account', stand.withField('Account', 'Area__c', {}));
    const otherId = stand.deps.ids();
    const secrets = sealSecrets(stand.deps.config.masterKey, otherId, { token: 'none' });
    const other = {
      id: otherId,
      kind: 'salesforce',
      name: 'Salesforce Japan',
      settings: {},
      secrets,
      createdAt: stand.deps.clock(),
    } as const;
    await stand.deps.db.insert(connection).values(other);
    const { olga, piet } = stand.people;
    const waiting = await Promise.all(
      (
        [
          [place(), 'text'],
          [{ ...place(), connectionId: otherId }, 'boolean'],
        ] as const
      ).map(async ([where, type]) => {
        const { version } = await draftMapping(stand.deps, {
          ...where,
          pack: withArea(type),
          personId: olga,
        });
        await submitMapping(stand.deps, { ...where, revision: 1, note: null, personId: olga });
        return { ...where, version: version.version, personId: piet };
      }),
    );
    const answers = await Promise.allSettled(waiting.map((input) => approveMapping(stand.deps, input)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const refused = answers.find((answer) => answer.status === 'rejected');
    expect(refused?.reason).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('salesArea'),
    });
  });

  test('is not approved, nor one from git taken, that gives a field of the customer’s own another type than a live one of another CRM', async () => {
    stand.looksLike('Account', stand.withField('Account', 'Area__c', {}));
    const connectionId = stand.deps.ids();
    const secrets = sealSecrets(stand.deps.config.masterKey, connectionId, { token: 'none' });
    const row = {
      id: connectionId,
      kind: 'salesforce',
      name: 'Salesforce Japan',
      settings: {},
      secrets,
      createdAt: stand.deps.clock(),
    } as const;
    await stand.deps.db.insert(connection).values(row);
    const elsewhere = { ...place(), connectionId };
    // Handed in while nothing contradicts it.
    const waiting = await draftMapping(stand.deps, {
      ...elsewhere,
      pack: withArea('boolean'),
      personId: stand.people.olga,
    });
    await submitMapping(stand.deps, { ...elsewhere, revision: 1, note: null, personId: stand.people.olga });
    await published(withArea());
    const differs = {
      code: 'conflict',
      message: expect.stringContaining('salesArea is boolean here and text in the mapping of Salesforce.'),
    };
    const { version } = waiting.version;
    await expect(
      approveMapping(stand.deps, { ...elsewhere, version, personId: stand.people.piet }),
    ).rejects.toMatchObject(differs);
    const fromGit = {
      connectionId,
      pack: { ...withArea('boolean'), filter: 'remote.Name != ""' },
      note: 'From git',
      personId: stand.people.olga,
    };
    await expect(importMapping(stand.deps, fromGit)).rejects.toMatchObject(differs);
  });

  test('of another object takes the place of the one the kind went by', async () => {
    stand.looksLike('Account', stand.withField('Account', 'Area__c', {}));
    stand.looksLike('Company__c', { ...stand.withField('Account', 'Area__c', {}), object: 'Company__c' });
    await published(withArea());
    const moved = await published(withArea(), stand.deps, { ...place(), object: 'Company__c' });
    expect(moved.pack).toMatchObject({ object: 'Company__c', version: 1 });
    await expect(
      compareMappings(stand.deps, { ...place(), from: 'draft', to: 'live' }),
    ).resolves.toMatchObject({ from: null, to: 1 });
  });
});

describe('a mapping from elsewhere', () => {
  const imported = (pack: MappingPack, personId = stand.people.olga) =>
    importMapping(stand.deps, { connectionId: stand.account.connectionId, pack, note: 'From git', personId });

  test('is handed in once, and not at all when it says what is live', async () => {
    stand.looksLike('Account', stand.withField('Account', 'Area__c', {}));
    expect(await imported({ ...shipped(), version: 77 })).toEqual({
      did: 'nothing',
      version: shipped().version,
    });
    const first = await imported(withArea());
    expect(first).toEqual({ did: 'submitted', version: shipped().version + 1 });
    expect(await imported(withArea())).toEqual({ did: 'waits', version: first.version });
    expect(await compareMappings(stand.deps, { ...place(), from: 'live', to: 'draft' })).toMatchObject({
      from: shipped().version,
      to: first.version,
    });
  });

  test('takes the place of what the same person handed in, and of nobody else’s', async () => {
    stand.looksLike('Account', stand.withField('Account', 'Area__c', {}));
    const first = await imported(withArea());
    const next = { ...withArea(), fields: withArea().fields.filter((field) => field.local !== 'phone') };
    await expect(imported(next, stand.people.piet)).rejects.toMatchObject({ code: 'conflict' });
    expect(await imported(next)).toEqual({ did: 'submitted', version: first.version + 1 });
  });

  test('is handed in anew once another version is live than the one it was handed in against: that one nobody can approve', async () => {
    stand.looksLike('Account', stand.withField('Account', 'Area__c', {}));
    await published({ ...shipped(), fields: shipped().fields.filter((field) => field.local !== 'phone') });
    const first = await imported(withArea());
    const { version: back } = await rollBackMapping(stand.deps, {
      ...place(),
      version: shipped().version,
      reason: 'Phones are missed',
      personId: stand.people.ada,
    });
    await expect(
      approveMapping(stand.deps, { ...place(), version: first.version, personId: stand.people.piet }),
    ).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`create a draft from version ${first.version}`),
    });
    const next = await imported(withArea());
    expect(next).toEqual({ did: 'submitted', version: back + 1 });
    expect(
      await approveMapping(stand.deps, { ...place(), version: next.version, personId: stand.people.piet }),
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
