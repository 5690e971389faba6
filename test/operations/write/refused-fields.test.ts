import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packFor } from '#src/operations/connections/use-connection.ts';
import { dryRunPack } from '#src/operations/mappings/trial/dry-run-mapping.ts';
import { openIntents, openProblems } from '#test/support/queries.ts';
import { startTwoWayWorld, type CrmKind, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

/** The CRM refuses this product family, and names the field; null takes the rule away. */
async function refuseFamily(crm: CrmKind, family: string | null): Promise<void> {
  const { path, method, body } = {
    salesforce: {
      path: '/sandbox/settings',
      method: 'PATCH',
      body: {
        validationRules:
          family === null
            ? []
            : [
                {
                  object: 'Fairway_Registration__c',
                  errorCondition: `Product_Family__c = '${family}'`,
                  formula: `Product_Family__c = "${family}"`,
                  message: `We do not sell ${family}.`,
                  field: 'Product_Family__c',
                },
              ],
      },
    },
    hubspot: {
      path: '/sandbox/validations',
      method: 'PUT',
      body: {
        validations:
          family === null
            ? []
            : [
                {
                  objectType: 'p_fairway_registration',
                  property: 'product_family',
                  ruleType: 'MAX_LENGTH',
                  ruleArguments: [String(family.length - 1)],
                },
              ],
      },
    },
  }[crm];
  const response = await fetch(`${world.service.addresses[crm]}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** What a trial of the live mapping says beforehand. */
async function trial(crm: CrmKind) {
  const connection = await world.connection(crm);
  const pack = packFor(world.deps, connection, 'registration');
  if (!pack) throw new Error('no mapping of registrations');
  const found = await dryRunPack(world.deps, { connectionId: connection.id, pack }, async () => {});
  if (!found.fits) throw new Error(JSON.stringify(found.problems));
  return found.report;
}

const refusedFamily = 'A family with a name that is longer than all the others';

describe.each(['salesforce', 'hubspot'] as const)('a field that %s refuses', { timeout: 60_000 }, (crm) => {
  test('is left out: the other fields of the row are written, and it is named until it fits', async () => {
    await refuseFamily(crm, refusedFamily);
    const registration = await world.unusedRegistration(crm);
    const edited = { customerName: 'Written anyway', productFamily: refusedFamily };
    const { productFamily } = await world.inCrm(crm, registration, ['productFamily']);
    await world.editHere(registration, edited);
    const before = await trial(crm);
    expect(before.crm).toMatchObject({ written: 1 });
    expect(before.refused).toMatchObject([
      { effect: 'value', field: 'productFamily', certain: true, count: 1, cause: 'validation_rule' },
    ]);
    await world.sync();
    expect(await world.inCrm(crm, registration, Object.keys(edited))).toEqual({
      customerName: 'Written anyway',
      productFamily,
    });
    expect(await openProblems(world.deps.db)).toMatchObject([{ ref: registration.extId }]);
    const { customerName, family } = {
      salesforce: { customerName: 'Customer_Name__c', family: 'Product_Family__c' },
      hubspot: { customerName: 'customer_name', family: 'product_family' },
    }[crm];
    const sent = await world.deps.db.execute<{ fields: object }>(sql`
      select fields from write_intent where ext_id = ${registration.extId} and status = 'done' and fields ->> ${customerName} is not null`);
    expect(sent.map(({ fields }) => Object.keys(fields).includes(family))).toEqual([false]);
    const letters = await world.deps.db.execute<{ fields: object; code: string }>(sql`
      select fields, failure ->> 'code' as code from write_intent where ext_id = ${registration.extId} and status = 'dead'`);
    expect(letters.map(({ fields }) => fields)).toEqual([{ [family]: refusedFamily }]);
    // Nothing is lost: the value is written once the CRM accepts it.
    expect(await world.here(registration)).toMatchObject({ productFamily: refusedFamily });
    await refuseFamily(crm, null);
    await world.sync();
    expect(await world.inCrm(crm, registration, Object.keys(edited))).toEqual(edited);
    expect(await openProblems(world.deps.db)).toEqual([]);
    expect(await openIntents(world.deps.db)).toBe(0);
    expect((await world.sync())[crm]).toBe(0);
    expect(await world.resolutions(registration)).toEqual([]);
  });
});
