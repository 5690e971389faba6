import { expect, test } from 'vitest';
import { committedApiTypes, generateApiTypes } from '../../web/scripts/generate-api.ts';

test('the console’s types are those of the API: run "npm run generate -w web" after a change to a route', async () => {
  expect(await committedApiTypes()).toBe(await generateApiTypes());
});
