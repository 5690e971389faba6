import { Temporal } from 'temporal-polyfill';
import type {
  CrmSample,
  SampleAccount,
  SampleContact,
  SampleLine,
  SampleOpportunity,
  SampleProduct,
  SampleRegistration,
} from '#sandbox/sample.ts';
import { associate } from './records/associations.ts';
import { findType, resolveType, type ObjectType } from './schema/object-types.ts';
import { managerId, repId } from './owners.ts';
import type { Portal } from './portal.ts';
import { propertiesOf } from './schema/properties.ts';
import { checkValues, createRecord, requireRecord, updateRecord } from './records/records.ts';

/**
 * Loads a sample through the validation the API uses, with the sample's own stamps.
 * @throws HubspotError when the account lacks a property or the registration object: the integration must be
 * installed first
 */
export function seedSample(portal: Portal, sample: CrmSample): ReadonlyMap<string, string> {
  return portal.store.batch(() => {
    const companies = new Map(
      sample.accounts.map((account, ordinal) => [account.key, seedCompany(portal, account, ordinal)]),
    );
    const deals = new Map(
      sample.opportunities.map((deal, ordinal) => [
        deal.key,
        seedDeal(portal, deal, idFor(companies, deal.accountKey), ordinal),
      ]),
    );
    for (const contact of sample.contacts ?? [])
      seedContact(portal, contact, idFor(companies, contact.accountKey));
    const products = new Map(
      (sample.products ?? []).map((product) => [product.key, seedProduct(portal, product)]),
    );
    for (const line of sample.lines ?? [])
      seedLine(portal, line, idFor(deals, line.opportunityKey), idFor(products, line.productKey));
    const ids = new Map([...companies, ...deals]);
    addRegistrations(portal, sample, ids);
    return ids;
  });
}

/** What people enter after an integration was installed. False while its objects are not there. */
export function addPortalPartnerData(
  portal: Portal,
  sample: CrmSample,
  ids: ReadonlyMap<string, string>,
): boolean {
  if (!findType(portal, 'p_fairway_registration')) return false;
  const type = resolveType(portal, 'companies');
  if (!propertiesOf(portal, type).has('fairway_partner_code')) return false;
  portal.store.batch(() => {
    for (const { key, partnerCode, territory } of sample.accounts) {
      if (partnerCode === null) continue;
      const values = {
        fairway_partner_code: partnerCode,
        ...(territory === undefined ? {} : { fairway_territory: territory }),
      };
      const record = requireRecord(portal, type, idFor(ids, key));
      updateRecord(portal, type, record, checkValues(portal, type, values));
    }
    addRegistrations(portal, sample, ids);
  });
  return true;
}

function addRegistrations(portal: Portal, sample: CrmSample, ids: ReadonlyMap<string, string>): void {
  for (const registration of sample.registrations) {
    const deal = registration.opportunityKey === null ? null : idFor(ids, registration.opportunityKey);
    seedRegistration(portal, registration, idFor(ids, registration.partnerKey), deal);
  }
}

function idFor(ids: ReadonlyMap<string, string>, key: string): string {
  const id = ids.get(key);
  if (id === undefined) throw new Error(`the sample refers to ${key}, which it does not contain`);
  return id;
}

function seedCompany(portal: Portal, account: SampleAccount, ordinal: number): string {
  const type = resolveType(portal, 'companies');
  const values = checkValues(portal, type, {
    name: account.name,
    domain: account.domain,
    country: account.countryName,
    ...codeOfCountry(portal, type, account.country),
    city: account.city,
    zip: account.postcode,
    phone: account.phone,
    type: account.isPartner ? 'PARTNER' : 'PROSPECT',
    ...ownedBy(portal, type, account.isPartner ? managerId : repId(ordinal)),
    ...(account.partnerCode === null ? {} : { fairway_partner_code: account.partnerCode }),
    ...(account.territory === undefined ? {} : { fairway_territory: account.territory }),
  });
  return createRecord(portal, type, values, account.createdAt, account.modifiedAt).id;
}

const stages: Readonly<Record<SampleOpportunity['stage'], string>> = {
  prospecting: 'appointmentscheduled',
  qualification: 'qualifiedtobuy',
  proposal: 'presentationscheduled',
  negotiation: 'contractsent',
  closed_won: 'closedwon',
  closed_lost: 'closedlost',
};

/** An account from before owners existed has no property for them. */
const ownedBy = (portal: Portal, type: ObjectType, ownerId: string): Record<string, string> =>
  propertiesOf(portal, type).has('hubspot_owner_id') ? { hubspot_owner_id: ownerId } : {};

/** An account that HubSpot has not given the property yet has names of countries only. */
const codeOfCountry = (
  portal: Portal,
  type: ObjectType,
  code: string | null,
): Record<string, string | null> =>
  propertiesOf(portal, type).has('hs_country_code') ? { hs_country_code: code } : {};

/** HubSpot stores the day that somebody picks as the instant at which it begins in the account. */
const midnightIn = (timeZone: string, day: string): string =>
  new Date(Temporal.PlainDate.from(day).toZonedDateTime({ timeZone }).epochMilliseconds).toISOString();

/** An account with one currency has no property for it. */
const inCurrency = (portal: Portal, property: string, currency: string): Record<string, string> =>
  portal.profile.additionalCurrencies.length === 0 ? {} : { [property]: currency };

function seedDeal(portal: Portal, deal: SampleOpportunity, companyId: string, ordinal: number): string {
  const type = resolveType(portal, 'deals');
  const values = checkValues(portal, type, {
    dealname: deal.name,
    dealstage: stages[deal.stage],
    amount: deal.amount,
    ...inCurrency(portal, 'deal_currency_code', deal.currency),
    closedate: midnightIn(portal.profile.timeZone, deal.closeDate),
    ...ownedBy(portal, type, repId(ordinal)),
  });
  const { id } = createRecord(portal, type, values, deal.createdAt, deal.modifiedAt);
  associate(portal, { type, id }, { type: resolveType(portal, 'companies'), id: companyId }, null);
  return id;
}

function seedContact(portal: Portal, contact: SampleContact, companyId: string): void {
  const type = resolveType(portal, 'contacts');
  const { firstName, lastName, email, phone, title, createdAt } = contact;
  const values = checkValues(portal, type, {
    firstname: firstName,
    lastname: lastName,
    email,
    phone,
    jobtitle: title,
  });
  const { id } = createRecord(portal, type, values, createdAt);
  associate(portal, { type, id }, { type: resolveType(portal, 'companies'), id: companyId }, null);
}

function seedProduct(portal: Portal, { code, name, price, createdAt }: SampleProduct): string {
  const type = resolveType(portal, 'products');
  const productType = name.endsWith('plan') ? 'service' : 'inventory';
  const values = checkValues(portal, type, { name, hs_sku: code, hs_product_type: productType, price });
  return createRecord(portal, type, values, createdAt).id;
}

function seedLine(portal: Portal, line: SampleLine, dealId: string, productId: string): void {
  const type = resolveType(portal, 'line_items');
  const { name, quantity, unitPrice, currency, createdAt } = line;
  const values = checkValues(portal, type, {
    name,
    quantity,
    price: unitPrice,
    hs_product_id: productId,
    ...inCurrency(portal, 'hs_line_item_currency_code', currency),
  });
  const { id } = createRecord(portal, type, values, createdAt);
  associate(portal, { type, id }, { type: resolveType(portal, 'deals'), id: dealId }, null);
}

function seedRegistration(
  portal: Portal,
  registration: SampleRegistration,
  partnerId: string,
  dealId: string | null,
): void {
  const type = resolveType(portal, 'p_fairway_registration');
  const values = checkValues(portal, type, {
    number: registration.number,
    customer_name: registration.customerName,
    customer_domain: registration.customerDomain,
    customer_country: registration.customerCountry,
    contact_email: registration.contactEmail,
    product_family: registration.productFamily,
    deal_type: registration.dealType,
    amount: registration.amount,
    currency: registration.currency,
    expected_close: registration.expectedClose,
    submitted_at: registration.submittedAt,
  });
  const { id } = createRecord(portal, type, values, registration.submittedAt);
  associate(portal, { type, id }, { type: resolveType(portal, 'companies'), id: partnerId }, null);
  if (dealId !== null)
    associate(portal, { type, id }, { type: resolveType(portal, 'deals'), id: dealId }, null);
}
