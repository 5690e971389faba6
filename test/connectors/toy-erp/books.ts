/**
 * The fields of a document in the toy ERP. Dates are `YYYY-MM-DD`, the total is a decimal such as `1234.50`.
 */
export const documentFields = [
  'DocNo',
  'Type',
  'Dealer',
  'Buyer',
  'Cur',
  'Total',
  'Posted',
  'Settled',
  'Corrects',
] as const;
export type ToyDocument = Readonly<Record<(typeof documentFields)[number], string | null>> & {
  readonly DocNo: string;
};

interface StoredDocument {
  readonly document: ToyDocument;
  readonly changedAt: string;
  readonly deleted: boolean;
}

export interface ToyBill {
  readonly id: string;
  readonly dealer: string;
  readonly currency: string;
  readonly amountMinor: bigint;
}

/** A tiny ERP in memory: it holds documents, knows its dealers, and pays bills. */
export class ToyBooks {
  readonly company: string;
  readonly apiKey: string;
  readonly dealers: readonly string[];
  readonly documents = new Map<string, StoredDocument>();
  /** By the payout's key. */
  readonly bills = new Map<string, ToyBill>();
  receivedCalls = 0;
  #now: number;

  constructor(company: string, apiKey: string, dealers: readonly string[], now: string) {
    this.company = company;
    this.apiKey = apiKey;
    this.dealers = dealers;
    this.#now = Date.parse(now);
    allBooks.set(company, this);
  }

  get now(): string {
    return new Date(this.#now).toISOString();
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  post(document: ToyDocument): void {
    this.documents.set(document.DocNo, { document, changedAt: this.now, deleted: false });
  }

  remove(docNo: string): void {
    const stored = this.documents.get(docNo);
    if (stored) this.documents.set(docNo, { ...stored, changedAt: this.now, deleted: true });
  }

  pay(key: string, bill: Omit<ToyBill, 'id'>): ToyBill {
    const paid = { id: `BILL-${this.bills.size + 1}`, ...bill };
    this.bills.set(key, paid);
    return paid;
  }
}

/** The toy ERP has no network: a connection finds its books here by the company's name. */
export const allBooks = new Map<string, ToyBooks>();
