import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findBatch,
  payoutItems,
  batchesAwaitingFile,
  type PayoutBatch,
} from '#src/db/payouts/payout-store.ts';
import { connection } from '#src/db/schema/connection.ts';
import { problem } from '#src/db/schema/work.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import { draftPayouts } from '#src/operations/payouts/draft-payouts.ts';
import {
  approvePayoutBatch,
  exportPayoutBatch,
  submitPayoutBatch,
} from '#src/operations/payouts/payout-batch.ts';
import { deliverPayoutBatch } from '#src/operations/payouts/payout-file.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { seedConsole } from '#test/support/console-data.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';

describe('the file of a payout batch', () => {
  let test: TestDeps;
  let batchId: string;
  let outbox: string;

  beforeEach(async () => {
    test = await startDeps({ now: '2026-11-18T10:00:00Z' });
    await seedConsole(test.deps);
    outbox = await addFolder('one');
    const [drafted] = await batchesAwaitingFile(test.deps.db);
    batchId = drafted?.id ?? '';
  });
  afterEach(() => test[Symbol.asyncDispose]());

  async function addFolder(name: string): Promise<string> {
    const { db, ids, clock, config } = test.deps;
    const [id, inbox, out] = [ids(), join(test.dir, name, 'in'), join(test.dir, name, 'out')];
    await mkdir(inbox, { recursive: true });
    const secrets = sealSecrets(config.masterKey, id, {});
    await db.insert(connection).values({
      id,
      kind: 'files',
      name,
      settings: { inbox, outbox: out, sandbox: true },
      secrets,
      createdAt: clock(),
    });
    return out;
  }

  /** A file where the folder should be. */
  const block = (folder: string): Promise<void> => writeFile(folder, 'in the way');
  const runPayouts = (): Promise<void> => draftPayouts(test.deps, async () => {});
  const batchNow = async (): Promise<PayoutBatch> => {
    const found = await findBatch(test.deps.db, batchId);
    if (!found) throw new Error('the batch is gone');
    return found;
  };

  async function release(): Promise<void> {
    const [anna, ben] = [await personId('anna@example.com'), await personId('ben@example.com')];
    await submitPayoutBatch(test.deps, { batchId, personId: anna });
    await approvePayoutBatch(test.deps, { batchId, personId: ben });
    await exportPayoutBatch(test.deps, { batchId, personId: anna });
  }
  const personId = async (email: string): Promise<string> =>
    (await createLoginLink(test.deps, { email, role: 'finance' })).person.id;

  it('reaches finance with the next run when the job that was to write it never did', async () => {
    await release();
    expect((await batchNow()).fileWrittenAt).toBeNull();
    await runPayouts();
    expect(await readdir(outbox)).toEqual(['payouts-2026-10-USD.csv']);
    expect((await batchNow()).fileWrittenAt).toEqual(test.deps.clock());
  });

  it('is confirmed only once every folder has it, and a folder that is away holds up neither the other nor the run', async () => {
    await block(outbox);
    const other = await addFolder('two');
    await release();
    await runPayouts();
    expect(await readdir(other)).toEqual(['payouts-2026-10-USD.csv']);
    expect((await batchNow()).fileWrittenAt).toBeNull();
    await rm(outbox);
    await runPayouts();
    expect(await readdir(outbox)).toEqual(['payouts-2026-10-USD.csv']);
    expect((await batchNow()).fileWrittenAt).not.toBeNull();
  });

  it('makes a job fail, and so be tried again, when a folder is away', async () => {
    await block(outbox);
    await release();
    const writing = deliverPayoutBatch(
      test.deps,
      await batchNow(),
      await payoutItems(test.deps.db, [batchId]),
    );
    await expect(writing).rejects.toMatchObject({
      name: 'ConnectorError',
      failure: { code: 'outbox_unavailable' },
    });
  });

  it('is not written again after finance has taken it away', async () => {
    await release();
    await runPayouts();
    await rm(join(outbox, 'payouts-2026-10-USD.csv'));
    await runPayouts();
    expect(await readdir(outbox)).toEqual([]);
  });

  it('is not delivered while another file blocks it, and a problem of the batch says so until it is', async () => {
    await release();
    await mkdir(outbox);
    await writeFile(join(outbox, 'payouts-2026-10-USD.csv'), 'somebody,else\n');
    await runPayouts();
    expect((await batchNow()).fileWrittenAt).toBeNull();
    expect(await openProblems()).toEqual([{ ref: '2026-10-USD', code: 'outbox_file_foreign' }]);
    await rm(join(outbox, 'payouts-2026-10-USD.csv'));
    await runPayouts();
    expect(await openProblems()).toEqual([]);
  });

  it('leaves no partner out: without one partner’s code there is no file, and a problem names the partner', async () => {
    await test.deps.db.execute(sql`update partner set code = null where name = 'Kestrel IT Partners'`);
    await runPayouts();
    await expect(readdir(outbox)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await openProblems()).toEqual([{ ref: '2026-10-USD', code: 'payee_unknown' }]);
    await test.deps.db.execute(sql`update partner set code = 'P-0003' where name = 'Kestrel IT Partners'`);
    await runPayouts();
    expect(await openProblems()).toEqual([]);
    const rows = (await readFile(join(outbox, 'drafts', 'payouts-2026-10-USD.draft.csv'), 'utf8'))
      .trim()
      .split('\r\n')
      .slice(1);
    expect(rows).toHaveLength((await batchNow()).itemCount);
  });

  async function openProblems() {
    return test.deps.db
      .select({ ref: problem.ref, code: problem.code })
      .from(problem)
      .where(
        sql`${problem.object} = 'payout' and ${problem.source} = 'write' and ${problem.status} = 'open'`,
      );
  }
});
