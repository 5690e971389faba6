import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTwoWayWorld, type CrmKind, type TwoWayWorld } from '#test/operations/two-way-fixture.ts';

let world: TwoWayWorld;
beforeAll(async () => {
  world = await startTwoWayWorld();
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

describe.each(['salesforce', 'hubspot'] as const)(
  'a registration that people change in Fairway and in %s',
  { timeout: 60_000 },
  (crm: CrmKind) => {
    it('keeps both changes when they are to different fields, and calls that no conflict', async () => {
      const registration = await world.unusedRegistration(crm);
      await world.editInCrm(crm, registration, { customerName: 'Renamed in the CRM' });
      await world.editHere(registration, { productFamily: 'Corrected here' });
      await world.sync();
      expect(await world.inCrm(crm, registration, ['customerName', 'productFamily'])).toEqual({
        customerName: 'Renamed in the CRM',
        productFamily: 'Corrected here',
      });
      expect(await world.here(registration)).toMatchObject({
        customerName: 'Renamed in the CRM',
        productFamily: 'Corrected here',
      });
      expect(await world.resolutions(registration)).toEqual([]);
    });

    it('takes a change that both sides made alike as agreed: nothing is written and nothing logged', async () => {
      const registration = await world.unusedRegistration(crm);
      await world.editInCrm(crm, registration, { expectedClose: '2027-08-01' });
      await world.editHere(registration, { expectedClose: '2027-08-01' });
      expect((await world.sync())[crm]).toBe(0);
      expect(await world.resolutions(registration)).toEqual([]);
      expect(await editsOf(registration.extId)).toEqual({});
    });

    it('does not take its own write, seen again, for somebody’s change', async () => {
      const registration = await world.unusedRegistration(crm);
      await world.editHere(registration, {
        customerName: '  Wagner  & Söhne ',
        amount: '1234.5',
        expectedClose: null,
      });
      await world.sync();
      expect((await world.sync())[crm]).toBe(0);
      expect(await world.resolutions(registration)).toEqual([]);
      expect(await world.here(registration)).toMatchObject({ amount: 1234.5, expectedClose: null });
      expect(Number((await world.inCrm(crm, registration, ['amount']))['amount'])).toBe(1234.5);
      expect(await editsOf(registration.extId)).toEqual({});
    });

    describe('when both sides changed a field differently', () => {
      it('and its policy is "crm": takes the CRM’s, and says so', async () => {
        const registration = await world.unusedRegistration(crm);
        const { expectedClose: base = null } = await world.here(registration);
        await world.editInCrm(crm, registration, { expectedClose: '2027-01-31' });
        await world.editHere(registration, { expectedClose: '2027-06-30' });
        await world.sync();
        expect((await world.inCrm(crm, registration, ['expectedClose']))['expectedClose']).toContain(
          '2027-01-31',
        );
        expect(await world.here(registration)).toMatchObject({ expectedClose: '2027-01-31' });
        expect(await world.resolutions(registration)).toMatchObject([
          {
            field: 'expectedClose',
            base,
            theirs: '2027-01-31',
            ours: '2027-06-30',
            policy: 'crm',
            winner: 'crm',
          },
        ]);
      });

      it('and its policy is "fairway": writes ours, and says so once', async () => {
        const registration = await world.unusedRegistration(crm);
        await world.editInCrm(crm, registration, { dealType: null });
        await world.editHere(registration, { dealType: 'renewal' });
        await world.sync();
        await world.sync();
        expect(await world.inCrm(crm, registration, ['dealType'])).toEqual({ dealType: 'renewal' });
        expect(await world.resolutions(registration)).toMatchObject([
          {
            field: 'dealType',
            base: 'new',
            theirs: null,
            ours: 'renewal',
            policy: 'fairway',
            winner: 'fairway',
          },
        ]);
      });

      it('and its policy is "latest": uses the change that was made last', async () => {
        const registration = await world.unusedRegistration(crm);
        await world.editInCrm(crm, registration, { productFamily: 'First, in the CRM' });
        await pause();
        await world.editHere(registration, { productFamily: 'Last, in Fairway' });
        await world.sync();
        expect(await world.inCrm(crm, registration, ['productFamily'])).toEqual({
          productFamily: 'Last, in Fairway',
        });
        await world.editHere(registration, { productFamily: 'First, in Fairway' });
        await pause();
        await world.editInCrm(crm, registration, { productFamily: 'Last, in the CRM' });
        await world.sync();
        expect(await world.here(registration)).toMatchObject({ productFamily: 'Last, in the CRM' });
        expect((await world.resolutions(registration)).map((one) => one.winner)).toEqual(['fairway', 'crm']);
      });

      it('and its policy is "crm_unless_blank": takes the CRM’s unless it was emptied there', async () => {
        const registration = await world.unusedRegistration(crm);
        await world.editInCrm(crm, registration, { contactEmail: 'crm@example.com' });
        await world.editHere(registration, { contactEmail: 'here@example.com' });
        await world.sync();
        expect(await world.here(registration)).toMatchObject({ contactEmail: 'crm@example.com' });
        await world.editInCrm(crm, registration, { contactEmail: null });
        await world.editHere(registration, { contactEmail: 'again@example.com' });
        await world.sync();
        expect(await world.inCrm(crm, registration, ['contactEmail'])).toEqual({
          contactEmail: 'again@example.com',
        });
        expect((await world.resolutions(registration)).map((one) => one.winner)).toEqual(['crm', 'fairway']);
      });

      it('and its policy is "ask": touches neither side until somebody answers', async () => {
        const registration = await world.unusedRegistration(crm);
        await world.editInCrm(crm, registration, { amount: 7000 });
        await world.editHere(registration, { amount: '9000' });
        await world.sync();
        expect((await world.sync())[crm]).toBe(0);
        expect(Number((await world.inCrm(crm, registration, ['amount']))['amount'])).toBe(7000);
        expect(await world.here(registration)).toMatchObject({ amount: 9000 });
        expect(await world.resolutions(registration)).toMatchObject([
          { field: 'amount', theirs: '7000', ours: '9000.00', policy: 'ask', winner: null },
        ]);
      });
    });
  },
);

/** Salesforce stamps whole seconds. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 1_100));

async function editsOf(extId: string): Promise<unknown> {
  const [row] = await world.deps.db.execute(sql`select edits from shadow where ext_id = ${extId}`);
  return row?.['edits'];
}
