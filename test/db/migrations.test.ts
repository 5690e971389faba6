import { readFileSync } from 'node:fs';
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { emptyDatabase } from '#test/support/database.ts';

const statements = (name: string): string[] =>
  readFileSync(`migrations/${name}.sql`, 'utf8').split('--> statement-breakpoint');

it('two-way sync arrives on a database in use: cursors go on where they were, links and shadows stay, and a connection still takes its records with it', async () => {
  const database = await emptyDatabase();
  const sql = postgres(database.url, { max: 1, onnotice: () => {} });
  try {
    for (const statement of statements('0000_foundation')) await sql.unsafe(statement);
    const connection = '0198f000-0000-7000-8000-000000000001';
    const account = '0198f000-0000-7000-8000-000000000002';
    await sql`insert into connection (id, kind, name, settings, secrets, created_at) values (${connection}, 'hubspot', 'HubSpot', '{}', '{}', now())`;
    await sql`insert into cursor (connection_id, object, since, started_at, after_id) values (${connection}, 'companies', null, '2026-11-20T10:00:00.000Z', '4711')`;
    await sql`insert into account (id, name, core, normaliser_version) values (${account}, 'Acme', 'acme', 'n1')`;
    await sql`insert into partner (id, account_id, name) values (${account}, ${account}, 'Acme')`;
    await sql`insert into remote_record (connection_id, object, ext_id, fields, hash, modified_at, pulled_at) values (${connection}, 'companies', '4711', '{"name": "Acme"}', 'h', now(), now())`;
    await sql`insert into link (connection_id, object, ext_id, kind, record_id) values (${connection}, 'companies', '4711', 'account', ${account})`;
    await sql`insert into shadow (connection_id, object, ext_id, fields, written_at) values (${connection}, 'companies', '4711', '{"tier": "Gold"}', now())`;

    for (const statement of statements('0001_two_way_sync')) await sql.unsafe(statement);

    expect(await sql`select resume, started_at from cursor`).toMatchObject([
      { resume: '4711', started_at: '2026-11-20T10:00:00.000Z' },
    ]);
    expect(await sql`select fields, edits, sent from shadow`).toMatchObject([
      { fields: { tier: 'Gold' }, edits: {}, sent: {} },
    ]);
    expect(await sql`select merged_into from link`).toMatchObject([{ merged_into: null }]);
    expect(await sql`select merged_into from partner`).toMatchObject([{ merged_into: null }]);
    await sql`delete from connection`;
    expect(
      await sql`select (select count(*) from remote_record)::int as records, (select count(*) from link)::int as links`,
    ).toEqual([{ records: 0, links: 0 }]);
  } finally {
    await sql.end();
    await database.drop();
  }
});
