import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { invoiceColumns } from '#connectors/files/invoice-row.ts';
import { saveAccounts, savePartners } from '#src/db/records/account-store.ts';
import { findRun } from '#src/db/runs/run-store.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { connect } from '#src/operations/connections/connect.ts';
import { startRun } from '#src/operations/runs/start-run.ts';
import type { RunSummary } from '#src/operations/runs/summarise-run.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import { startWorker } from '#workers/worker.ts';

export const header = invoiceColumns.join(',');

/** Fairway with two partners and an ERP that exchanges files. The clock stands at 22 November 2026. */
export class ErpInbox implements AsyncDisposable {
  readonly test: TestDeps;
  readonly inbox: string;
  readonly connectionId: string;

  private constructor(test: TestDeps, inbox: string, connectionId: string) {
    this.test = test;
    this.inbox = inbox;
    this.connectionId = connectionId;
  }

  static async open(settings: Readonly<Record<string, string>> = {}): Promise<ErpInbox> {
    const test = await startDeps({ now: '2026-11-22T10:00:00Z' });
    for (const code of ['P-0001', 'P-0002']) await addPartner(test, code);
    const inbox = join(test.dir, 'in');
    await mkdir(inbox);
    const connectionId = await connectBooks(test, inbox, settings);
    return new ErpInbox(test, inbox, connectionId);
  }

  /** Connects again with other declarations. */
  async declare(settings: Readonly<Record<string, string>>): Promise<void> {
    await connectBooks(this.test, this.inbox, settings);
  }

  /** Writes a file as the ERP does: rows under the usual header, unless the whole text is given. */
  async drop(name: string, rows: readonly string[] | string | Uint8Array): Promise<void> {
    const content =
      typeof rows === 'string' || rows instanceof Uint8Array ? rows : `${[header, ...rows].join('\n')}\n`;
    const file = join(this.inbox, name);
    await writeFile(file, content);
    await utimes(file, new Date('2026-11-21T00:00:00Z'), new Date('2026-11-21T00:00:00Z'));
  }

  remove(name: string): Promise<void> {
    return rm(join(this.inbox, name));
  }

  read(name: string): Promise<string> {
    return readFile(join(this.inbox, name), 'utf8');
  }

  /** Runs the main job and returns what is booked and what is asked. */
  async run(): Promise<Booked> {
    const { deps } = this.test;
    const { runId } = await startRun(deps, { trigger: 'person' });
    {
      await using _worker = startWorker(deps, { syncMinutes: 0 });
      for (let waited = 0; (await findRun(deps.db, runId))?.status === 'running'; waited += 50) {
        if (waited > 60_000) throw new Error('The run did not end within a minute.');
        await wait(50);
      }
    }
    const run = await findRun(deps.db, runId);
    if (run?.status !== 'done') throw new Error(`The run ended as ${run?.status}: ${run?.error}`);
    const documents = await deps.db.execute<{ text: string }>(sql`
      select concat_ws(' ', number, kind, p.code, currency, amount_minor, issued_on, coalesce(paid_on::text, 'unpaid')) as text
      from source_document d join partner p on p.id = d.partner_id order by 1`);
    const problems = await deps.db.execute<{ ref: string; code: string; message: string; fix: string }>(
      sql`select ref, code, message, fix from problem where status = 'open' order by ref, code`,
    );
    const earned = await deps.db.execute<{ text: string }>(sql`
      select concat_ws(' ', j.period, p.code, j.currency, -sum(amount_minor)) as text
      from posting join journal_tx j on j.id = tx_id join partner p on p.id = j.partner_id
      where account = 'accrued' group by j.period, p.code, j.currency having sum(amount_minor) <> 0 order by 1`);
    return {
      summary: run.summary as unknown as RunSummary,
      documents: documents.map(({ text }) => text),
      problems: problems.map(({ ref, code }) => `${ref} ${code}`).toSorted(),
      messages: problems.map(({ message, fix }) => `${message} ${fix}`),
      earned: earned.map(({ text }) => text),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.test[Symbol.asyncDispose]();
  }
}

async function connectBooks(
  { deps, dir }: TestDeps,
  inbox: string,
  settings: Readonly<Record<string, string>>,
): Promise<string> {
  const { connectionId } = await connect(deps, {
    kind: 'files',
    name: 'Books',
    settings: { inbox, outbox: join(dir, 'out'), ...settings },
    secrets: {},
  });
  return connectionId;
}

export interface Booked {
  readonly summary: RunSummary;
  /** Number, kind, partner, currency, minor units, day of issue and day of payment of each document. */
  readonly documents: readonly string[];
  /** The place and the code of each open problem. */
  readonly problems: readonly string[];
  readonly messages: readonly string[];
  /** Month, partner, currency and minor units of what was posted. */
  readonly earned: readonly string[];
}

async function addPartner({ deps: { db, ids } }: TestDeps, code: string): Promise<void> {
  const name = `Partner ${code}`;
  const { core, domain, country } = normaliseCompany({ name, domain: null, country: 'US' });
  const account = { id: ids(), name, domain: null, country, core, matchDomain: domain, normaliserVersion: 'n1', isPartner: true, partnerCode: code }; // prettier-ignore
  await saveAccounts(db, [account]);
  await savePartners(db, [{ id: ids(), accountId: account.id, name, code }]);
}
