import { accountsByIds, partnersOfAccounts, saveAccounts, savePartners } from '#src/db/account-store.ts';
import type { Db } from '#src/db/client.ts';
import { registrationsByIds, saveRegistrations } from '#src/db/registration-store.ts';
import { AppError } from '#src/domain/errors.ts';
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { formatMinor, parseMinor } from '#src/domain/money.ts';
import type { CanonicalValues } from '#src/domain/record.ts';
import { textOf } from './place/context.ts';

/** Kinds whose fields people change in Fairway, too. */
export const editableKinds = ['account', 'registration'] as const;
export type EditableKind = (typeof editableKinds)[number];

export function isEditable(kind: string): kind is EditableKind {
  return (editableKinds as readonly string[]).includes(kind);
}

/** One of our records, in canonical values: the fields that may go both ways. */
export interface OwnRecord {
  readonly deleted: boolean;
  readonly values: CanonicalValues;
}

/** By our ids. */
export function ownRecords(db: Db, kind: EditableKind, ids: readonly string[]): Promise<ReadonlyMap<string, OwnRecord>> {
  return kinds[kind].load(db, ids);
}

/**
 * Changes some values of one of our records, and what is derived from them.
 *
 * @throws AppError `bad_request`, with the field, for an amount that its currency cannot hold
 */
export async function saveOwnRecord(tx: Db, kind: EditableKind, id: string, values: CanonicalValues): Promise<void> {
  await kinds[kind].save(tx, id, values);
}

interface Kind {
  readonly load: (db: Db, ids: readonly string[]) => Promise<ReadonlyMap<string, OwnRecord>>;
  readonly save: (tx: Db, id: string, values: CanonicalValues) => Promise<void>;
}

const kinds: Readonly<Record<EditableKind, Kind>> = {
  account: {
    async load(db, ids) {
      const rows = await accountsByIds(db, ids);
      return new Map(rows.map(({ id, deleted, partnerCode }) => [id, { deleted, values: { partnerCode } }]));
    },
    async save(tx, id, values) {
      const [row] = await accountsByIds(tx, [id]);
      const partnerCode = textOf(values['partnerCode']);
      if (!row || values['partnerCode'] === undefined) return;
      await saveAccounts(tx, [{ ...row, partnerCode }]);
      const partner = (await partnersOfAccounts(tx, [id])).get(id);
      if (partner) await savePartners(tx, [{ id: partner.id, accountId: id, name: partner.name, code: partnerCode }]);
    },
  },
  registration: {
    async load(db, ids) {
      const rows = await registrationsByIds(db, ids);
      return new Map(rows.map((row) => [row.id, { deleted: row.deleted, values: registrationValues(row) }]));
    },
    async save(tx, id, values) {
      const [row] = await registrationsByIds(tx, [id]);
      if (row) await saveRegistrations(tx, [{ ...row, ...registrationColumns(row, { ...registrationValues(row), ...values }) }]);
    },
  },
};

type RegistrationRow = Awaited<ReturnType<typeof registrationsByIds>>[number];

function registrationValues(row: RegistrationRow): CanonicalValues {
  const { customerName, customerDomain, customerCountry, contactEmail, productFamily, dealType, expectedClose, currency } = row;
  const amount = row.amountMinor === null || currency === null ? null : formatMinor(row.amountMinor, currency);
  return { customerName, customerDomain, customerCountry, contactEmail, productFamily, dealType, expectedClose, amount };
}

function registrationColumns({ currency }: RegistrationRow, values: CanonicalValues) {
  const customer = {
    customerName: textOf(values['customerName']) ?? '',
    customerDomain: textOf(values['customerDomain']),
    customerCountry: textOf(values['customerCountry']),
    contactEmail: textOf(values['contactEmail']),
  };
  const normal = normaliseCompany({
    name: customer.customerName,
    domain: customer.customerDomain,
    country: customer.customerCountry,
    email: customer.contactEmail,
  });
  const amount = textOf(values['amount']);
  return {
    ...customer,
    productFamily: textOf(values['productFamily']),
    dealType: values['dealType'] === 'renewal' ? ('renewal' as const) : ('new' as const),
    amountMinor: amount === null ? null : minorOf(amount, currency ?? ''),
    expectedClose: textOf(values['expectedClose']),
    core: normal.core,
    matchDomain: normal.domain,
    matchCountry: normal.country,
  };
}

function minorOf(amount: string, currency: string): bigint {
  try {
    return parseMinor(amount, currency);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `amount: ${error.message}`, { field: 'amount' }, error);
  }
}
