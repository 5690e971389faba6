import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { PayoutBatchContent, PayoutFile, PayoutOutcome } from '#connectors/contract/erp.ts';
import { ConnectorError, type RemoteFailure } from '#connectors/contract/failures.ts';
import { payoutColumns, payoutFile } from './payout-file.ts';

/** Drafts have a separate folder, so that a draft is not paid by a person who takes every file of the outbox. */
const draftFolder = 'drafts';

/**
 * Writes the payouts of a batch to `payouts-<batch>.csv`, or its draft to the folder of drafts. The file is
 * complete or absent: one bad payout fails all payouts of the batch. Writing the same batch again leaves the
 * file as it is. The draft of a released batch is removed.
 */
export async function writePayouts(outbox: string, batch: PayoutBatchContent): Promise<PayoutOutcome[]> {
  if (batch.payouts.length === 0) return [];
  try {
    await writePayoutFile(batch.draft ? join(outbox, draftFolder) : outbox, payoutFile(batch));
    await removeDraft(outbox, batch);
    return batch.payouts.map(({ key }) => ({ key, ok: true, extId: key }));
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const { failure } = error;
    return batch.payouts.map(({ key }) => ({ key, ok: false, failure }));
  }
}

async function writePayoutFile(folder: string, { name, text }: PayoutFile): Promise<void> {
  const file = join(folder, name);
  const before = await contentOf(file);
  if (before !== null && !isPayoutFile(before)) throw new ConnectorError(foreignFile(file));
  await mkdir(folder, { recursive: true });
  if (text !== before) await replace(file, text);
}

/** Earlier versions of Fairway wrote drafts into the outbox itself, so that one never stays there. */
async function removeDraft(outbox: string, batch: PayoutBatchContent): Promise<void> {
  const { name } = payoutFile({ ...batch, draft: true });
  for (const folder of batch.draft ? [outbox] : [outbox, join(outbox, draftFolder)]) {
    const file = join(folder, name);
    const content = await contentOf(file);
    if (content !== null && isPayoutFile(content)) await rm(file);
  }
}

async function contentOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** False when somebody put another file there or edited ours; it is not overwritten then. */
function isPayoutFile(content: string): boolean {
  const [header, ...rows] = parse(content, { relaxColumnCount: true, relaxQuotes: true });
  return header?.join() === payoutColumns.join() && rows.every((row) => row.length === payoutColumns.length);
}

function foreignFile(file: string): RemoteFailure {
  return {
    class: 'validation',
    code: 'outbox_file_foreign',
    message: `${file} exists already and is not a payout file of this format.`,
    fix: 'Move the file away and export again.',
  };
}

/** Readers see the old file or the new one, never a part of it. */
async function replace(file: string, content: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  {
    await using handle = await open(temporary, 'w');
    await handle.writeFile(content);
    await handle.sync();
  }
  await rename(temporary, file);
}
