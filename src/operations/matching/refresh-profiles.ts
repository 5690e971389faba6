import {
  commitLazily,
  isAnyStale,
  lockProfiles,
  profileSources,
  saveProfiles,
  saveSlips,
  lockStaleProfiles,
  unknownWords,
  type Profile,
  type SubjectKind,
} from '#src/db/matching/match-profile-store.ts';
import type { Db } from '#src/db/client.ts';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import { normaliseCompany, normaliserVersion } from '#src/domain/matching/normalise.ts';
import { searchKeys, slipsOf } from '#src/domain/matching/search-keys.ts';
import { coalesceCalls } from './coalesce-calls.ts';

/** Records of one transaction: a first read of millions must not be one. */
const chunk = 2_000;

/**
 * Brings profiles up to date, in transactions of their own: afterwards what was committed before the call can
 * be found.
 */
export async function refreshProfiles(db: Db): Promise<void> {
  if (!(await isAnyStale(db))) return;
  let ask = waiting.get(db);
  if (!ask) waiting.set(db, (ask = coalesceCalls(() => refreshAll(db))));
  await ask(null);
}

/** Of many who look at the same moment, one brings profiles up to date for all. */
const waiting = new WeakMap<Db, (input: null) => Promise<void>>();

async function refreshAll(db: Db): Promise<void> {
  const refreshLazily = async (tx: Db): Promise<number> => {
    await commitLazily(tx);
    return refreshSome(tx, chunk);
  };
  while ((await db.transaction(refreshLazily)) === chunk);
}

/** The same within the caller's transaction, for the few that changed since. */
export async function refreshWithin(tx: Db): Promise<void> {
  if (!(await isAnyStale(tx))) return;
  while ((await refreshSome(tx, chunk)) === chunk);
}

/** Returns how many changes it took up. */
async function refreshSome(tx: Db, limit: number): Promise<number> {
  await lockProfiles(tx);
  const { subjects, taken } = await lockStaleProfiles(tx, limit);
  if (taken === 0) return 0;
  const { accounts, registrations } = await profileSources(tx, subjects);
  const profiles = [
    ...accounts.map((row) => profileOf('account', row.id, accountCompany(row))),
    ...registrations.map((row) => profileOf('registration', row.id, customerCompany(row))),
  ];
  await saveProfiles(
    tx,
    profiles.map(({ profile }) => profile),
    normaliserVersion,
  );
  const unknown = await unknownWords(tx, [...new Set(profiles.flatMap(({ words }) => words))]);
  await saveSlips(
    tx,
    unknown.flatMap((word) => slipsOf(word).map((slip) => ({ word, slip }))),
  );
  return taken;
}

type Sources = Awaited<ReturnType<typeof profileSources>>;

function accountCompany(row: Sources['accounts'][number]): NormalisedCompany {
  const { name, domain, country, street, city, postcode, phone, former, vatId, duns, lei } = row;
  const aliases = [
    ...(row.aliases?.split(';').map((alias) => alias.trim()) ?? []),
    ...former.map((one) => one.name),
  ];
  const otherDomain = former.find((one) => one.domain !== null && one.domain !== domain)?.domain;
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
  const { customerName, customerDomain, customerCountry, contactEmail } = row;
  return normaliseCompany({
    name: customerName,
    domain: customerDomain,
    country: customerCountry,
    email: contactEmail,
  });
}

function profileOf(
  kind: SubjectKind,
  id: string,
  normal: NormalisedCompany,
): { readonly profile: Profile; readonly words: readonly string[] } {
  const { strong, weak, words } = searchKeys(normal);
  return { profile: { kind, id, normal, keys: [...strong, ...weak] }, words };
}
