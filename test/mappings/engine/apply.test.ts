import { applyInbound, applyOutbound, changedFields, remoteFields } from '#mappings/engine/apply.ts';
import { compileMapping } from '#mappings/engine/compile.ts';
import type { CompiledMapping, RemoteFieldShape } from '#mappings/engine/compile.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import { loadPacks } from '#mappings/packs/packs.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, remote, shapeFor } from './shapes.ts';

function compiled(from: MappingPack, overrides: readonly RemoteFieldShape[] = []): CompiledMapping {
  const replaced = new Map(overrides.map((field) => [field.name, field]));
  const shape = shapeFor(from);
  const result = compileMapping(from, {
    ...shape,
    fields: shape.fields.map((field) => replaced.get(field.name) ?? field),
  });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.mapping;
}

const packFor = (system: string, kind: string): MappingPack => {
  const found = loadPacks().find((candidate) => candidate.system === system && candidate.kind === kind);
  if (!found) throw new Error(`no pack for ${system} ${kind}`);
  return found;
};

const account = {
  Name: 'Acme Corp ',
  Website: 'https://www.acme.com',
  BillingCountry: 'Germany',
  BillingCity: 'Köln',
  BillingPostalCode: '50667',
  Phone: null,
  Type: 'Channel Partner / Reseller',
  Fairway_Partner_Code__c: 'P-0001',
};

describe('reading a record', () => {
  it('converts a Salesforce account', () => {
    expect(applyInbound(compiled(packFor('salesforce', 'account')), account)).toMatchObject({
      placed: true,
      problems: [],
      values: {
        name: 'Acme Corp',
        domain: 'acme.com',
        country: 'DE',
        city: 'Köln',
        postcode: '50667',
        phone: null,
        isPartner: true,
        partnerCode: 'P-0001',
      },
    });
  });

  it('accepts a record with an unreadable optional field, and reports a problem for the field', () => {
    const { values, problems, placed } = applyInbound(compiled(packFor('salesforce', 'account')), {
      ...account,
      Website: 'n/a',
    });
    expect(placed).toBe(true);
    expect(values).not.toHaveProperty('domain');
    expect(values).toMatchObject({ name: 'Acme Corp', country: 'DE' });
    expect(problems).toMatchObject([{ field: 'domain', code: 'not_a_domain', severity: 'warning' }]);
  });

  it('does not accept a record with an empty or unreadable required field', () => {
    const mapping = compiled(packFor('salesforce', 'account'));
    expect(applyInbound(mapping, { ...account, Name: ' ' })).toMatchObject({
      placed: false,
      problems: [{ field: 'name', code: 'required_missing', severity: 'error' }],
    });
    expect(applyInbound(mapping, { ...account, Name: { first: 'A' } })).toMatchObject({
      placed: false,
      problems: [{ code: 'not_text', severity: 'error' }],
    });
  });

  it('never throws, for any record', () => {
    for (const candidate of loadPacks()) {
      const mapping = compiled(candidate);
      const anyRecord = fc.record(
        Object.fromEntries(remoteFields(mapping).map((name) => [name, fc.jsonValue()])),
        { requiredKeys: [] },
      );
      fc.assert(
        fc.property(anyRecord, (fields) =>
          applyInbound(mapping, fields).problems.every((problem) => problem.fix !== ''),
        ),
        { numRuns: 50 },
      );
    }
  });
});

describe('writing a record', () => {
  const tiers = pack('account', [
    { local: 'name', remote: 'Name', direction: 'in' },
    { local: 'tier', remote: 'Tier', direction: 'out', required: true },
    { local: 'tierStanding', remote: 'Standing', direction: 'out' },
    { local: 'trailingRevenue', remote: 'Revenue', direction: 'out' },
    { local: 'tierAsOf', remote: 'AsOf', direction: 'out' },
  ]);
  const mapping = compiled(tiers, [remote('Standing', 'text', { length: 10 })]);

  it('writes only the given fields, and empties those that are null', () => {
    expect(applyOutbound(mapping, { trailingRevenue: '1234.50', tierAsOf: null })).toEqual({
      fields: { Revenue: 1234.5, AsOf: null },
      problems: [],
    });
  });

  it('shortens prose that is too long, with an ellipsis and a warning', () => {
    const { fields, problems } = applyOutbound(mapping, { tierStanding: 'Needs 20,000 USD' });
    expect(fields).toEqual({ Standing: 'Needs 20,…' });
    expect(problems).toMatchObject([{ field: 'tierStanding', code: 'cut', severity: 'warning' }]);
  });

  it('never splits a character', () => {
    expect(applyOutbound(mapping, { tierStanding: '12345678😀0' }).fields).toEqual({ Standing: '12345678…' });
  });

  it('refuses a code that is too long instead of shortening it', () => {
    const narrow = compiled(pack('payout', [{ local: 'key', remote: 'Key', direction: 'out' }]), [
      remote('Key', 'text', { length: 120 }),
    ]);
    expect(applyOutbound(narrow, { key: 'k'.repeat(121) })).toMatchObject({
      fields: {},
      problems: [{ code: 'too_long', severity: 'error' }],
    });
  });

  it('skips a value that the picklist does not offer, and writes the rest', () => {
    const picklist = compiled(tiers, [remote('Tier', 'picklist', { values: ['Gold', 'Silver'] })]);
    const { fields, problems } = applyOutbound(picklist, { tier: 'Bronze', tierAsOf: '2026-11-01' });
    expect(fields).toEqual({ AsOf: '2026-11-01' });
    expect(problems).toMatchObject([{ field: 'tier', code: 'not_in_picklist', severity: 'error' }]);
  });

  it('refuses to empty a field that is required', () => {
    expect(applyOutbound(mapping, { tier: null })).toMatchObject({
      fields: {},
      problems: [{ field: 'tier', code: 'required_missing' }],
    });
  });

  it('sends only values that differ in meaning from the CRM’s values', () => {
    const { fields } = applyOutbound(mapping, {
      tier: 'Gold',
      trailingRevenue: '1234.50',
      tierAsOf: '2026-11-01',
    });
    expect(changedFields(mapping, fields, { Tier: 'Gold ', Revenue: '1234.5', AsOf: '2026-10-01' })).toEqual({
      AsOf: '2026-11-01',
    });
    expect(changedFields(mapping, fields, {})).toEqual(fields);
  });

  it('requests the fields that it reads and those that it compares', () => {
    expect(remoteFields(mapping)).toEqual(['Name', 'Tier', 'Standing', 'Revenue', 'AsOf']);
  });
});
