import { access, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileReceipt } from '#connectors/contract/erp.ts';

/** Writes `invoices.csv.receipt.json` beside `invoices.csv`. Readers see the old receipt or the new one. */
export async function writeReceiptFiles(inbox: string, receipts: readonly FileReceipt[]): Promise<void> {
  for (const receipt of receipts) {
    const file = join(inbox, receipt.file);
    if (!(await isThere(file))) continue;
    const temporary = `${file}.receipt.${process.pid}.tmp`;
    await writeFile(temporary, `${JSON.stringify(receipt, null, 2)}\n`);
    await rename(temporary, `${file}.receipt.json`);
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
