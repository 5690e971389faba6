import { compileMapping } from '#mappings/engine/compile.ts';
import type { RemoteFieldShape } from '#mappings/engine/compile.ts';
import type { MappedField } from '#mappings/engine/pack/pack.ts';
import { describe, expect, it } from 'vitest';
import { pack, remote } from './shapes.ts';

const name: MappedField = { local: 'name', remote: 'Name', direction: 'in' };
const nameField = remote('Name', 'text', { length: 255 });

function compileAccount(
  fields: readonly MappedField[],
  shape: readonly RemoteFieldShape[],
): ReturnType<typeof compileMapping> {
  return compileMapping(pack('account', [name, ...fields]), {
    object: 'Thing',
    fields: [nameField, ...shape],
  });
}
const problems = (result: ReturnType<typeof compileMapping>): unknown =>
  result.ok ? [] : result.problems.map(({ field, code, fix }) => ({ field, code, fix }));
const warnings = (result: ReturnType<typeof compileMapping>): unknown =>
  result.ok && result.warnings.map(({ field, code }) => [field, code]);

describe('compiling a mapping', () => {
  it('accepts a pack that fits the org without warnings', () => {
    const result = compileAccount(
      [{ local: 'tier', remote: 'Tier__c', direction: 'out' }],
      [remote('Tier__c', 'text', { length: 40 })],
    );
    expect(result).toMatchObject({ ok: true, warnings: [] });
  });

  it('gives fields with direction both the policy of the pack or crm, and outbound fields the policy fairway', () => {
    const fields: MappedField[] = [
      { local: 'city', remote: 'City', direction: 'both' },
      { local: 'phone', remote: 'Phone', direction: 'both', policy: 'latest' },
      { local: 'tier', remote: 'Tier__c', direction: 'out' },
    ];
    const result = compileAccount(
      fields,
      fields.map((field) => remote(field.remote, 'text')),
    );
    expect(result.ok && result.mapping.twoWay.map(({ local, policy }) => [local, policy])).toEqual([
      ['city', 'crm'],
      ['phone', 'latest'],
    ]);
    expect(result.ok && result.mapping.outbound.map(({ local, policy }) => [local, policy])).toContainEqual([
      'tier',
      'fairway',
    ]);
  });

  it('suggests the most similar canonical field for an unknown one', () => {
    expect(problems(compileAccount([{ local: 'partnercode', remote: 'Name', direction: 'in' }], []))).toEqual(
      [{ field: 'partnercode', code: 'unknown_field', fix: 'Did you mean the account field "partnerCode"?' }],
    );
  });

  it('suggests the most similar remote field for an unknown one', () => {
    const found = problems(
      compileAccount(
        [{ local: 'domain', remote: 'WebSite__c', direction: 'in' }],
        [remote('Website', 'text')],
      ),
    );
    expect(found).toEqual([
      { field: 'domain', code: 'remote_field_missing', fix: 'Did you mean the remote field "Website"?' },
    ]);
  });

  it("advises to install Fairway's fields if one of them is missing", () => {
    const found = problems(
      compileAccount([{ local: 'tierStanding', remote: 'Fairway_Tier_Standing__c', direction: 'out' }], []),
    );
    expect(found).toMatchObject([
      { code: 'remote_field_missing', fix: expect.stringContaining("Install Fairway's fields") },
    ]);
  });

  it('ignores an optional field that the org lacks, with a warning', () => {
    const result = compileAccount(
      [{ local: 'domain', remote: 'Website', direction: 'in', optional: true }],
      [],
    );
    expect(warnings(result)).toEqual([['domain', 'remote_field_missing']]);
  });

  it('refuses a field with a type that the transform cannot read or fill', () => {
    expect(
      problems(
        compileAccount(
          [{ local: 'trailingRevenue', remote: 'Open', direction: 'in' }],
          [remote('Open', 'boolean')],
        ),
      ),
    ).toMatchObject([{ code: 'type_mismatch' }]);
    expect(
      problems(
        compileAccount(
          [{ local: 'isPartner', remote: 'Type', direction: 'in', transform: [{ name: 'country' }] }],
          [remote('Type', 'text')],
        ),
      ),
    ).toEqual([
      { field: 'isPartner', code: 'transform_unfit', fix: 'Remove the transform, or use "boolean".' },
    ]);
  });

  it('refuses to write with a read-only transform, to a field of another type, or to a read-only field', () => {
    const isPartner: MappedField = {
      local: 'isPartner',
      remote: 'Type',
      direction: 'both',
      transform: [{ name: 'equals', values: ['A'] }],
    };
    expect(problems(compileAccount([isPartner], [remote('Type', 'text')]))).toMatchObject([
      { code: 'one_way' },
    ]);
    const tierAsOf: MappedField = { local: 'tierAsOf', remote: 'As_Of__c', direction: 'out' };
    expect(problems(compileAccount([tierAsOf], [remote('As_Of__c', 'number')]))).toMatchObject([
      { code: 'type_mismatch' },
    ]);
    expect(
      problems(compileAccount([tierAsOf], [remote('As_Of__c', 'date', { updateable: false })])),
    ).toMatchObject([{ code: 'not_updateable' }]);
  });

  it('refuses a field that is too short for a code, and warns if it is too short for prose', () => {
    expect(
      problems(
        compileAccount(
          [{ local: 'tier', remote: 'T', direction: 'out' }],
          [remote('T', 'text', { length: 20 })],
        ),
      ),
    ).toMatchObject([{ code: 'too_short' }]);
    expect(
      warnings(
        compileAccount(
          [{ local: 'tierStanding', remote: 'S', direction: 'out' }],
          [remote('S', 'text', { length: 80 })],
        ),
      ),
    ).toEqual([['tierStanding', 'too_short']]);
  });

  it('requires a line for every required canonical field', () => {
    const domain: MappedField = { local: 'domain', remote: 'Website', direction: 'in' };
    const result = compileMapping(pack('account', [domain]), {
      object: 'Thing',
      fields: [remote('Website', 'text')],
    });
    expect(problems(result)).toMatchObject([{ field: 'name', code: 'required_unmapped' }]);
    const optional = compileMapping(pack('account', [domain, { ...name, optional: true }]), {
      object: 'Thing',
      fields: [remote('Website', 'text')],
    });
    expect(problems(optional)).toMatchObject([{ field: 'name', code: 'required_unmapped' }]);
  });

  it('warns if created records would lack a field that the org requires', () => {
    const key: MappedField = { local: 'key', remote: 'Key__c', direction: 'out' };
    const fields = [
      remote('Key__c', 'text', { length: 120 }),
      remote('Region__c', 'text', { required: true }),
      remote('Id', 'text', { required: true, createable: false }),
    ];
    expect(warnings(compileMapping(pack('payout', [key]), { object: 'Thing', fields }))).toEqual([
      ['Region__c', 'remote_required_unmapped'],
    ]);
  });
});
