import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireCrm } from '#connectors/contract/connector.ts';
import { crmSchema, type CrmField } from '#src/domain/crm-schema.ts';
import { backfillMapping, startBackfill } from '#src/operations/mappings/backfill/backfill-mapping.ts';
import { dryRunMapping } from '#src/operations/mappings/trial/dry-run-mapping.ts';
import { draftOf, publish } from '#test/operations/mappings/mappings-fixture.ts';
import { startTwoWayWorld, type CrmKind, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

const noProgress = async (): Promise<void> => {};
const note = { salesforce: 'Partner_Note__c', hubspot: 'partner_note' } as const;
const longest = 14;

/** The CRM's admin adds a text field to its registrations. */
async function addNote(crm: CrmKind): Promise<void> {
  const field: CrmField = {
    name: 'partnerNote',
    label: 'Partner note',
    help: 'A note.',
    type: 'text',
    writtenBy: 'fairway',
  };
  const schema = crmSchema.map((object) =>
    object.kind === 'registration' ? { ...object, fields: [...object.fields, field] } : object,
  );
  await requireCrm(world.deps.connectorFor(await world.connection(crm))).install(schema);
}

interface StoredDeal {
  readonly ref: string;
  readonly customer: string;
  readonly family: string | null;
}

async function registrationsOf(crm: CrmKind): Promise<readonly StoredDeal[]> {
  return [
    ...(await world.deps.db.execute<{ ref: string; customer: string; family: string | null }>(sql`
      select l.ext_id as ref, r.customer_name as customer, r.product_family as family from registration r
      join link l on l.record_id = r.id join connection c on c.id = l.connection_id where c.kind = ${crm} and not r.deleted`)),
  ];
}

const tooLong = ({ customer }: StoredDeal): boolean => customer.length > longest;

/**
 * Rules that refuse some notes, some of them for a field that is not mapped, and one whose effect is not
 * visible from outside.
 */
async function setRules(crm: CrmKind, family: string): Promise<void> {
  const object = 'Fairway_Registration__c';
  const isLong = `Partner_Note__c LIKE '${'_'.repeat(longest + 1)}%'`;
  const rules = {
    salesforce: {
      path: '/sandbox/settings',
      method: 'PATCH',
      body: {
        validationRules: [
          {
            object,
            name: 'Short_Notes',
            field: 'Partner_Note__c',
            message: 'Too long.',
            errorCondition: isLong,
            formula: `LEN(Partner_Note__c) > ${longest}`,
          },
          {
            object,
            name: 'No_Notes',
            message: 'No notes on these.',
            errorCondition: `Product_Family__c = '${family}' AND (NOT ${isLong})`,
            formula: `AND(Product_Family__c = "${family}", NOT(LEN(Partner_Note__c) > ${longest}))`,
          },
          {
            object,
            name: 'Polite',
            message: 'Mind your words.',
            errorCondition: "Partner_Note__c = 'Damn'",
            formula: `AND(LEN(Partner_Note__c) <= ${longest}, REGEX(Partner_Note__c, "Damn"))`,
          },
        ],
        duplicateRules: [{ name: 'Same_Number', object, fields: ['Number__c'], action: 'block' }],
      },
    },
    hubspot: {
      path: '/sandbox/validations',
      method: 'PUT',
      body: {
        validations: [
          {
            objectType: 'p_fairway_registration',
            property: 'partner_note',
            ruleType: 'MAX_LENGTH',
            ruleArguments: [String(longest)],
          },
          {
            objectType: 'p_fairway_registration',
            property: 'partner_note',
            ruleType: 'REGEX',
            ruleArguments: ['.*'],
          },
        ],
      },
    },
  }[crm];
  const init = {
    method: rules.method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rules.body),
  };
  const response = await fetch(`${world.service.addresses[crm]}${rules.path}`, init);
  if (!response.ok) throw new Error(await response.text());
}

describe.each(['salesforce', 'hubspot'] as const)(
  'a dry run on %s that meets the rules of its admins',
  { timeout: 120_000 },
  (crm) => {
    it('is certain of exactly what the backfill is then refused, and counts what the other rules may refuse', async () => {
      await addNote(crm);
      const registrations = await registrationsOf(crm);
      const family =
        registrations.find((registration) => !tooLong(registration) && registration.family !== null)
          ?.family ?? '';
      await setRules(crm, family);
      const draft = await draftOf(world, crm, 'registration', (fields) => [
        ...fields.filter(({ local }) => local !== 'productFamily'),
        { local: 'customerName', remote: note[crm], direction: 'out' },
      ]);
      const found = await dryRunMapping(world.deps, { versionId: draft.id }, noProgress);
      if (!found.fits) throw new Error(JSON.stringify(found.problems));
      const { written } = found.report.crm;
      const long = registrations.filter(tooLong).length;
      const ofFamily = registrations.filter(
        (registration) => !tooLong(registration) && registration.family === family,
      ).length;
      expect(written).toBe(registrations.length);
      const reason = { effect: 'record', direction: 'out', cause: 'validation_rule' };
      const local = 'customerName';
      expect(found.report.refused).toMatchObject(
        crm === 'salesforce'
          ? [
              { ...reason, rule: 'No_Notes', certain: true, count: ofFamily, field: null },
              {
                ...reason,
                rule: 'Short_Notes',
                certain: true,
                count: long,
                field: local,
                code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
              },
              { ...reason, rule: 'Polite', certain: false, count: written - long },
              { ...reason, cause: 'duplicate', rule: 'Same_Number', certain: false, count: written },
            ]
          : [
              { ...reason, rule: 'partner_note: MAX_LENGTH', certain: true, count: long, field: local },
              { ...reason, rule: 'partner_note: REGEX', certain: false, count: written },
            ],
      );

      await publish(world, draft);
      const { backfillId } = await startBackfill(world.deps, { ...draft, personId: null });
      const done = await backfillMapping(world.deps, { backfillId: backfillId ?? '' }, noProgress);
      const refused = crm === 'salesforce' ? long + ofFamily : long;
      expect(refused).toBeGreaterThan(0);
      expect(done?.writes).toMatchObject({ written: written - refused, refused });
      expect(await refusedBy(crm)).toEqual(
        new Set(
          registrations.flatMap((registration) =>
            tooLong(registration) || (crm === 'salesforce' && registration.family === family)
              ? [registration.ref]
              : [],
          ),
        ),
      );
    });
  },
);

/** The records whose writes the CRM has refused. */
async function refusedBy(crm: CrmKind): Promise<ReadonlySet<string>> {
  const rows = await world.deps.db.execute<{ ref: string }>(sql`
    select w.ext_id as ref from write_intent w join connection c on c.id = w.connection_id where c.kind = ${crm} and w.status = 'dead'`);
  return new Set(rows.map(({ ref }) => ref));
}
