import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { buildLog } from '#src/deps.ts';
import { buildApp } from '#src/http/app.ts';
import { startDeps } from '#test/support/deps.ts';

test('a request that fails in the database is logged without the values of its query', async () => {
  await using service = await startDeps();
  const lines: string[] = [];
  const log = buildLog('info', { write: (line) => void lines.push(line) });
  await using app = buildApp({ ...service.deps, log });
  await service.deps.db.execute(sql`alter table login_link rename to login_link_away`);
  const response = await app.inject({
    method: 'POST',
    url: '/api/sign-in',
    headers: { 'x-fairway': '1' },
    payload: { token: 'a'.repeat(43) },
  });
  expect(response.statusCode).toBe(500);
  const [line] = lines.filter((one) => one.includes('request failed'));
  expect(JSON.parse(line ?? '{}').err).toMatchObject({
    message: 'relation "login_link" does not exist',
    code: '42P01',
  });
  expect(lines.join('')).not.toMatch(/params|token_hash/);
});
