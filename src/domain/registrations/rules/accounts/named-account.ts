/**
 * Some customers are reserved: house accounts for the vendor's own sales team, named accounts for certain partners. A
 * vendor lists them in the programme or marks them in a field of the account. A registration of another partner needs
 * a person. A company that only may be a named account is never rejected without one.
 */
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import { ruleSetting, type NamedAccount } from '#src/domain/program/rule-settings.ts';
import type { RegistrationFacts } from '#src/domain/registrations/registration.ts';
import type { RegistrationRule } from '#src/domain/registrations/rules/rule.ts';

/** An account that is reserved, and why the customer is it. */
interface Reserved {
  readonly name: string;
  /** Partner codes; empty: our own sales team. */
  readonly partners: readonly string[];
  readonly how: string;
  readonly isCertain: boolean;
}

export const namedAccount: RegistrationRule = (facts, _rivals, { policy }) => {
  const { accounts, reservedField } = ruleSetting(policy, 'named_account');
  const code = facts.partnerCode ?? null;
  const others = [...listed(facts, accounts), ...marked(facts, reservedField)].filter(
    ({ partners }) => code === null || !partners.includes(code),
  );
  const [first] = others.toSorted((a, b) => Number(b.isCertain) - Number(a.isCertain));
  if (first === undefined) return null;
  const { name, partners, how, isCertain } = first;
  const opening = isCertain ? 'Named account' : 'Possibly the named account';
  const who = partners.length === 0 ? 'our own sales team' : `the partners ${partners.join(', ')}`;
  const passes =
    partners.length === 0 ? 'A person can release it.' : 'A registration of one of these would pass.';
  const publicWho = partners.length === 0 ? 'our own sales team' : 'other partners';
  return {
    rule: 'named_account',
    effect: 'review',
    rival: null,
    ...(isCertain ? {} : { isUnclear: true }),
    message: `${opening}: ${name} (${how}) is reserved for ${who}. ${passes}`,
    publicMessage: `${isCertain ? 'The customer is' : 'The customer may be'} a named account that is reserved for ${publicWho}. Only a person can release it.`,
  };
};

/** The entries of the programme that are the customer, by an exact domain, registry id or record id. */
function* listed(facts: RegistrationFacts, accounts: readonly NamedAccount[]): Generator<Reserved> {
  if (accounts.length === 0) return;
  const { byDomain, byRegistryId, byCrmId } = indexOf(accounts);
  const website = domainOf(facts.customerDomain);
  const given = website === null ? undefined : byDomain.get(website);
  if (given !== undefined) yield reserved(given, `domain ${website}`, true);
  for (const { name, match, domain, registryIds, crmIds } of facts.accounts ?? []) {
    const isCertain = match === 'same';
    const other = domainOf(domain);
    const hits: readonly (readonly [NamedAccount | undefined, string])[] = [
      [other === null ? undefined : byDomain.get(other), `account ${name}, domain ${other}`],
      ...registryIds.map(
        (id) => [byRegistryId.get(plain(id)), `account ${name}, registry id ${id}`] as const,
      ),
      ...crmIds.map((id) => [byCrmId.get(id), `account ${name}`] as const),
    ];
    for (const [entry, how] of hits) if (entry !== undefined) yield reserved(entry, how, isCertain);
  }
}

function reserved({ name, for: who }: NamedAccount, how: string, isCertain: boolean): Reserved {
  return { name, partners: who === 'direct' ? [] : who, how, isCertain };
}

/** The accounts of the customer that a field of the CRM reserves: `direct`, or partner codes separated by `;`. */
function* marked(facts: RegistrationFacts, field: string | null): Generator<Reserved> {
  if (field === null) return;
  for (const { name, match, fields } of facts.accounts ?? []) {
    const value = fields[field]?.trim() ?? '';
    if (value === '') continue;
    const codes = value.toLowerCase() === 'direct' ? [] : value.split(';').map((code) => code.trim());
    yield { name, partners: codes, how: `field ${field}: ${value}`, isCertain: match === 'same' };
  }
}

interface Index {
  readonly byDomain: ReadonlyMap<string, NamedAccount>;
  readonly byRegistryId: ReadonlyMap<string, NamedAccount>;
  readonly byCrmId: ReadonlyMap<string, NamedAccount>;
}

/** A programme may list thousands of accounts and decides thousands of registrations. */
const indexes = new WeakMap<readonly NamedAccount[], Index>();

function indexOf(accounts: readonly NamedAccount[]): Index {
  const known = indexes.get(accounts);
  if (known !== undefined) return known;
  const by = (keyOf: (one: NamedAccount) => string | null) =>
    new Map(accounts.flatMap((one) => (keyOf(one) === null ? [] : [[keyOf(one) ?? '', one] as const])));
  const index = {
    byDomain: by(({ domain }) => domainOf(domain)),
    byRegistryId: by(({ registryId }) => (registryId === null ? null : plain(registryId))),
    byCrmId: by(({ account }) => account),
  };
  indexes.set(accounts, index);
  return index;
}

/** What identifies the accounts of a list: domains in lower case, registry ids without punctuation, record ids. */
export function accountSearch(accounts: readonly NamedAccount[]) {
  const { byDomain, byRegistryId, byCrmId } = indexOf(accounts);
  return {
    domains: [...byDomain.keys()],
    registryIds: [...byRegistryId.keys()],
    crmIds: [...byCrmId.keys()],
  };
}

function domainOf(domain: string | null): string | null {
  return domain === null ? null : normaliseCompany({ name: 'A company', domain }).domain;
}

/** A registry id without spaces and punctuation. */
function plain(id: string): string {
  return id.replaceAll(/[^\p{L}\p{N}]/gu, '').toUpperCase();
}
