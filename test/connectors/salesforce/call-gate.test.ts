import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CrmConnector } from '#connectors/contract/crm.ts';
import { ConnectorError } from '#connectors/contract/failures.ts';
import type { CallGate } from '#connectors/contract/limits.ts';
import { control } from '#test/sandbox/salesforce/control.ts';
import { startOrg, type RunningOrg } from '#test/sandbox/salesforce/org.ts';
import { connectOrg, salesforcePages } from './sample.ts';

describe('salesforce: the gate', () => {
  let org: RunningOrg;
  beforeAll(async () => {
    org = await startOrg();
  });
  afterAll(() => org.close());

  const gated = (gate: Partial<CallGate>): CrmConnector =>
    connectOrg(org, {
      gate: {
        admit: async () => {},
        learn: async () => {},
        hold: async () => {},
        noteClock: async () => {},
        ...gate,
      },
    });

  it('is asked once for each billed call, and learns Salesforce’s count', async () => {
    let admitted = 0;
    const readings: unknown[] = [];
    const one = gated({
      admit: async () => void (admitted += 1),
      learn: async (learnt) => void readings.push(...learnt),
    });
    await one.check();
    await salesforcePages(one, { object: 'Account', fields: ['Name'] });
    expect(admitted).toBe(one.calls());
    expect(readings.at(-1)).toEqual({ name: 'day', used: org.calls(), allowed: 100_000 });
    expect(one.windows()).toEqual([
      { name: 'day', lengthMs: 86_400_000, allowed: 100_000, counts: ['call'] },
    ]);
  });

  it('that is closed lets no call leave', async () => {
    const failure = {
      class: 'throttle',
      code: 'BUDGET_USED',
      message: 'no calls left',
      fix: 'Wait.',
      retryAfterMs: 1000,
    } as const;
    const closed = gated({
      admit: async () => {
        throw new ConnectorError(failure);
      },
    });
    const before = org.calls();
    await expect(closed.check()).rejects.toMatchObject({ failure });
    expect(org.calls()).toBe(before);
  });

  it('is closed for all processes when Salesforce refuses a call because of its limit', async () => {
    const holds: unknown[] = [];
    await control(org, 'PATCH', 'settings', { dailyCalls: 0 });
    const one = gated({ hold: async (name, ms) => void holds.push([name, ms]) });
    await expect(one.check()).rejects.toMatchObject({
      failure: { class: 'throttle', retryAfterMs: 900_000 },
    });
    await control(org, 'PATCH', 'settings', { dailyCalls: 100_000 });
    expect(holds).toEqual([['day', 900_000]]);
  });
});
