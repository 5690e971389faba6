import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit, firstBrokenLink } from '#src/db/people/audit-store.ts';
import { seedConsole } from '#test/support/console-data.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

describe('the ledger and the audit trail', () => {
  let test: TestDeps;
  beforeAll(async () => {
    test = await startDeps({ now: '2026-11-18T10:00:00Z' });
    await seedConsole(test.deps);
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it.each(['posting', 'journal_tx', 'payout_line', 'audit_event', 'program_version'])(
    'refuse to change or delete a row of %s',
    async (table) => {
      const name = sql.identifier(table);
      const [column] = await test.deps.db.execute<{ column_name: string }>(
        sql`select column_name from information_schema.columns where table_name = ${table} limit 1`,
      );
      const field = sql.identifier(column?.column_name ?? '');
      await expect(test.deps.db.execute(sql`update ${name} set ${field} = ${field}`)).rejects.toMatchObject({
        cause: { message: `${table} is append-only` },
      });
      await expect(test.deps.db.execute(sql`delete from ${name}`)).rejects.toMatchObject({
        cause: { message: `${table} is append-only` },
      });
    },
  );

  it('refuse an entry that does not balance, at commit', async () => {
    const unbalanced = test.deps.db.transaction(async (tx) => {
      await tx.execute(
        sql`insert into posting (tx_id, account, partner_id, currency, amount_minor) select id, 'expense', partner_id, currency, 1 from journal_tx limit 1`,
      );
    });
    await expect(unbalanced).rejects.toThrow(/out of balance/);
  });

  it('show which audit entry was rewritten', async () => {
    const { db } = test.deps;
    const entry = {
      actorId: null,
      action: 'registration.approved',
      subjectKind: 'registration',
      subjectId: test.deps.ids(),
      before: { b: 1, a: [2] },
      after: { status: 'approved' },
      reason: null,
    } as const;
    await db.transaction((tx) => audit(tx, [entry, entry], test.deps.clock()));
    expect(await firstBrokenLink(db)).toBeNull();
    const [middle] = await db.execute<{ id: string }>(
      sql`select id::text from audit_event order by id offset 1 limit 1`,
    );
    // Only the owner of the database can disable a trigger, and the chain still shows the change.
    await db.execute(sql`alter table audit_event disable trigger audit_event_append_only`);
    await db.execute(sql`update audit_event set reason = 'something else' where id = ${middle?.id ?? ''}`);
    expect(String(await firstBrokenLink(db))).toBe(middle?.id);
  });
});
