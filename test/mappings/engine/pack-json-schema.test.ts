import { readFileSync } from 'node:fs';
import { packJsonSchema } from '#mappings/engine/pack/pack-json-schema.ts';
import { readPack } from '#mappings/engine/pack/pack.ts';
import { stepNames } from '#mappings/engine/transform.ts';
import { writtenPack } from '#mappings/engine/pack/written-pack.ts';
import { loadPacks } from '#mappings/packs/packs.ts';
import { describe, expect, it } from 'vitest';

const file = new URL('../../../mappings/packs/mapping-pack.schema.json', import.meta.url);

describe('the JSON Schema for editors', () => {
  it('is up to date; if not, write packJsonSchema() to the file', () => {
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(packJsonSchema())));
  });

  it('offers every transform', () => {
    const text = JSON.stringify(packJsonSchema());
    for (const name of stepNames) expect(text).toContain(`"const":"${name}"`);
  });
});

describe('a pack in short form', () => {
  it.each(loadPacks().map((pack) => [`${pack.system} ${pack.kind}`, pack] as const))(
    '%s is read as the pack it was',
    (_, pack) => {
      expect(readPack(JSON.parse(JSON.stringify(writtenPack(pack))))).toEqual({ ok: true, pack });
    },
  );

  it('has a step without options as its name, and no undefined settings', () => {
    const reading = readPack({
      system: 'salesforce',
      object: 'Account',
      kind: 'account',
      version: 3,
      match: ['domain'],
      fields: [
        { local: 'name', direction: 'in', transform: { name: 'coalesce', from: ['Name', 'Alias__c'] } },
        {
          local: 'domain',
          remote: 'Website',
          direction: 'both',
          transform: ['trim', 'domain'],
          default: 'acme.com',
        },
        {
          local: 'isPartner',
          remote: 'Type',
          direction: 'in',
          transform: [{ name: 'equals', values: ['Partner'] }],
        },
      ],
    });
    expect(reading.ok && writtenPack(reading.pack)).toEqual({
      system: 'salesforce',
      object: 'Account',
      kind: 'account',
      version: 3,
      match: ['domain'],
      fields: [
        {
          local: 'name',
          remote: 'Name',
          direction: 'in',
          transform: { name: 'coalesce', from: ['Name', 'Alias__c'] },
        },
        {
          local: 'domain',
          remote: 'Website',
          direction: 'both',
          transform: ['trim', 'domain'],
          default: 'acme.com',
        },
        {
          local: 'isPartner',
          remote: 'Type',
          direction: 'in',
          transform: { name: 'equals', values: ['Partner'] },
        },
      ],
    });
  });
});
