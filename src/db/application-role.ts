import { sql } from 'drizzle-orm';
import { lockInSession } from './advisory-locks.ts';
import { openDatabase, type Db } from './client.ts';

/** Their rows are added and never changed or deleted, so the application may not even try. */
export const appendOnlyTables = [
  'audit_event',
  'journal_tx',
  'posting',
  'program_version',
  'lifecycle_programme',
  'registration_event',
  'book_event',
  'book_state',
  'ledger_bucket',
  'incentive_line',
  'ledger_seal',
] as const;
/**
 * Two people may remove the rows of a payout, which a trigger decides. The evidence of an event is deleted
 * when its registration is erased.
 */
const neverUpdated = [...appendOnlyTables, 'payout_line', 'registration_event_evidence'];

const queueSchema = 'bullmq';

/**
 * Grants the role of `url` only what the application needs: it owns nothing, changes no table's
 * definition, and cannot change or delete the audit trail and the ledger. The role is created with the password
 * of `url` unless it can sign in already. Called after each migration, because new tables have no grants.
 *
 * @param ownerUrl the address of the role that owns the tables
 */
export async function grantToApplication(ownerUrl: string, url: string): Promise<void> {
  const { username, password } = new URL(url);
  const role = decodeURIComponent(username);
  await using owner = openDatabase(ownerUrl, 1);
  await lockInSession(owner.db, 'migrations');
  if (!(await canSignIn(url))) await createRole(owner.db, role, decodeURIComponent(password));
  await owner.db.transaction(async (tx) => {
    const name = await quoted(tx, role);
    const schemas = await existingSchemas(tx);
    for (const schema of schemas)
      await tx.execute(
        sql.raw(`
        revoke all on all tables in schema ${schema} from ${name};
        grant usage on schema ${schema} to ${name};
        grant select on all tables in schema ${schema} to ${name};
        grant usage, select on all sequences in schema ${schema} to ${name}`),
      );
    for (const schema of schemas.filter((one) => one !== 'drizzle'))
      await tx.execute(
        sql.raw(`
        grant insert, update, delete on all tables in schema ${schema} to ${name};
        grant execute on all functions in schema ${schema} to ${name}`),
      );
    await tx.execute(
      sql.raw(`
        revoke update on ${neverUpdated.join(', ')} from ${name};
        revoke delete on ${[...appendOnlyTables, 'ledger_book', 'book_close'].join(', ')} from ${name}`),
    );
    // The queue makes a sequence for itself when it first adds a job.
    if (schemas.includes(queueSchema))
      await tx.execute(sql.raw(`grant create on schema ${queueSchema} to ${name}`));
    // Statistics are collected by the application after large reads. Before version 17 this needs the owner.
    const [version] = await tx.execute<{ number: number }>(
      sql`select current_setting('server_version_num')::int as number`,
    );
    if ((version?.number ?? 0) >= 170_000)
      await tx.execute(sql.raw(`grant maintain on all tables in schema public to ${name}`));
  });
}

/** True when the role that this database was opened with owns one of Fairway's tables. */
export async function ownsTables(db: Db): Promise<boolean> {
  const [row] = await db.execute<{ owns: boolean }>(sql`
    select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname in ('public', 'drizzle', ${queueSchema}) and pg_has_role(current_user, c.relowner, 'member')) as owns`);
  return row?.owns === true;
}

async function canSignIn(url: string): Promise<boolean> {
  await using database = openDatabase(url, 1);
  return await database.db.execute(sql`select 1`).then(
    () => true,
    () => false,
  );
}

/** Names and passwords cannot be parameters of these statements, so the database quotes them. */
async function createRole(db: Db, role: string, password: string): Promise<void> {
  const [statement] = await db.execute<{ text: string }>(sql`
    select format(
      case when exists (select from pg_roles where rolname = ${role}) then 'alter role %I login password %L'
        else 'create role %I login password %L nosuperuser nocreatedb nocreaterole noreplication nobypassrls' end,
      ${role}::text, ${password}::text) as text`);
  await db.execute(sql.raw(statement?.text ?? ''));
}

async function quoted(db: Db, name: string): Promise<string> {
  const [row] = await db.execute<{ name: string }>(sql`select quote_ident(${name}) as name`);
  return row?.name ?? '';
}

async function existingSchemas(db: Db): Promise<string[]> {
  const rows = await db.execute<{ name: string }>(
    sql`select nspname as name from pg_namespace where nspname in ('public', 'drizzle', ${queueSchema})`,
  );
  return rows.map(({ name }) => name);
}
