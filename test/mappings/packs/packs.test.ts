import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileMapping } from '#mappings/engine/compile.ts';
import { loadPacks } from '#mappings/packs/packs.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import type { CrmField, CrmObject } from '#src/domain/crm-schema.ts';
import { describe, expect, it } from 'vitest';
import { shapeFor } from '#test/mappings/engine/shapes.ts';

const packs = loadPacks();
const standard = {
  salesforce: { account: 'Account', opportunity: 'Opportunity' },
  hubspot: { account: 'companies', opportunity: 'deals' },
} as const;
const systems = ['salesforce', 'hubspot'] as const;
type System = (typeof systems)[number];

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const capitals = (name: string): string =>
  snake(name)
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('_');

/** Decisions are read by the connectors, without a mapping. */
const mapped = crmSchema.filter(({ kind }) => kind !== 'decision');

/** The naming rules: a prefix only on standard objects; references in HubSpot are associations. */
function expectedName(system: System, object: CrmObject, field: CrmField): string {
  if (system === 'salesforce') return `${object.custom ? '' : 'Fairway_'}${capitals(field.name)}__c`;
  if (field.referenceTo && field.referenceTo !== 'registration')
    return `assoc:${standard.hubspot[field.referenceTo]}`;
  return `${object.custom ? '' : 'fairway_'}${snake(field.name)}`;
}

function expectedObject(system: System, object: CrmObject): string {
  if (object.kind === 'account' || object.kind === 'opportunity') return standard[system][object.kind];
  return system === 'salesforce' ? `Fairway_${capitals(object.kind)}__c` : `p_fairway_${object.kind}`;
}

const linesOf = (system: string, kind: string) =>
  packs.find((pack) => pack.system === system && pack.kind === kind)?.fields ?? [];

describe('the default packs', () => {
  it('cover five objects of each CRM and three of files, and three disabled objects of each CRM', () => {
    const named = (kinds: readonly string[]): string[] =>
      systems.flatMap((system) => kinds.map((kind) => `${system} ${kind}`));
    const on = [
      ...named(['account', 'lead', 'opportunity', 'payout', 'registration']),
      ...['files account', 'files invoice', 'files opportunity'],
    ];
    const off = named(['contact', 'opportunity_line', 'product']);
    const { true: shippedOn = [], false: shippedOff = [] } = Object.groupBy(
      packs,
      ({ enabled = true }) => `${enabled}`,
    );
    expect(shippedOn.map(({ system, kind }) => `${system} ${kind}`).toSorted()).toEqual(on.toSorted());
    expect(shippedOff.map(({ system, kind }) => `${system} ${kind}`).toSorted()).toEqual(off.toSorted());
  });

  it.each(packs)('$system $kind compiles for an org with its fields', (pack) => {
    expect(compileMapping(pack, shapeFor(pack))).toMatchObject({ ok: true, warnings: [] });
  });

  describe.each(systems)('in %s', (system) => {
    it('name each object according to the naming rules', () => {
      for (const object of mapped) {
        const pack = packs.find((candidate) => candidate.system === system && candidate.kind === object.kind);
        expect(pack?.object).toBe(expectedObject(system, object));
      }
    });

    it.each(mapped)(
      'write every field of $kind that only Fairway writes, and read every other, under the names of the rules',
      (object) => {
        const lines = linesOf(system, object.kind);
        for (const field of object.fields) {
          const direction = field.writtenBy === 'fairway' ? 'out' : expect.stringMatching(/^(in|both)$/);
          const line = lines.find((candidate) => candidate.local === field.name);
          expect(line).toMatchObject({
            local: field.name,
            remote: expectedName(system, object, field),
            direction,
          });
        }
      },
    );

    /** The vendor's field, in which an org with several currencies shows all amounts of a record. */
    const currencyOfRecord = 'CurrencyIsoCode';

    it("write only Fairway's fields and the fields that both sides may change", () => {
      for (const object of mapped) {
        const ours = object.fields
          .filter((field) => field.writtenBy === 'fairway')
          .map((field) => field.name);
        const written = linesOf(system, object.kind)
          .filter((line) => line.direction === 'out' && line.remote !== currencyOfRecord)
          .map((line) => line.local);
        expect(written.toSorted()).toEqual(ours.toSorted());
      }
    });

    it('let both sides change the same fields, with every policy in use', () => {
      const both = (kind: string) =>
        linesOf(system, kind).flatMap((line) =>
          line.direction === 'both' ? [[line.local, line.policy]] : [],
        );
      expect(both('opportunity')).toEqual([]);
      expect(both('account')).toEqual([['partnerCode', 'ask']]);
      expect(both('registration')).toEqual([
        ['customerName', undefined],
        ['customerDomain', 'latest'],
        ['customerCountry', undefined],
        ['contactEmail', 'crm_unless_blank'],
        ['productFamily', 'latest'],
        ['dealType', 'fairway'],
        ['amount', 'ask'],
        ['expectedClose', undefined],
      ]);
    });
  });

  it('are refused with file, path and fix if one is invalid', () => {
    const folder = mkdtempSync(join(tmpdir(), 'packs-'));
    try {
      writeFileSync(
        join(folder, 'account.yaml'),
        'system: x\nobject: Y\nkind: acount\nversion: 1\nfields: [{local: name, remote: Name, direction: in}]\n',
      );
      expect(() => loadPacks(folder)).toThrow(/account\.yaml is not valid:\nkind: .*Did you mean "account"/s);
      writeFileSync(join(folder, 'account.yaml'), 'system: [x\n');
      expect(() => loadPacks(folder)).toThrow(/account\.yaml is not YAML/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it('a registration’s creation is never read from a field that people can change, because precedence counts from it', () => {
  for (const system of systems) {
    const registration = packs.find((pack) => pack.system === system && pack.kind === 'registration');
    if (!registration) throw new Error(`there is no pack for registrations in ${system}`);
    const typed = linesOf(system, 'registration').find(({ local }) => local === 'submittedAt')?.remote ?? '';
    const fields = registration.fields.map((field) =>
      field.local === 'createdAt' ? { ...field, remote: typed } : field,
    );
    const result = compileMapping({ ...registration, fields }, shapeFor(registration));
    expect(result.ok ? [] : result.problems).toMatchObject([
      {
        field: 'createdAt',
        code: 'creation_writable',
        message: `Precedence counts from createdAt, and people can change ${typed}.`,
      },
    ]);
  }
});
