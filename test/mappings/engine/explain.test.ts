import { applyInbound, applyOutbound, localFields, remoteFields } from '#mappings/engine/apply.ts';
import { compileMapping } from '#mappings/engine/compile.ts';
import type { CompiledMapping, RemoteFieldShape } from '#mappings/engine/compile.ts';
import { explainInbound, explainOutbound } from '#mappings/engine/explain.ts';
import { readPack } from '#mappings/engine/pack/pack.ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { remote } from './shapes.ts';

const fields: readonly RemoteFieldShape[] = [
  remote('Name', 'text', { length: 255 }),
  remote('First', 'text'),
  remote('Last', 'text'),
  remote('Site', 'text'),
  remote('Cents', 'number'),
  remote('Band', 'picklist', { values: ['A', 'B'] }),
  remote('Summary', 'text', { length: 20 }),
];

const yaml = `
system: salesforce
object: Account
kind: account
version: 4
extra:
  - {name: contact, label: Contact, type: text}
  - {name: worth, label: Worth, type: decimal}
  - {name: band, label: Band, type: text, values: [high, low]}
filter: remote.Name != "Test"
match: [domain]
fields:
  - {local: name, remote: Name, direction: in}
  - {local: domain, remote: Site, direction: in, transform: [lower, domain]}
  - {local: extra.contact, direction: in, transform: {name: join, from: [First, Last]}}
  - {local: extra.worth, remote: Cents, direction: both, transform: {name: scale, by: '0.01'}, default: 0}
  - {local: extra.band, remote: Band, direction: both, transform: {name: lookup, map: {A: high, B: low}}}
  - {local: tier, remote: Summary, direction: out, transform: {name: template, text: '{tier}: {tierStanding}'}}
`;

function compiled(): CompiledMapping {
  const reading = readPack(parse(yaml));
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const result = compileMapping(reading.pack, { object: 'Account', fields });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.mapping;
}

const mapping = compiled();
const record = { Name: 'Acme', First: 'Anna', Last: null, Site: 'HTTPS://Acme.com', Cents: null, Band: 'C' };

describe('a mapping with all features', () => {
  it('requests every field that it uses, including those of the filter and of combinations', () => {
    expect(remoteFields(mapping)).toEqual(['Name', 'Site', 'First', 'Last', 'Cents', 'Band', 'Summary']);
    expect(localFields(mapping)).toEqual(['extra.worth', 'extra.band', 'tier', 'tierStanding']);
    expect(mapping).toMatchObject({
      match: ['domain'],
      extra: [{ name: 'contact' }, { name: 'worth' }, { name: 'band' }],
    });
  });

  it('skips records that the filter excludes, without a problem', () => {
    expect(applyInbound(mapping, { ...record, Name: 'Test' })).toEqual({
      values: {},
      problems: [],
      placed: false,
      filtered: true,
    });
    expect(applyInbound(mapping, record)).not.toHaveProperty('filtered');
  });

  it('fills a blank with the default, and has no value for an unreadable field', () => {
    const { values, problems } = applyInbound(mapping, record);
    expect(values).toEqual({ name: 'Acme', domain: 'acme.com', 'extra.contact': 'Anna', 'extra.worth': '0' });
    expect(problems).toMatchObject([{ field: 'extra.band', code: 'value_not_listed' }]);
  });

  it('writes a combination only if all its sources are given', () => {
    expect(applyOutbound(mapping, { tier: 'Gold' }).fields).toEqual({});
    expect(applyOutbound(mapping, { tier: 'Gold', tierStanding: null }).fields).toEqual({ Summary: 'Gold:' });
  });
});

describe('an explanation', () => {
  it('of reading shows each source, each step and the result of applyInbound', () => {
    const explained = explainInbound(mapping, record);
    expect(explained.find(({ local }) => local === 'domain')).toEqual({
      local: 'domain',
      remote: 'Site',
      result: 'acme.com',
      sources: [{ field: 'Site', value: 'HTTPS://Acme.com' }],
      steps: [
        { transform: 'lower', in: 'HTTPS://Acme.com', out: 'https://acme.com' },
        { transform: 'domain', in: 'https://acme.com', out: 'acme.com' },
      ],
    });
    expect(explained.find(({ local }) => local === 'extra.contact')).toMatchObject({
      sources: [
        { field: 'First', value: 'Anna' },
        { field: 'Last', value: null },
      ],
      steps: [{ transform: 'join', in: ['Anna', null], out: 'Anna' }, { transform: 'text' }],
      result: 'Anna',
    });
    expect(explained.find(({ local }) => local === 'extra.worth')?.steps.at(-1)).toEqual({
      transform: 'default',
      in: null,
      out: '0',
    });
    const band = explained.find(({ local }) => local === 'extra.band');
    expect(band).toMatchObject({
      problem: { code: 'value_not_listed', fix: 'Add "C" to the lookup of this field.' },
    });
    expect(band).not.toHaveProperty('result');
  });

  it('of writing shows the reversed steps and the shortened text', () => {
    const explained = explainOutbound(mapping, {
      tier: 'Gold',
      tierStanding: 'needs 20,000 more',
      'extra.worth': '12.5',
    });
    expect(explained.map(({ local }) => local)).toEqual(['extra.worth', 'tier']);
    expect(explained[0]).toMatchObject({
      steps: [{ transform: 'scale', in: '12.5', out: 1250 }],
      result: 1250,
    });
    expect(explained[1]).toMatchObject({
      steps: [
        { transform: 'template', in: ['Gold', 'needs 20,000 more'], out: 'Gold: needs 20,000 more' },
        { transform: 'text' },
        { transform: 'fit', in: 'Gold: needs 20,000 more', out: 'Gold: needs 20,000 …' },
      ],
      problem: { code: 'cut', severity: 'warning' },
    });
  });
});
