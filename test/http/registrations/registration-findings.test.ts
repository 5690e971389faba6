import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveOpportunities } from '#src/db/records/account-store.ts';
import { account } from '#src/db/schema/channel.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { type ConsoleData, seedConsole } from '#test/support/console-data.ts';
import { type HttpTest, startHttp } from '#test/http/http-test.ts';

let http: HttpTest;
let data: ConsoleData;
beforeAll(async () => {
  http = await startHttp();
  data = await seedConsole(http.deps);
});
afterAll(() => http[Symbol.asyncDispose]());

const conflictCaseOf = async (number: string) => {
  const response = await (
    await http.as('viewer')
  )({ url: `/api/registrations/${data.registrationIds.get(number)}` });
  expect(response.statusCode).toBe(200);
  return response.json().conflictCase;
};

describe('a conflict case', () => {
  test('shows what the rules say of the registration itself apart from its rivals, and an earlier purchase with its evidence', async () => {
    const { db, ids } = http.deps;
    expect((await conflictCaseOf('DR-2026-0003')).findings).toEqual([]);
    await db.update(account).set({ territory: 'DE; AT' }).where(eq(account.name, 'Kestrel IT Partners'));
    const [customer] = await db.select().from(account).where(eq(account.name, 'Meridian Foods, Inc'));
    const won = { isClosed: true, isWon: true, closeDate: '2025-02-03' };
    await saveOpportunities(db, [
      { id: ids(), accountId: customer?.id ?? '', name: 'Meridian pilot', ...won },
    ]);
    await evaluateRegistrations(http.deps, async () => {});

    const { findings, rivals } = await conflictCaseOf('DR-2026-0003');
    expect(findings).toEqual([
      {
        rule: 'outside_territory',
        effect: 'review',
        message: "The customer's country is not known, and the partner's territory is limited to DE, AT.",
      },
    ]);
    expect(rivals).toContainEqual(
      expect.objectContaining({
        rival: expect.objectContaining({
          kind: 'customer',
          accountName: 'Meridian Foods, Inc',
          since: '2025-02-03',
        }),
        findings: [
          {
            rule: 'existing_customer',
            effect: 'note',
            message: expect.stringMatching(
              /^New business with an existing customer \(first purchase 2025-02-03, Kestrel/,
            ),
          },
        ],
      }),
    );
    expect(rivals).toHaveLength(2);
  });
});
