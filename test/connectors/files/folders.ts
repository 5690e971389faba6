import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErpConnector } from '#connectors/contract/erp.ts';
import type { PullPage } from '#connectors/contract/records.ts';
import { createFiles } from '#connectors/files/connector.ts';
import { invoiceColumns } from '#connectors/files/invoice-row.ts';
import { alone } from '#test/support/connector-input.ts';

export const header = invoiceColumns.join(',');

/** An inbox and an outbox for one test, removed after it. */
export class Folders {
  readonly root = mkdtempSync(join(tmpdir(), 'files-'));
  readonly inbox = join(this.root, 'in');
  readonly outbox = join(this.root, 'out');

  constructor() {
    mkdirSync(this.inbox);
  }

  /** Writes a file with these rows under the usual header, modified at `at`. */
  drop(name: string, rows: readonly string[], at = '2026-11-01T00:00:00Z'): void {
    this.dropText(name, `${[header, ...rows].join('\n')}\n`, at);
  }

  dropText(name: string, text: string | Buffer, at = '2026-11-01T00:00:00Z'): void {
    const file = join(this.inbox, name);
    writeFileSync(file, text);
    utimesSync(file, new Date(at), new Date(at));
  }

  connect(now: () => Date = () => new Date('2026-11-22T10:00:00Z')): ErpConnector {
    return createFiles({ ...alone, settings: { inbox: this.inbox, outbox: this.outbox }, secrets: {}, now });
  }

  async pull(since: string | null = null, resume: string | null = null): Promise<PullPage[]> {
    const pages: PullPage[] = [];
    for await (const page of this.connect().pull({
      object: 'invoice',
      fields: invoiceColumns,
      since,
      resume,
    }))
      pages.push(page);
    return pages;
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}

/** A good row, with some cells replaced. */
export function row(changes: Partial<Record<(typeof invoiceColumns)[number], string>> = {}): string {
  const good = {
    invoice_number: 'INV-1',
    kind: 'invoice',
    partner_code: 'P-0001',
    customer_name: 'Acme',
    currency: 'USD',
    amount: '1234.50',
    issued_on: '2026-10-05',
    paid_on: '',
    applies_to: '',
  };
  const cells: Record<string, string> = { ...good, ...changes };
  return invoiceColumns.map((column) => cells[column]).join(',');
}
