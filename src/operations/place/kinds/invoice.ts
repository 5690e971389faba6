import { partnersByCode } from '#src/db/records/account-store.ts';
import { saveDocuments } from '#src/db/records/document-store.ts';
import { implausibleDate } from '#src/domain/invoice-dates.ts';
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

/** Stores invoices and credit memos. Each belongs to the partner whose code it carries. */
export async function placeInvoices(
  context: PlaceContext,
  records: readonly RecordToPlace[],
): Promise<PlacingResult> {
  const { deps, tx, connection } = context;
  const { program } = await currentProgram({ ...deps, db: tx });
  const time = { today: deps.clock().toISOString().slice(0, 10), programStartsOn: program.startsOn };
  const partners = await partnersByCode(
    tx,
    records.flatMap(({ values }) => textOf(values['partnerCode']) ?? []),
  );
  const failed: PlacingFailure[] = [];
  const placed: RecordToPlace[] = [];
  const rows = records.flatMap((record) => {
    const { id, extId, values } = record;
    const code = textOf(values['partnerCode']) ?? '';
    const partner = partners.get(code);
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
        ...dates,
        appliesTo: textOf(values['appliesTo']),
      },
    ];
  });
  await saveDocuments(tx, rows);
  return { placed, failed, incomplete: [] };
}

function ambiguousPartner(extId: string, code: string): PlacingFailure {
  const message = `Partner code ${code} is on more than one partner account.`;
  return placingFailure(extId, 'partner_ambiguous', message, 'Leave the code on one partner account only.');
}

function unknownPartner(extId: string, code: string): PlacingFailure {
  const message = `No partner account has the code ${code}.`;
  const fix = 'Enter the code on the partner’s account in the CRM, or correct it on the invoice.';
  return placingFailure(extId, 'partner_unknown', message, fix);
}
