import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Client } from 'pg';
import { from, to } from 'pg-copy-streams';
import { AppError } from '#src/domain/errors.ts';

/** People sign in again after a restore, so a stolen backup contains no usable link or session. */
const leftOut = ['session', 'login_link', 'recovery_request', 'used_challenge'];

/** One piece of a copy: the start of a table, some of its rows in PostgreSQL's text format, its end, or the sequences. */
export type TablePart =
  | { readonly kind: 'table'; readonly table: string; readonly columns: readonly string[] }
  | { readonly kind: 'rows'; readonly bytes: Buffer }
  | { readonly kind: 'end'; readonly rows: number }
  | { readonly kind: 'sequences'; readonly values: readonly SequenceValue[] };

export interface SequenceValue {
  readonly name: string;
  readonly value: string;
  readonly used: boolean;
}

/**
 * A connection of `pg`. The client that Fairway uses otherwise (postgres) pauses its socket when a reader is
 * slow and does not go on when a copy has ended meanwhile.
 */
async function open(url: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: 'fairway backup',
    options: '-c timezone=UTC',
  });
  await client.connect();
  return client;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * Reads every table of Fairway as it was at one instant, while Fairway works on. Tables come in the order of
 * their foreign keys. The queue's tables are left out: the `job` table is the record of all work.
 */
export async function* readTables(url: string): AsyncGenerator<TablePart> {
  const client = await open(url);
  try {
    await client.query('begin isolation level repeatable read read only');
    for (const { table, columns } of await tablesInOrder(client)) {
      yield { kind: 'table', table, columns };
      const names = columns.map(quoted).join(', ');
      // Not COPY of the table itself: that would leave out the columns' order.
      const stream = client.query(to(`copy ${quoted(table)} (${names}) to stdout`));
      let rows = 0;
      for await (const bytes of stream as AsyncIterable<Buffer>) {
        // The text format writes a line break inside a value as two other characters.
        for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) rows += 1;
        yield { kind: 'rows', bytes };
      }
      yield { kind: 'end', rows };
    }
    yield { kind: 'sequences', values: await sequencesOf(client) };
    await client.query('commit');
  } finally {
    await client.end();
  }
}

/**
 * Fills the tables of a database whose schema is that of the copy, all of them or none. Triggers that follow
 * changes do not run, because what they would do is in the copy; foreign keys are checked.
 */
export async function writeTables(url: string, parts: AsyncIterable<TablePart>): Promise<void> {
  const client = await open(url);
  try {
    await client.query('begin');
    const tables = (await tablesInOrder(client)).map(({ table }) => quoted(table));
    for (const table of tables) await client.query(`alter table ${table} disable trigger user`);
    for (const table of tables.toReversed()) await client.query(`delete from ${table}`);
    await fill(client, parts);
    for (const table of tables) await client.query(`alter table ${table} enable trigger user`);
    await client.query('commit');
  } finally {
    await client.end();
  }
}

async function fill(client: Client, parts: AsyncIterable<TablePart>): Promise<void> {
  let target = null as Writable | null;
  for await (const part of parts) {
    switch (part.kind) {
      case 'table':
        target = client.query(
          from(`copy ${quoted(part.table)} (${part.columns.map(quoted).join(', ')}) from stdin`),
        );
        break;
      case 'rows':
        if (target?.write(part.bytes) === false) await once(target, 'drain');
        break;
      case 'end':
        if (target) {
          target.end();
          await finished(target);
        }
        target = null;
        break;
      case 'sequences':
        for (const { name, value, used } of part.values)
          await client.query('select setval($1::regclass, $2::bigint, $3)', [quoted(name), value, used]);
        break;
    }
  }
}

interface TableColumns {
  readonly table: string;
  readonly columns: readonly string[];
}

/** A table comes after those that its foreign keys point to. */
async function tablesInOrder(client: Client): Promise<TableColumns[]> {
  const { rows } = await client.query<{ table: string; columns: string[]; needs: string[] }>(`
    select c.relname as table,
      (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
      array(select f.confrelid::regclass::text from pg_constraint f
        where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as needs
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname`);
  const waiting = rows.filter(({ table }) => !leftOut.includes(table));
  const ordered: TableColumns[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ needs }) =>
      needs.every((one) => waiting.every(({ table }) => quotedOrPlain(one) !== table)),
    );
    if (next < 0)
      throw new Error(`the foreign keys of ${waiting.map(({ table }) => table).join(', ')} form a circle`);
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}

const quotedOrPlain = (name: string): string => name.replace(/^"|"$/g, '');

async function sequencesOf(client: Client): Promise<SequenceValue[]> {
  const { rows: names } = await client.query<{ name: string }>(`
    select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' order by 1`);
  const values: SequenceValue[] = [];
  for (const { name } of names) {
    const { rows } = await client.query<{ value: string; used: boolean }>(
      `select last_value::text as value, is_called as used from ${quoted(name)}`,
    );
    values.push(...rows.map((row) => ({ name, ...row })));
  }
  return values;
}

/** The number of Fairway's connections to this database, other than backups. */
export async function otherConnections(url: string): Promise<number> {
  const client = await open(url);
  try {
    const { rows } = await client.query<{ count: number }>(`
      select count(*)::int as count from pg_stat_activity
      where datname = current_database() and application_name = 'fairway' and pid <> pg_backend_pid()`);
    return rows[0]?.count ?? 0;
  } finally {
    await client.end();
  }
}

/** Drops everything that Fairway has in a database. */
export async function dropEverything(url: string): Promise<void> {
  const client = await open(url);
  try {
    await client.query(`
      drop schema if exists drizzle cascade; drop schema if exists bullmq cascade;
      drop schema public cascade; create schema public`);
  } catch (error) {
    throw new AppError(
      'not_allowed',
      'The role of this database may not empty it. Create an empty database and name it in DATABASE_URL or DATABASE_OWNER_URL.',
      {},
      error,
    );
  } finally {
    await client.end();
  }
}
