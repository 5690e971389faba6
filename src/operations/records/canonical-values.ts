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
import { extraOf, textOf } from './field-values.ts';

/** Kinds whose fields people change in Fairway, too. */
export const editableKinds = ['account', 'opportunity', 'registration'] as const;
export type EditableKind = (typeof editableKinds)[number];

export function isEditable(kind: string): kind is EditableKind {
  return (editableKinds as readonly string[]).includes(kind);
}

/**
 * What people may change of a kind, where a mapping lets it go both ways; the customer's own fields besides.
 */
const ownFields: Readonly<Record<EditableKind, readonly string[]>> = {
  account: [
    ...['name', 'domain', 'country', 'street', 'city', 'region', 'postcode', 'phone'],
    ...['aliases', 'vatId', 'duns', 'lei', 'partnerCode', 'territory', 'customerSince'],
  ],
  opportunity: ['name', 'stage', 'amount', 'closeDate', 'productFamily'],
  registration: [
    ...['customerName', 'customerDomain', 'customerCountry', 'contactEmail', 'productFamily'],
    ...['dealType', 'amount', 'expectedClose'],
  ],
};

/**
 * Whether a field of ours can be changed here: what refers to other records, or follows from others, cannot.
 */
export function isEditableField(kind: EditableKind, field: string): boolean {
  return field.startsWith(extraPrefix) || ownFields[kind].includes(field);
}

/** One of our records, in canonical values: all but what refers to other records and what Fairway decides. */
export interface CanonicalRecord {
  readonly deleted: boolean;
  readonly values: CanonicalValues;
}

/** By our ids. */
export function canonicalRecords(
  db: Db,
  kind: EditableKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CanonicalRecord>> {
  return kinds[kind].load(db, ids);
}

/**
 * Changes some values of one of our records, and what is derived from them.
 *
 * @throws AppError `bad_request`, with the field, for an amount that its currency cannot hold
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
    async load(db, ids) {
      const rows = await accountsByIds(db, ids);
      return new Map(
        rows.map((row) => [
          row.id,
          { deleted: row.deleted, values: { ...accountValues(row), ...extraValues(row) } },
        ]),
      );
    },
    async save(tx, id, values) {
      const [row] = await accountsByIds(tx, [id]);
      if (!row) return;
      const columns = accountColumns({ ...accountValues(row), ...values });
      await saveAccounts(tx, [{ ...row, ...columns, extra: extraOf(values) }]);
      const partner = (await partnersOfAccounts(tx, [id])).get(id);
      if (partner)
        await savePartners(tx, [
          { id: partner.id, accountId: id, name: columns.name, code: columns.partnerCode },
        ]);
    },
  },
  opportunity: {
    async load(db, ids) {
      const rows = await opportunitiesByIds(db, ids);
      return new Map(
        rows.map((row) => [
          row.id,
          { deleted: row.deleted, values: { ...opportunityValues(row), ...extraValues(row) } },
        ]),
      );
    },
    async save(tx, id, values) {
      const [row] = await opportunitiesByIds(tx, [id]);
      if (!row) return;
      const { name, stage, amount, closeDate, productFamily } = { ...opportunityValues(row), ...values };
      const columns = {
        ...{
          name: textOf(name) ?? '',
          stage: textOf(stage),
          closeDate: textOf(closeDate),
          productFamily: textOf(productFamily),
        },
        ...amountColumn(row, amount),
      };
      await saveOpportunities(tx, [{ ...row, ...columns, extra: extraOf(values) }]);
    },
  },
  registration: {
    async load(db, ids) {
      const rows = await registrationsByIds(db, ids);
      return new Map(
        rows.map((row) => [
          row.id,
          { deleted: row.deleted, values: { ...registrationValues(row), ...extraValues(row) } },
        ]),
      );
    },
    async save(tx, id, values) {
      const [row] = await registrationsByIds(tx, [id]);
      if (!row) return;
      const columns = registrationColumns(row, { ...registrationValues(row), ...values });
      await saveRegistrations(tx, [{ ...row, ...columns, extra: extraOf(values) }]);
    },
  },
};

type AccountRow = Awaited<ReturnType<typeof accountsByIds>>[number];
type OpportunityRow = Awaited<ReturnType<typeof opportunitiesByIds>>[number];
type RegistrationRow = Awaited<ReturnType<typeof registrationsByIds>>[number];

function extraValues({ extra }: { readonly extra: CanonicalValues }): CanonicalValues {
  return Object.fromEntries(Object.entries(extra).map(([name, value]) => [`${extraPrefix}${name}`, value]));
}

function accountValues(row: AccountRow): CanonicalValues {
  const {
    name,
    domain,
    country,
    street,
    city,
    region,
    postcode,
    phone,
    aliases,
    vatId,
    duns,
    lei,
    isPartner,
    partnerCode,
  } = row;
  const { territory, customerSince } = row;
  return {
    ...{
      name,
      domain,
      country,
      street,
      city,
      region,
      postcode,
      phone,
      aliases,
      vatId,
      duns,
      lei,
      isPartner,
      partnerCode,
    },
    ...{ territory, customerSince },
  };
}

function opportunityValues(row: OpportunityRow) {
  const { name, stage, isClosed, isWon, currency, closeDate, productFamily } = row;
  return {
    ...{ name, stage, isClosed, isWon, currency, closeDate, productFamily },
    amount: amountValue(row),
    openedAt: row.openedAt?.toISOString() ?? null,
  } satisfies CanonicalValues;
}

function registrationValues(row: RegistrationRow): CanonicalValues {
  const {
    number,
    customerName,
    customerDomain,
    customerCountry,
    contactEmail,
    productFamily,
    dealType,
    currency,
    expectedClose,
  } = row;
  return {
    ...{
      number,
      customerName,
      customerDomain,
      customerCountry,
      contactEmail,
      productFamily,
      dealType,
      currency,
      expectedClose,
    },
    amount: amountValue(row),
    submittedAt: row.submittedAt.toISOString(),
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
    ...amountColumn(row, values['amount']),
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
function amountColumn({ currency }: Amount, value: CanonicalValue | undefined): Pick<Amount, 'amountMinor'> {
  const amount = textOf(value);
  return { amountMinor: amount === null ? null : minorOf(amount, currency ?? '') };
}

function minorOf(amount: string, currency: string): bigint {
  try {
    return parseMinor(amount, currency);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `amount: ${error.message}`, { field: 'amount' }, error);
  }
}
