import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { previewMapping } from '#src/operations/mappings/trial/preview-mapping.ts';
import type { Service } from '#test/support/service.ts';
import { startBootedService } from '#test/support/snapshot.ts';
import { openProblemsOf, someRecord, strangeText, writeInCrm } from './odd-values.ts';

let service: Service;
beforeAll(async () => {
  service = await startBootedService();
});
afterAll(() => service[Symbol.asyncDispose]());

/** Sentences of PostgreSQL. They name neither the record nor the field. */
const bareSql = /insert into|Failed query|out of range for type|index row/;

describe('one value never stops the main job', { timeout: 120_000 }, () => {
  it('names the deal whose amount no ledger can hold, and posts no wrong amount', async () => {
    for (const amount of ['1e18', '9223372036854775808', '1e30', '-9223372036854775809']) {
      const id = await someRecord(service, 'hubspot', 'opportunity');
      await writeInCrm(service, 'hubspot', 'opportunity', id, { amount });
      const { summary } = await service.runJob();
      expect(summary.complete).toBe(true);
      const [problem] = await openProblemsOf(service.deps.db, id);
      expect(problem).toMatchObject({
        code: 'amount_too_large',
        message: expect.stringMatching(/amount.*at most/),
      });
      expect(problem?.message).not.toMatch(bareSql);
      await writeInCrm(service, 'hubspot', 'opportunity', id, { amount: '10' });
      await service.runJob();
      expect(await openProblemsOf(service.deps.db, id)).toEqual([]);
    }
  });

  it('names the company whose name is too long for any index', async () => {
    const id = await someRecord(service, 'hubspot', 'account');
    await writeInCrm(service, 'hubspot', 'account', id, { name: strangeText(30_000) });
    expect((await service.runJob()).summary.complete).toBe(true);
    const [problem] = await openProblemsOf(service.deps.db, id);
    expect(problem).toMatchObject({
      code: 'too_long',
      message: expect.stringMatching(/^name: .*30,?000.*500/),
    });
    expect(problem?.message).not.toMatch(bareSql);
  });

  it('names the row of an invoice file, and forgets it with the file', async () => {
    const inbox = join(service.erpDir, 'in');
    const file = join(inbox, 'zz-long.csv');
    const header =
      'invoice_number,kind,partner_code,customer_name,currency,amount,issued_on,paid_on,applies_to';
    const [row] = await service.deps.db.execute<{ code: string }>(
      sql`select code from partner where code is not null and merged_into is null limit 1`,
    );
    const code = row?.code ?? '';
    const rows = [
      `LONG-1,invoice,${code},${strangeText(20_000)},USD,10.00,2026-11-02,,`,
      `${strangeText(20_000)},invoice,${code},Acme,USD,10.00,2026-11-02,,`,
      `BIG-1,invoice,${code},Acme,KWD,999999999999999.999,2026-11-02,,`,
      `FINE-1,invoice,${code},Acme,USD,10.00,2026-11-02,,`,
    ];
    await writeFile(file, `${[header, ...rows].join('\n')}\n`);
    expect((await service.runJob()).summary.complete).toBe(true);
    const problems = await openProblemsOf(
      service.deps.db,
      'zz-long.csv:2',
      'zz-long.csv:3',
      'BIG-1',
      'zz-long.csv:4',
    );
    expect(problems.map(({ ref, code: found }) => [ref, found])).toEqual([
      ['zz-long.csv:2', 'too_long'],
      ['zz-long.csv:3', 'too_long'],
      ['zz-long.csv:4', 'amount_too_large'],
    ]);
    const [fine] = await service.deps.db.execute(
      sql`select amount_minor from source_document where number = 'FINE-1'`,
    );
    expect(fine).toMatchObject({ amount_minor: '1000' });
    await rm(file);
    expect((await service.runJob()).summary.complete).toBe(true);
    expect(await openProblemsOf(service.deps.db, 'zz-long.csv:2', 'zz-long.csv:3', 'zz-long.csv:4')).toEqual(
      [],
    );
  });
});

describe('a record that PostgreSQL refuses', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    await service.deps.db.execute(sql`
      create function refuse_poison() returns trigger language plpgsql as $$
      begin if new.name like 'Poison%' then raise exception 'poisoned' using errcode = '22003'; end if; return new; end $$`);
    await service.deps.db.execute(
      sql`create trigger poison before insert or update on account for each row execute function refuse_poison()`,
    );
  });

  it('is named while the rest of its batch is placed, is set aside after three runs, and comes back when it changes', async () => {
    const bad = await someRecord(service, 'hubspot', 'account');
    const good = await someRecord(service, 'hubspot', 'account', bad);
    await writeInCrm(service, 'hubspot', 'account', bad, { name: 'Poison 1' });
    await writeInCrm(service, 'hubspot', 'account', good, { name: 'Good neighbour' });
    const tried = async (): Promise<boolean> => {
      const [row] = await service.deps.db.execute<{ waits: boolean }>(
        sql`select mapped_hash is distinct from hash as waits from remote_record where ext_id = ${bad}`,
      );
      return row?.waits === true;
    };
    for (const waits of [true, true, false]) {
      expect((await service.runJob()).summary.complete).toBe(true);
      expect(await openProblemsOf(service.deps.db, bad)).toMatchObject([{ code: 'record_refused' }]);
      expect(await tried()).toBe(waits);
    }
    const [neighbour] = await service.deps.db.execute(
      sql`select a.name from account a join link l on l.record_id = a.id where l.ext_id = ${good}`,
    );
    expect(neighbour).toEqual({ name: 'Good neighbour' });
    const [problem] = await openProblemsOf(service.deps.db, bad);
    expect(problem?.message).toMatch(/set aside/);
    const hubspot = (await listConnections(service.deps.db)).find(({ kind }) => kind === 'hubspot');
    const pack = service.deps.packs.find((one) => one.system === 'hubspot' && one.kind === 'account');
    if (!hubspot || !pack) throw new Error('no accounts in HubSpot');
    const trial = await previewMapping(service.deps, { connectionId: hubspot.id, pack, ref: bad });
    expect(trial).toMatchObject({ fits: true, refusals: [{ effect: 'record', code: 'record_refused' }] });
    await writeInCrm(service, 'hubspot', 'account', bad, { name: 'Antidote' });
    await service.runJob();
    expect(await openProblemsOf(service.deps.db, bad)).toEqual([]);
    const [healed] = await service.deps.db.execute(
      sql`select a.name from account a join link l on l.record_id = a.id where l.ext_id = ${bad}`,
    );
    expect(healed).toEqual({ name: 'Antidote' });
  });
});
