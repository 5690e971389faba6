import { partnersByCode } from '#src/db/records/account-store.ts';
import { documentAnswers, type DocumentAnswer } from '#src/db/records/document-answer-store.ts';
import {
  completeNumbers,
  creditMemosOf,
  documentsByNumber,
  saveDocuments,
  type CreditMemo,
  type StoredDocument,
} from '#src/db/records/document-store.ts';
import { foldKey } from '#src/domain/document-key.ts';
import { implausibleDate } from '#src/domain/invoice-dates.ts';
import {
  creditedInvoice,
  identityDifferences,
  documentKey,
  isPartnerOf,
  type ShownDocument,
} from '#src/domain/invoice-identity.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';
import { textOf } from '#src/operations/records/field-values.ts';
import {
  amountOf,
  placingFailure,
  type PlaceContext,
  type PlacingFailure,
  type PlacingResult,
  type RecordToPlace,
} from './place-context.ts';
import { askAboutChange, askAboutCredit, askAboutKind } from './invoice-questions.ts';

/**
 * Stores invoices and credit memos. Each belongs to the partner whose code it carries. What is booked never
 * becomes another document in silence: a row that would do that is a question to finance.
 */
export async function placeInvoices(
  context: PlaceContext,
  records: readonly RecordToPlace[],
): Promise<PlacingResult> {
  const failed: PlacingFailure[] = [];
  const shown = await readDocuments(context, records, failed);
  const known = await loadKnown(context, shown);
  const placed: RecordToPlace[] = [];
  const completed: StoredDocument[] = [];
  // A credit memo is compared with the invoices, which may come in the same batch.
  const ordered = [
    ...shown.filter(({ kind }) => kind === 'invoice'),
    ...shown.filter(({ kind }) => kind === 'credit_memo'),
  ];
  const { id: connectionId } = context.connection;
  const rows = ordered.flatMap(({ record, customerName, paidOn, partnerCode, ...columns }) => {
    const row = { record, customerName, paidOn, partnerCode, ...columns };
    const booking = book(row, known, context);
    if (booking.is === 'discarded') return [];
    if (booking.is === 'asked') {
      failed.push(booking.failure);
      return [];
    }
    const { id, separate, appliesToId } = booking;
    const before = known.numbered(row.number).find((one) => one.id === id);
    const document = { ...columns, id, separate, appliesToId, connectionId };
    if (before && documentKey(before) !== documentKey(document)) completed.push({ ...before, ...document });
    known.add({ ...document, partnerCode, mergedInto: null });
    placed.push({ ...record, id });
    return [{ ...document, customerName, paidOn }];
  });
  await completeNumbers(context.tx, completed);
  // Two rows of one batch may be the same document, written differently: the later one counts.
  await saveDocuments(context.tx, [...new Map(rows.map((row) => [row.id, row])).values()]);
  return { placed, failed, incomplete: [] };
}

interface ShownRow extends ShownDocument {
  readonly record: RecordToPlace;
  readonly customerName: string | null;
  readonly paidOn: string | null;
}

/** The documents whose values can be right. The others are added to `failed`. */
async function readDocuments(
  context: PlaceContext,
  records: readonly RecordToPlace[],
  failed: PlacingFailure[],
): Promise<ShownRow[]> {
  const { deps, tx, connection } = context;
  const { program } = await currentProgram({ ...deps, db: tx });
  const time = { today: deps.clock().toISOString().slice(0, 10), programStartsOn: program.startsOn };
  const codes = records.flatMap(({ values }) => textOf(values['partnerCode']) ?? []);
  const partners = await partnersByCode(tx, codes);
  const numbersRestart = connection.settings['numbersRestart'] === 'yearly';
  return records.flatMap((record) => {
    const { extId, values } = record;
    const code = textOf(values['partnerCode']) ?? '';
    const partner = partners.get(foldKey(code));
    if (!partner || partner === 'ambiguous') {
      failed.push(partner ? ambiguousPartner(extId, code) : unknownPartner(extId, code));
      return [];
    }
    const currency = textOf(values['currency']) ?? context.currency;
    const amountMinor = amountOf(record, currency, failed);
    if (amountMinor === null) return [];
    const dates = { issuedOn: textOf(values['issuedOn']) ?? '', paidOn: textOf(values['paidOn']) };
    const implausible = implausibleDate(dates, time);
    if (implausible !== null) {
      const fix = 'Correct the date in the ERP and send the row again.';
      failed.push(placingFailure(extId, 'date_implausible', implausible, fix));
      return [];
    }
    return [
      {
        record,
        company: foldKey(textOf(values['company']) ?? ''),
        number: textOf(values['number']) ?? '',
        numberYear: numbersRestart ? Number(dates.issuedOn.slice(0, 4)) : 0,
        kind: values['kind'] === 'credit_memo' ? ('credit_memo' as const) : ('invoice' as const),
        partnerId: partner.id,
        partnerCode: code,
        customerName: textOf(values['customerName']),
        currency,
        amountMinor,
        ...dates,
        appliesTo: textOf(values['appliesTo']),
      },
    ];
  });
}

/** What is booked about the numbers of a batch, and what people have answered about its rows. */
class Known {
  readonly answers: ReadonlyMap<string, DocumentAnswer>;
  readonly #byNumber: Map<string, StoredDocument[]>;
  readonly #memos: Map<string, CreditMemo[]>;

  constructor(
    documents: readonly StoredDocument[],
    memos: readonly CreditMemo[],
    answers: ReadonlyMap<string, DocumentAnswer>,
  ) {
    this.#byNumber = Map.groupBy(documents, ({ number }) => foldKey(number));
    this.#memos = Map.groupBy(memos, ({ invoiceId }) => invoiceId);
    this.answers = answers;
  }

  numbered(number: string): readonly StoredDocument[] {
    return this.#byNumber.get(foldKey(number)) ?? [];
  }

  /** What other credit memos than this one have taken back of an invoice. */
  creditedMinor(invoiceId: string, memoId: string): bigint {
    const others = (this.#memos.get(invoiceId) ?? []).filter(({ id }) => id !== memoId);
    return others.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  }

  add(document: StoredDocument): void {
    const key = foldKey(document.number);
    const others = this.numbered(key).filter(({ id }) => id !== document.id);
    this.#byNumber.set(key, [...others, document]);
    const { id, appliesToId, amountMinor } = document;
    if (appliesToId === null) return;
    const memos = (this.#memos.get(appliesToId) ?? []).filter((memo) => memo.id !== id);
    this.#memos.set(appliesToId, [...memos, { id, invoiceId: appliesToId, amountMinor }]);
  }
}

async function loadKnown({ deps, tx, connection }: PlaceContext, shown: readonly ShownRow[]): Promise<Known> {
  const numbers = shown.flatMap(({ number, appliesTo }) => [
    number,
    ...(appliesTo === null ? [] : [appliesTo]),
  ]);
  const documents = await documentsByNumber(tx, [...new Set(numbers.map(foldKey))]);
  const invoices = documents.flatMap(({ id, kind }) => (kind === 'invoice' ? [id] : []));
  const object = packFor(deps, connection, 'invoice')?.object ?? '';
  const extIds = shown.map(({ record }) => record.extId);
  return new Known(
    documents,
    await creditMemosOf(tx, invoices),
    await documentAnswers(tx, connection.id, object, extIds),
  );
}

type Booking =
  | {
      readonly is: 'booked';
      readonly id: string;
      readonly separate: string;
      readonly appliesToId: string | null;
    }
  | { readonly is: 'discarded' }
  | { readonly is: 'asked'; readonly failure: PlacingFailure };

/** Decides which document a row is. */
function book(shown: ShownRow, known: Known, { deps, connection }: PlaceContext): Booking {
  const { extId } = shown.record;
  const answer = known.answers.get(extId);
  if (answer === 'discard') return { is: 'discarded' };
  const here = known.numbered(shown.number).filter((one) => one.connectionId === connection.id);
  const named = here.filter((one) => documentKey(one) === documentKey(shown));
  const same =
    named.find((one) => identityDifferences(one, shown).length === 0) ??
    here.find((one) => isUndeclared(one, shown) && identityDifferences(one, shown).length === 0);
  const [first] = named;
  if (same === undefined && first !== undefined && answer === undefined)
    return { is: 'asked', failure: askAboutChange(extId, first, identityDifferences(first, shown)) };
  const other = here.find(
    (one) => one.kind !== shown.kind && documentKey({ ...one, kind: shown.kind }) === documentKey(shown),
  );
  if (first === undefined && other !== undefined && answer === undefined && isDoubtfulKind(shown, other))
    return { is: 'asked', failure: askAboutKind(extId, other) };
  const replaced = same ?? (answer === 'replace' ? first : undefined);
  const isFree = here.every((one) => one.id !== shown.record.id);
  const id = replaced?.id ?? (isFree ? shown.record.id : deps.ids());
  const separate = replaced?.separate ?? (first === undefined ? '' : id);
  if (shown.kind === 'invoice' || shown.appliesTo === null)
    return { is: 'booked', id, separate, appliesToId: null };
  const credited = creditedInvoice(shown, candidates(shown, known, connection.id));
  const appliesToId = credited.is === 'found' ? credited.invoice.id : null;
  if (answer === undefined) {
    // What is booked stays booked, unless the row takes back more than it did.
    const isBooked =
      same !== undefined && same.appliesToId === appliesToId && same.amountMinor >= shown.amountMinor;
    const creditedMinor = (invoiceId: string): bigint => known.creditedMinor(invoiceId, id);
    const failure = isBooked ? null : askAboutCredit(extId, shown, credited, creditedMinor);
    if (failure) return { is: 'asked', failure };
  }
  return { is: 'booked', id, separate, appliesToId };
}

/** The document was booked before the connection declared its companies or years. */
function isUndeclared(booked: StoredDocument, shown: ShownRow): boolean {
  const company = booked.company === '' ? shown.company : booked.company;
  const numberYear = booked.numberYear === 0 ? shown.numberYear : booked.numberYear;
  return documentKey({ ...booked, company, numberYear }) === documentKey(shown);
}

/** ERPs number credit memos together with invoices or by themselves. A credit memo that names an invoice is clear. */
function isDoubtfulKind(shown: ShownRow, other: StoredDocument): boolean {
  const memo = shown.kind === 'credit_memo' ? shown : other;
  return memo.appliesTo === null;
}

/** The invoices of the ERP itself; those of others only where it has none of that number. */
function candidates(shown: ShownRow, known: Known, connectionId: string): readonly StoredDocument[] {
  const invoices = known.numbered(shown.appliesTo ?? '').filter(({ kind }) => kind === 'invoice');
  const here = invoices.filter((one) => one.connectionId === connectionId);
  if (here.length > 0) return here;
  return invoices.filter((one) => isPartnerOf(one, shown));
}

function ambiguousPartner(extId: string, code: string): PlacingFailure {
  const message = `Partner code ${JSON.stringify(code)} is on more than one partner account.`;
  return placingFailure(extId, 'partner_ambiguous', message, 'Leave the code on one partner account only.');
}

function unknownPartner(extId: string, code: string): PlacingFailure {
  const message = `No partner account has the code ${JSON.stringify(code)}.`;
  const fix = 'Enter the code on the partner’s account in the CRM, or correct it on the invoice.';
  return placingFailure(extId, 'partner_unknown', message, fix);
}
