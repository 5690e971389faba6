import {
  accountsLike,
  openRegistrations,
  partnerFields,
  rolesOf,
  type AccountSearch,
} from '#src/db/registrations/programme-fact-store.ts';
import { partnerTerms } from '#src/db/program/partner-terms.ts';
import type { Db } from '#src/db/client.ts';
import type { StoredRegistration } from '#src/db/registrations/registration-store.ts';
import type { NormalisedCompany } from '#src/domain/matching/company.ts';
import type { MatchModel } from '#src/domain/matching/model.ts';
import { matchCompanies } from '#src/domain/matching/score.ts';
import type { EngagementPolicy } from '#src/domain/program/engagement.ts';
import { ruleSetting } from '#src/domain/program/rule-settings.ts';
import { precedenceAt } from '#src/domain/registrations/precedence.ts';
import type { CustomerAccount, ProgrammeFacts } from '#src/domain/registrations/programme/programme-facts.ts';
import { isRuleOn } from '#src/domain/registrations/programme/rule-effect.ts';
import { accountSearch } from '#src/domain/registrations/rules/accounts/named-account.ts';

interface Round {
  readonly engagement: EngagementPolicy;
  readonly model: MatchModel;
  /** `YYYY-MM-DD` */
  readonly today: string;
  readonly companyOf: (registration: StoredRegistration) => NormalisedCompany;
}

type FactsOf = (registration: StoredRegistration) => ProgrammeFacts;

/** Loads what the rules of this programme ask about and that other programmes do not, in a fixed number of queries. */
export async function loadProgrammeFacts(
  tx: Db,
  registrations: readonly StoredRegistration[],
  round: Round,
): Promise<FactsOf> {
  const parts: readonly FactsOf[] = [
    await partnerFacts(tx, registrations, round),
    await openFacts(tx, registrations, round),
    await accountFacts(tx, registrations, round),
    await roleFacts(tx, registrations, round),
  ];
  return (registration) => Object.assign({}, ...parts.map((part) => part(registration)));
}

const nothing: FactsOf = () => ({});
const idsOf = (registrations: readonly StoredRegistration[]) => registrations.map(({ id }) => id);
const partnersOf = (registrations: readonly StoredRegistration[]) => [
  ...new Set(registrations.map(({ partnerId }) => partnerId)),
];

/** Values of custom fields as text; null where a field is blank. */
function named(
  values: Readonly<Record<string, unknown>> | undefined,
  fields: readonly string[],
): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    fields.map((field) => [field, values?.[field] == null ? null : String(values[field])]),
  );
}

async function partnerFacts(
  tx: Db,
  registrations: readonly StoredRegistration[],
  { engagement, today }: Round,
): Promise<FactsOf> {
  const fields = partnerFieldsOf(engagement);
  const isNamed = isRuleOn('named_account', engagement) && hasNamedAccounts(engagement);
  const isTiered = limitsOpen(engagement);
  if (fields.length === 0 && !isNamed && !isTiered) return nothing;
  const partners = partnersOf(registrations);
  const termsOn = await partnerTerms(tx, partners);
  const values = fields.length === 0 ? new Map() : await partnerFields(tx, partners);
  return ({ partnerId }) => {
    const { code, tier } = termsOn(partnerId, today);
    return {
      partnerCode: code,
      partnerTier: tier,
      ...(fields.length === 0 ? {} : { partnerFields: named(values.get(partnerId), fields) }),
    };
  };
}

function partnerFieldsOf(engagement: EngagementPolicy): readonly string[] {
  const status = ruleSetting(engagement, 'partner_status');
  const certification = ruleSetting(engagement, 'partner_certification');
  const fields = [
    ...(isRuleOn('partner_status', engagement) ? [status.statusField, status.agreementField] : []),
    ...(isRuleOn('partner_certification', engagement) ? [certification.field] : []),
  ];
  return fields.flatMap((field) => field ?? []);
}

function limitsOpen(engagement: EngagementPolicy): boolean {
  const { most, tiers } = ruleSetting(engagement, 'open_registrations');
  return isRuleOn('open_registrations', engagement) && (most !== null || Object.keys(tiers).length > 0);
}

/** Registrations of one partner are counted in their order, so that the first ones pass and the later ones wait. */
async function openFacts(
  tx: Db,
  registrations: readonly StoredRegistration[],
  { engagement, today }: Round,
): Promise<FactsOf> {
  if (!limitsOpen(engagement)) return nothing;
  const open = await openRegistrations(tx, partnersOf(registrations), today);
  return (registration) => {
    const since = precedenceAt(registration).getTime();
    const earlier = (open.get(registration.partnerId) ?? []).filter(
      (one) => one.since < since || (one.since === since && one.id < registration.id),
    );
    return { openRegistrations: earlier.length };
  };
}

function hasNamedAccounts(engagement: EngagementPolicy): boolean {
  const { accounts, reservedField } = ruleSetting(engagement, 'named_account');
  return accounts.length > 0 || reservedField !== null;
}

async function accountFacts(
  tx: Db,
  registrations: readonly StoredRegistration[],
  { engagement, model, companyOf }: Round,
): Promise<FactsOf> {
  const search = searchOf(engagement);
  if (Object.values(search).every((values) => values.length === 0)) return nothing;
  const found = await accountsLike(tx, idsOf(registrations), search);
  const byRegistration = Map.groupBy(found, ({ registrationId }) => registrationId);
  return (registration) => {
    const company = companyOf(registration);
    const accounts = (byRegistration.get(registration.id) ?? []).flatMap(
      ({ name, normal, domain, registryIds, crmIds, extra }): readonly CustomerAccount[] => {
        const { verdict } = matchCompanies(company, normal, model);
        const fields = named(extra, search.fields);
        return verdict === 'different' ? [] : [{ name, match: verdict, domain, registryIds, crmIds, fields }];
      },
    );
    return { accounts };
  };
}

function searchOf(engagement: EngagementPolicy): AccountSearch {
  const isNamed = isRuleOn('named_account', engagement);
  const { accounts, reservedField } = ruleSetting(engagement, 'named_account');
  const { endField } = ruleSetting(engagement, 'incumbent_contract');
  const fields = [
    isNamed ? reservedField : null,
    isRuleOn('incumbent_contract', engagement) ? endField : null,
  ].flatMap((field) => field ?? []);
  return { fields, ...accountSearch(isNamed ? accounts : []) };
}

async function roleFacts(
  tx: Db,
  registrations: readonly StoredRegistration[],
  { engagement }: Round,
): Promise<FactsOf> {
  const { field, together } = ruleSetting(engagement, 'co_sell');
  if (field === null || together.length === 0) return nothing;
  const roles = await rolesOf(tx, idsOf(registrations), field);
  return ({ id }) => ({ role: roles.get(id) ?? null });
}
