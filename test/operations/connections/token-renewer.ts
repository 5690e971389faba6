import { z } from 'zod';
import { openDatabase } from '#src/db/client.ts';
import { tokenVault } from '#src/db/connections/token-store.ts';

/**
 * A process that found its access token refused: renews it at the vendor of its first argument, and prints
 * the tokens it may use.
 */
const order = z
  .object({ connectionId: z.uuid(), refused: z.string(), vendor: z.url(), rotates: z.boolean() })
  .parse(JSON.parse(process.argv[2] ?? '{}'));
const answerSchema = z.object({ accessToken: z.string(), refreshToken: z.string(), expiresAt: z.null() });

await using database = openDatabase(process.env['DATABASE_URL'] ?? '', 3);
const vault = tokenVault(
  database.db,
  Buffer.from(process.env['FAIRWAY_KEY'] ?? '', 'base64'),
  order.connectionId,
);
const tokens = await vault.renew(
  order.refused,
  async ({ refreshToken }) =>
    answerSchema.parse(await (await fetch(order.vendor, { method: 'POST', body: refreshToken })).json()),
  { rotates: order.rotates },
);
console.log(tokens.accessToken);
