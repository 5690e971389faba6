import type { DocumentAnswer } from '#src/db/records/document-answer-store.ts';
import type { BookedDocument, CreditedInvoice, ShownDocument } from '#src/domain/invoice-identity.ts';
import { formatMinor } from '#src/domain/money.ts';
import { placingFailure, type PlacingFailure } from './place-context.ts';

/** The questions to finance about a row of the ERP, and the answers that each allows. */
export const documentQuestions: Readonly<Record<string, readonly DocumentAnswer[]>> = {
  document_changed: ['replace', 'book', 'discard'],
  document_kind: ['book', 'discard'],
  credit_memo_unmatched: ['book', 'discard'],
  credit_memo_over: ['book', 'discard'],
};

/** A row has the number of a booked document and cannot be that document. */
export function askAboutChange(
  extId: string,
  booked: BookedDocument,
  differences: readonly string[],
): PlacingFailure {
  const message = `${booked.number} is booked already, and this row has ${differences.join(' and ')}. Nothing was changed.`;
  const fix =
    'Answer whether the row corrects the booked document, is another document with the same number, or is wrong. ' +
    'Where several companies or years use the same numbers, say so in the connection.';
  return placingFailure(extId, 'document_changed', message, fix);
}

/** A row has the number of a booked document of the other kind. */
export function askAboutKind(extId: string, booked: BookedDocument): PlacingFailure {
  const kind = booked.kind === 'invoice' ? 'an invoice' : 'a credit memo';
  const message = `${booked.number} is booked as ${kind}, and this row has the other kind and names no invoice that it corrects. It was not booked.`;
  const fix = 'Fill in applies_to, or answer whether the row is a document of its own or is wrong.';
  return placingFailure(extId, 'document_kind', message, fix);
}

/** A credit memo corrects no known invoice, or takes back more than its invoice has left. Null when all is well. */
export function askAboutCredit(
  extId: string,
  memo: ShownDocument,
  credited: CreditedInvoice,
  creditedMinor: (invoiceId: string) => bigint,
): PlacingFailure | null {
  if (credited.is !== 'found') {
    const why = {
      unknown: 'no invoice with this number is known',
      several: 'several invoices with this number are known',
      other: 'the invoice with this number belongs to another partner or has another currency',
    }[credited.is];
    const message = `It corrects ${JSON.stringify(memo.appliesTo)}, but ${why}. It was not booked.`;
    const fix =
      'Send the invoice or correct applies_to. Or answer: book it at the rate of its own date, or discard the row.';
    return placingFailure(extId, 'credit_memo_unmatched', message, fix);
  }
  const { invoice } = credited;
  const restMinor = invoice.amountMinor - creditedMinor(invoice.id);
  if (memo.amountMinor <= restMinor) return null;
  const shown = (minor: bigint): string => `${formatMinor(minor, memo.currency)} ${memo.currency}`;
  const message = `It takes back ${shown(memo.amountMinor)}, but ${invoice.number} has ${shown(restMinor)} left. It was not booked.`;
  const fix = 'Correct the amount or applies_to. Or answer: book it as it is, or discard the row.';
  return placingFailure(extId, 'credit_memo_over', message, fix);
}
