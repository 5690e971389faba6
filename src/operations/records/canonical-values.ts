import {
  accountsByIds,
  opportunitiesByIds,
  partnersOfAccounts,
  saveAccounts,
  saveOpportunities,
  savePartners,
} from '#src/db/records/account-store.ts';
import type { Db } from '#src/db/client.ts';
import { registrationsByIds, saveRegistrations } from '#src/db/registrations/registration-store.ts';
import { AppError } from '#src/domain/errors.ts';
import { formatMinor, parseMinor } from '#src/domain/money.ts';
import { extraPrefix, type CanonicalValue, type CanonicalValues } from '#src/domain/record.ts';
import { accountColumns } from './account-columns.ts';
import { extraOf, isExtra, textOf } from './field-values.ts';

/** The kinds whose fields people may edit in Fairway. */
export const editableKinds = ['account', 'opportunity', 'registration'] as const;
export type EditableKind = (typeof editableKinds)[number];

export function isEditable(kind: string): kind is EditableKind {
  return (editableKinds as readonly string[]).includes(kind);
}

/**
 * Fields that refer to other records, are derived from others, or are decided by Fairway are not editable.
 */
const editableFields: Readonly<Record<EditableKind, readonly string[]>> = {
  account: [
    'name',
    'domain',
    'country',
    'street',
    'city',
    'region',
    'postcode',
    'phone',
    'aliases',
    'vatId',
    'duns',
    'lei',
    'partnerCode',
    'territory',
    'customerSince',
  ],
  opportunity: ['name', 'stage', 'amount', 'closeDate', 'productFamily'],
  registration: [
    'customerName',
    'customerDomain',
    'customerCountry',
    'contactEmail',
    'productFamily',
    'dealType',
    'amount',
    'expectedClose',
  ],
};

/** True for a field that people may edit where a mapping lets it go both ways. Custom fields are editable. */
export function isEditableField(kind: EditableKind, field: string): boolean {
  return isExtra(field) || editableFields[kind].includes(field);
}

/** A record in canonical values, without references to other records and without what Fairway decides. */
export interface CanonicalRecord {
  readonly deleted: boolean;
  readonly values: CanonicalValues;
}

/** Loads records, by our ids. */
export function canonicalRecords(
  db: Db,
  kind: EditableKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CanonicalRecord>> {
  return kinds[kind].load(db, ids);
}

/**
 * Changes some values of a record, and the columns derived from them.
 *
 * @throws AppError `bad_request`, naming the field, for an amount that its currency cannot hold
 */
export async function saveCanonicalRecord(
  tx: Db,
  kind: EditableKind,
  id: string,
  values: CanonicalValues,
): Promise<void> {
  await kinds[kind].save(tx, id, values);
}

interface Kind {
  readonly load: (db: Db, ids: readonly string[]) => Promise<ReadonlyMap<string, CanonicalRecord>>;
  readonly save: (tx: Db, id: string, values: CanonicalValues) => Promise<void>;
}

const kinds: Readonly<Record<EditableKind, Kind>> = {
  account: {
    load: async (db, ids) => recordsById(await accountsByIds(db, ids), accountValues),
    async save(tx, id, values) {
      const [row] = await accountsByIds(tx, [id]);
      if (!row) return;
      const columns = accountColumns({ ...accountValues(row), ...values });
      await saveAccounts(tx, [{ ...row, ...columns, extra: extraOf(values) }]);
      const partner = (await partnersOfAccounts(tx, [id])).get(id);
      if (!partner) return;
      const { name, partnerCode: code } = columns;
      await savePartners(tx, [{ id: partner.id, accountId: id, name, code }]);
    },
  },
  opportunity: {
    load: async (db, ids) => recordsById(await opportunitiesByIds(db, ids), opportunityValues),
    async save(tx, id, values) {
      const [row] = await opportunitiesByIds(tx, [id]);
      if (!row) return;
      const columns = opportunityColumns(row, { ...opportunityValues(row), ...values });
      await saveOpportunities(tx, [{ ...row, ...columns, extra: extraOf(values) }]);
    },
  },
  registration: {
    load: async (db, ids) => recordsById(await registrationsByIds(db, ids), registrationValues),
    async save(tx, id, values) {
      const [row] = await registrationsByIds(tx, [id]);
      if (!row) return;
      const columns = registrationColumns(row, { ...registrationValues(row), ...values });
      await saveRegistrations(tx, [{ ...row, ...columns, extra: extraOf(values) }]);
    },
  },
};

interface StoredRow {
  readonly id: string;
  readonly deleted: boolean;
  readonly extra: CanonicalValues;
}

function recordsById<Row extends StoredRow>(
  rows: readonly Row[],
  valuesOf: (row: Row) => CanonicalValues,
): ReadonlyMap<string, CanonicalRecord> {
  return new Map(
    rows.map((row) => [row.id, { deleted: row.deleted, values: { ...valuesOf(row), ...extraValues(row) } }]),
  );
}

type AccountRow = Awaited<ReturnType<typeof accountsByIds>>[number];
type OpportunityRow = Awaited<ReturnType<typeof opportunitiesByIds>>[number];
type RegistrationRow = Awaited<ReturnType<typeof registrationsByIds>>[number];

/** The custom fields by their canonical names. */
function extraValues({ extra }: StoredRow): CanonicalValues {
  return Object.fromEntries(Object.entries(extra).map(([name, value]) => [`${extraPrefix}${name}`, value]));
}

function accountValues(row: AccountRow): CanonicalValues {
  return {
    name: row.name,
    domain: row.domain,
    country: row.country,
    street: row.street,
    city: row.city,
    region: row.region,
    postcode: row.postcode,
    phone: row.phone,
    aliases: row.aliases,
    vatId: row.vatId,
    duns: row.duns,
    lei: row.lei,
    isPartner: row.isPartner,
    partnerSuspended: row.partnerSuspended,
    partnerCode: row.partnerCode,
    territory: row.territory,
    customerSince: row.customerSince,
    owner: row.owner,
  };
}

function opportunityValues(row: OpportunityRow): CanonicalValues {
  return {
    name: row.name,
    stage: row.stage,
    isClosed: row.isClosed,
    isWon: row.isWon,
    amount: amountValue(row),
    currency: row.currency,
    closeDate: row.closeDate,
    productFamily: row.productFamily,
    lostReason: row.lostReason,
    openedAt: row.openedAt?.toISOString() ?? null,
    owner: row.owner,
  };
}

function opportunityColumns(row: OpportunityRow, values: CanonicalValues) {
  return {
    name: textOf(values['name']) ?? '',
    stage: textOf(values['stage']),
    amountMinor: amountColumn(row, values['amount']),
    closeDate: textOf(values['closeDate']),
    productFamily: textOf(values['productFamily']),
  };
}

function registrationValues(row: RegistrationRow): CanonicalValues {
  return {
    number: row.number,
    customerName: row.customerName,
    customerDomain: row.customerDomain,
    customerCountry: row.customerCountry,
    contactEmail: row.contactEmail,
    productFamily: row.productFamily,
    dealType: row.dealType,
    amount: amountValue(row),
    currency: row.currency,
    expectedClose: row.expectedClose,
    submittedAt: row.submittedAt.toISOString(),
    createdAt: row.createdAt?.toISOString() ?? null,
  };
}

function registrationColumns(row: RegistrationRow, values: CanonicalValues) {
  return {
    customerName: textOf(values['customerName']) ?? '',
    customerDomain: textOf(values['customerDomain']),
    customerCountry: textOf(values['customerCountry']),
    contactEmail: textOf(values['contactEmail']),
    productFamily: textOf(values['productFamily']),
    dealType: values['dealType'] === 'renewal' ? ('renewal' as const) : ('new' as const),
    amountMinor: amountColumn(row, values['amount']),
    expectedClose: textOf(values['expectedClose']),
  };
}

interface Amount {
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
}

function amountValue({ amountMinor, currency }: Amount): string | null {
  return amountMinor === null || currency === null ? null : formatMinor(amountMinor, currency);
}

/** @throws AppError `bad_request` for an amount that the currency of the record cannot hold */
function amountColumn({ currency }: Amount, value: CanonicalValue | undefined): bigint | null {
  const amount = textOf(value);
  if (amount === null) return null;
  try {
    return parseMinor(amount, currency ?? '');
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `amount: ${error.message}`, { field: 'amount' }, error);
  }
}
