import { partnersByCode } from '#src/db/records/account-store.ts';
import { saveDocuments } from '#src/db/records/document-store.ts';
import { textOf } from '#src/operations/records/field-values.ts';
import {
  amountOf,
  misplaced,
  type Mapped,
  type Misplaced,
  type PlaceContext,
  type Placing,
} from './place-context.ts';

/** Invoices and credit memos. Each belongs to the partner whose code it carries. */
export async function placeInvoices(context: PlaceContext, records: readonly Mapped[]): Promise<Placing> {
  const { tx, connection } = context;
  const partners = await partnersByCode(
    tx,
    records.flatMap(({ values }) => textOf(values['partnerCode']) ?? []),
  );
  const waiting: Misplaced[] = [];
  const placed: Mapped[] = [];
  const rows = records.flatMap((record) => {
    const { id, extId, values } = record;
    const code = textOf(values['partnerCode']) ?? '';
    const partner = partners.get(code);
    if (!partner || partner === 'ambiguous') {
      waiting.push(
        partner
          ? misplaced(
              extId,
              'partner_ambiguous',
              `Partner code ${code} is on more than one partner account.`,
              'Leave the code on one partner account only.',
            )
          : misplaced(
              extId,
              'partner_unknown',
              `No partner account has the code ${code}.`,
              'Enter the code on the partner’s account in the CRM, or correct it on the invoice.',
            ),
      );
      return [];
    }
    const currency = textOf(values['currency']) ?? context.currency;
    const unreadable: Misplaced[] = [];
    const amountMinor = amountOf(record, currency, unreadable);
    if (amountMinor === null) {
      waiting.push(...unreadable);
      return [];
    }
    placed.push(record);
    return [
      {
        id,
        connectionId: connection.id,
        number: textOf(values['number']) ?? '',
        kind: values['kind'] === 'credit_memo' ? ('credit_memo' as const) : ('invoice' as const),
        partnerId: partner.id,
        customerName: textOf(values['customerName']),
        currency,
        amountMinor,
        issuedOn: textOf(values['issuedOn']) ?? '',
        paidOn: textOf(values['paidOn']),
        appliesTo: textOf(values['appliesTo']),
      },
    ];
  });
  await saveDocuments(tx, rows);
  return { placed, misplaced: waiting, flawed: [] };
}
