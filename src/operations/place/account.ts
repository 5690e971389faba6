import { saveAccounts, savePartners } from '#src/db/account-store.ts';
import { normaliseCompany, normaliserVersion } from '#src/domain/matching/normalise.ts';
import { isTrue, textOf, type Mapped, type PlaceContext, type Placing } from './context.ts';

/** Accounts, made comparable once for every later match; those that are partners become partners. */
export async function placeAccounts({ deps, tx }: PlaceContext, records: readonly Mapped[]): Promise<Placing> {
  const rows = records.map(({ id, values }) => {
    const name = textOf(values['name']) ?? '';
    const domain = textOf(values['domain']);
    const country = textOf(values['country']);
    const normal = normaliseCompany({ name, domain, country });
    return {
      id,
      name,
      domain,
      country,
      city: textOf(values['city']),
      postcode: textOf(values['postcode']),
      phone: textOf(values['phone']),
      isPartner: isTrue(values['isPartner']),
      partnerCode: textOf(values['partnerCode']),
      core: normal.core,
      matchDomain: normal.domain,
      normaliserVersion,
      deleted: false,
    };
  });
  await saveAccounts(tx, rows);
  const partners = rows.filter((row) => row.isPartner);
  await savePartners(
    tx,
    partners.map((row) => ({ id: deps.ids(), accountId: row.id, name: row.name, code: row.partnerCode })),
  );
  return { placed: records, misplaced: [], flawed: [] };
}
