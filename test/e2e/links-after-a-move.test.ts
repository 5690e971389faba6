import { expect, it } from 'vitest';
import { startBootedService } from '#test/support/snapshot.ts';

it('a copy of the service whose vendors listen on other ports has nothing to write: its links moved along', async () => {
  await using first = await startBootedService();
  await using second = await startBootedService();
  expect(second.addresses.salesforce).not.toBe(first.addresses.salesforce);
  for (const service of [first, second])
    expect((await service.runJobAndRest()).summary.written).toEqual({ salesforce: 0, hubspot: 0 });
}, 120_000);
