import type { OrgProfile } from '#sandbox/profiles/profile.ts';
import type {
  CrmSample,
  SampleAccount,
  SampleContact,
  SampleLine,
  SampleOpportunity,
  SampleProduct,
  SampleRegistration,
} from '#sandbox/sample.ts';
import { lockedFieldOf } from './installed-package.ts';
import { adminUser, colleagueIds } from './bootstrap.ts';
import type { Org } from './records/org.ts';
import { recordTypeAt } from './records/record-types.ts';
import { parseInstant } from './records/times.ts';
import { Writer } from './records/writer.ts';

const stageNames: Readonly<Record<SampleOpportunity['stage'], string>> = {
  prospecting: 'Prospecting',
  qualification: 'Qualification',
  proposal: 'Proposal/Price Quote',
  negotiation: 'Negotiation/Review',
  closed_won: 'Closed Won',
  closed_lost: 'Closed Lost',
};

/**
 * Loads a sample as an administrator would. @throws ApiError when the org lacks a field or refuses a value.
 */
export function seedOrg(org: Org, sample: CrmSample): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  const idOf = idsIn(ids);
  const [managerId = null, ...repIds] = colleagueIds(org);
  const repOf = (ordinal: number): string | null => repIds[ordinal % repIds.length] ?? null;
  for (const [ordinal, account] of sample.accounts.entries()) {
    const OwnerId = account.isPartner ? managerId : repOf(ordinal);
    const RecordTypeId = recordTypeAt(org, 'Account', account.isPartner ? 0 : 1);
    ids.set(
      account.key,
      insert(
        org,
        'Account',
        {
          ...accountFields(account, org.profile.sampleTypes),
          ...nameOf(org, account, ordinal),
          OwnerId,
          RecordTypeId,
        },
        account,
      ),
    );
  }
  lockPartners(
    org,
    sample.accounts.filter(({ isPartner }) => isPartner).map(({ key }) => idOf(key)),
  );
  for (const [ordinal, opportunity] of sample.opportunities.entries()) {
    const fields = opportunityFields(opportunity, idOf(opportunity.accountKey));
    const RecordTypeId = recordTypeAt(org, 'Opportunity', ordinal % 2);
    const made = { ...fields, OwnerId: repOf(ordinal), RecordTypeId };
    ids.set(opportunity.key, insert(org, 'Opportunity', made, opportunity));
  }
  for (const contact of sample.contacts ?? [])
    insert(org, 'Contact', contactFields(contact, idOf(contact.accountKey)), asOf(contact));
  for (const product of sample.products ?? [])
    ids.set(product.key, insert(org, 'Product2', productFields(product), asOf(product)));
  for (const line of sample.lines ?? []) {
    const links = { OpportunityId: idOf(line.opportunityKey), Product2Id: idOf(line.productKey) };
    insert(org, 'OpportunityLineItem', { ...lineFields(line), ...links }, asOf(line));
  }
  addRegistrations(org, sample, ids);
  return ids;
}

const idsIn =
  (ids: ReadonlyMap<string, string>) =>
  (key: string): string => {
    const id = ids.get(key);
    if (id === undefined) throw new Error(`the sample refers to ${key}, which it does not contain`);
    return id;
  };

/** What people enter after an integration was installed. False while its object is not there. */
export function addOrgPartnerData(org: Org, sample: CrmSample, ids: ReadonlyMap<string, string>): boolean {
  const account = org.schema().object('Account');
  if (!account || !org.schema().object('Fairway_Registration__c')) return false;
  const at = org.stamp();
  const writer = new Writer(org, org.schema(), {
    userId: adminUser(org).Id,
    createdAt: at,
    modifiedAt: at,
  });
  for (const { key, partnerCode, territory } of sample.accounts.filter(({ isPartner }) => isPartner)) {
    const fields = { Fairway_Partner_Code__c: partnerCode, Fairway_Territory__c: territory ?? null };
    writer.update(account, idsIn(ids)(key), fields);
  }
  addRegistrations(org, sample, ids);
  return true;
}

function addRegistrations(org: Org, sample: CrmSample, ids: ReadonlyMap<string, string>): void {
  const idOf = idsIn(ids);
  for (const registration of sample.registrations) {
    const links = {
      Partner__c: idOf(registration.partnerKey),
      Opportunity__c: registration.opportunityKey === null ? null : idOf(registration.opportunityKey),
    };
    const stamps = { createdAt: registration.submittedAt, modifiedAt: registration.submittedAt };
    insert(org, 'Fairway_Registration__c', { ...registrationFields(registration), ...links }, stamps);
  }
}

/** An installed package has locked some of the partners before Fairway came. */
function lockPartners(org: Org, ids: readonly string[]): void {
  const { installedPackage } = org.profile;
  const account = org.schema().object('Account');
  if (installedPackage === null || !account) return;
  for (const id of ids.filter((_, ordinal) => ordinal % 10 === 0)) {
    const row = org.row('Account', id);
    if (row) org.save(account, { ...row, [lockedFieldOf(installedPackage)]: true });
  }
}

function insert(
  org: Org,
  objectName: string,
  fields: Record<string, unknown>,
  stamps: { readonly createdAt: string; readonly modifiedAt: string },
): string {
  const object = org.schema().object(objectName);
  if (!object) throw new Error(`the org has no object ${objectName}: deploy the metadata package first`);
  const createdAt = parseInstant(stamps.createdAt);
  const modifiedAt = parseInstant(stamps.modifiedAt);
  if (!createdAt || !modifiedAt) throw new Error(`not an instant: ${stamps.createdAt}, ${stamps.modifiedAt}`);
  const present = Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) =>
        value !== null &&
        (name !== 'CurrencyIsoCode' || org.profile.currencies !== null) &&
        (name !== 'BillingCountryCode' || org.profile.countryPicklists),
    ),
  );
  return new Writer(org, org.schema(), { userId: adminUser(org).Id, createdAt, modifiedAt }).insert(
    object,
    present,
  );
}

const asOf = ({ createdAt }: { readonly createdAt: string }) => ({ createdAt, modifiedAt: createdAt });

function contactFields(
  { firstName, lastName, email, phone, title }: SampleContact,
  accountId: string,
): Record<string, unknown> {
  return {
    AccountId: accountId,
    FirstName: firstName,
    LastName: lastName,
    Email: email,
    Phone: phone,
    Title: title,
  };
}

function productFields({ code, name, family }: SampleProduct): Record<string, unknown> {
  return { ProductCode: code, Name: name, Family: family, IsActive: true };
}

function lineFields({ quantity, unitPrice, currency }: SampleLine): Record<string, unknown> {
  return { Quantity: quantity, UnitPrice: unitPrice, CurrencyIsoCode: currency };
}

/** Some of the customers are persons where accounts may be. */
function nameOf(org: Org, { name, isPartner }: SampleAccount, ordinal: number): Record<string, unknown> {
  const [first = '', ...rest] = name.split(' ');
  const isPerson = org.profile.personAccounts && !isPartner && ordinal % 8 === 0 && rest.length > 0;
  return isPerson ? { Name: null, FirstName: first, LastName: rest.join(' ') } : {};
}

function accountFields(account: SampleAccount, types: OrgProfile['sampleTypes']): Record<string, unknown> {
  return {
    Name: account.name,
    Type: account.isPartner ? types.partner : types.customer,
    Website: account.domain === null ? null : `https://www.${account.domain}`,
    BillingCountry: account.countryName,
    BillingCountryCode: account.country,
    BillingCity: account.city,
    BillingPostalCode: account.postcode,
    Phone: account.phone,
    Fairway_Partner_Code__c: account.partnerCode,
    Fairway_Territory__c: account.territory ?? null,
  };
}

function opportunityFields(opportunity: SampleOpportunity, accountId: string): Record<string, unknown> {
  return {
    Name: opportunity.name,
    AccountId: accountId,
    StageName: stageNames[opportunity.stage],
    Amount: opportunity.amount,
    CurrencyIsoCode: opportunity.currency,
    CloseDate: opportunity.closeDate,
  };
}

function registrationFields(registration: SampleRegistration): Record<string, unknown> {
  return {
    Number__c: registration.number,
    Customer_Name__c: registration.customerName,
    Customer_Domain__c: registration.customerDomain,
    Customer_Country__c: registration.customerCountry,
    Contact_Email__c: registration.contactEmail,
    Product_Family__c: registration.productFamily,
    Deal_Type__c: registration.dealType,
    Amount__c: registration.amount,
    Currency__c: registration.currency,
    Expected_Close__c: registration.expectedClose,
    Submitted_At__c: registration.submittedAt,
  };
}
