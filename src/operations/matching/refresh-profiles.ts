import {
  commitLazily,
  isAnyStale,
  lockProfiles,
  profileSources,
  saveProfiles,
  saveSlips,
  dequeueStaleProfiles,
  unknownWords,
  type Profile,
  type SubjectKind,
} from '#src/db/matching/match-profile-store.ts';
import type { Db } from '#src/db/client.ts';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { normaliseCompany, normaliserVersion } from '#src/domain/matching/normalise.ts';
import { searchKeys, slipsOf } from '#src/domain/matching/search-keys.ts';
import { coalesceCalls } from './coalesce-calls.ts';

/** Changes of one transaction. A first read of millions must not become one transaction. */
const changesAtOnce = 2_000;

/**
 * Refreshes the match profiles in separate transactions. Afterwards everything committed before the call can
 * be found.
 */
export async function refreshProfiles(db: Db): Promise<void> {
  if (!(await isAnyStale(db))) return;
  let refresh = coalesced.get(db);
  if (!refresh) coalesced.set(db, (refresh = coalesceCalls(() => refreshAll(db))));
  await refresh(null);
}

/** Concurrent callers share a refresh. */
const coalesced = new WeakMap<Db, (input: null) => Promise<void>>();

async function refreshAll(db: Db): Promise<void> {
  const refreshLazily = async (tx: Db): Promise<number> => {
    const [, count] = await Promise.all([commitLazily(tx), refreshSome(tx, changesAtOnce)]);
    return count;
  };
  while ((await db.transaction(refreshLazily)) === changesAtOnce);
}

/** Refreshes the profiles that changed since, within the caller's transaction. */
export async function refreshProfilesInTransaction(tx: Db): Promise<void> {
  if (!(await isAnyStale(tx))) return;
  while ((await refreshSome(tx, changesAtOnce)) === changesAtOnce);
}

/** Refreshes some profiles. Returns how many changes it handled. */
async function refreshSome(tx: Db, limit: number): Promise<number> {
  // Statements of one line are sent together, because each answer that is waited for delays every check that
  // waits for this refresh. They run in this order, so the list is read under the lock.
  const [, { subjects, count }] = await Promise.all([lockProfiles(tx), dequeueStaleProfiles(tx, limit)]);
  if (count === 0) return 0;
  const { accounts, registrations, billedCustomers, leads } = await profileSources(tx, subjects);
  const profiles = [
    ...accounts.map((row) => profileOf('account', row.id, accountCompany(row))),
    ...registrations.map((row) => profileOf('registration', row.id, customerCompany(row))),
    ...billedCustomers.map(({ id, name }) => profileOf('billed_customer', id, normaliseCompany({ name }))),
    ...leads.map((row) => profileOf('lead', row.id, leadCompany(row))),
  ];
  const saved = profiles.map(({ profile }) => profile);
  const words = [...new Set(profiles.flatMap((one) => one.words))];
  const [, unknown] = await Promise.all([
    saveProfiles(tx, saved, normaliserVersion),
    unknownWords(tx, words),
  ]);
  await saveSlips(
    tx,
    unknown.flatMap((word) => slipsOf(word).map((slip) => ({ word, slip }))),
  );
  return count;
}

type Sources = Awaited<ReturnType<typeof profileSources>>;

function accountCompany(row: Sources['accounts'][number]): NormalisedCompany {
  const { name, domain, country, street, city, postcode, phone, formerNames, vatId, duns, lei } = row;
  const aliases = [
    ...(row.aliases?.split(';').map((alias) => alias.trim()) ?? []),
    ...formerNames.map((one) => one.name),
  ];
  const otherDomain = formerNames.find((one) => one.domain !== null && one.domain !== domain)?.domain;
  const registryIds = { vat: vatId, duns, lei };
  return normaliseCompany({
    name,
    domain,
    otherDomain,
    country,
    street,
    city,
    postcode,
    phone,
    aliases,
    registryIds,
  });
}

function customerCompany(row: Sources['registrations'][number]): NormalisedCompany {
  const { customerName, customerDomain, customerCountry, contactEmail, approvedTerms } = row;
  // After an edit, the registration is found by the customer that is still protected, too.
  const isEdited = approvedTerms !== null && approvedTerms.customerName !== customerName;
  const otherDomain =
    approvedTerms?.customerDomain === customerDomain ? null : (approvedTerms?.customerDomain ?? null);
  return normaliseCompany({
    name: customerName,
    domain: customerDomain,
    country: customerCountry,
    email: contactEmail,
    ...(isEdited ? { aliases: [approvedTerms.customerName] } : {}),
    ...(otherDomain === null ? {} : { otherDomain }),
  });
}

function leadCompany({ company, domain, emailDomain, country }: Sources['leads'][number]): NormalisedCompany {
  // The domain of an address is evidence like that of a contact; mailbox domains are sorted out there.
  const email = emailDomain === null ? null : `lead@${emailDomain}`;
  return normaliseCompany({ name: company ?? '', domain, country, email });
}

function profileOf(
  kind: SubjectKind,
  id: string,
  normal: NormalisedCompany,
): { readonly profile: Profile; readonly words: readonly string[] } {
  const { strong, weak, words } = searchKeys(normal);
  return { profile: { kind, id, normal, keys: [...strong, ...weak] }, words };
}
