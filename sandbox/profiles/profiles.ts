import type { OrgProfile, PortalProfile, Profile } from './profile.ts';

/** The sample values of a Developer Edition, which many demo orgs have. */
const developerTypes = [
  'Prospect',
  'Customer',
  'Customer - Direct',
  'Customer - Channel',
  'Channel Partner / Reseller',
  'Installation Partner',
  'Technology Partner',
  'Other',
];

/** The values that Salesforce gives a new Enterprise Edition org. */
const enterpriseTypes = [
  'Analyst',
  'Competitor',
  'Customer',
  'Integrator',
  'Investor',
  'Partner',
  'Press',
  'Prospect',
  'Reseller',
  'Other',
];

const otherCurrencies = [
  'EUR',
  'GBP',
  'CHF',
  'JPY',
  'CAD',
  'AUD',
  'SEK',
  'NOK',
  'DKK',
  'PLN',
  'CZK',
  'HUF',
  'RON',
  'INR',
  'SGD',
  'NZD',
  'MXN',
  'BRL',
  'ZAR',
  'CNY',
  'HKD',
  'KRW',
  'AED',
  'ILS',
  'TRY',
];

const org: OrgProfile = {
  edition: 'Developer Edition',
  api: true,
  audience: null,
  dailyCalls: 100_000,
  changeEventEntities: 5,
  storageFull: false,
  installedPackage: null,
  currency: 'USD',
  currencies: ['USD', ...otherCurrencies],
  timeZone: 'UTC',
  accountTypes: developerTypes,
  sampleTypes: { partner: 'Channel Partner / Reseller', customer: 'Customer' },
  integrationUser: 'administrator',
  sharing: 'ReadWrite',
  countryPicklists: false,
  personAccounts: false,
  recordTypes: [],
};

const portal: PortalProfile = {
  companyCurrency: 'USD',
  additionalCurrencies: [
    'EUR',
    'GBP',
    'CHF',
    'CAD',
    'AUD',
    'JPY',
    'SEK',
    'NOK',
    'DKK',
    'PLN',
    'CZK',
    'INR',
    'BRL',
    'SGD',
  ],
  timeZone: 'UTC',
  scopes: null,
  key: 'private-app',
};

/** The scopes that the README names, except those of custom objects. */
const standardScopes = [
  'crm.objects.companies.read',
  'crm.objects.companies.write',
  'crm.objects.deals.read',
  'crm.objects.deals.write',
  'crm.objects.owners.read',
  'crm.objects.leads.read',
  'crm.schemas.companies.read',
  'crm.schemas.companies.write',
  'crm.schemas.deals.read',
  'crm.schemas.deals.write',
];
export const readmeScopes: readonly string[] = [
  ...standardScopes,
  'crm.objects.custom.read',
  'crm.objects.custom.write',
  'crm.schemas.custom.read',
  'crm.schemas.custom.write',
];

interface Difference {
  readonly about: string;
  readonly salesforce?: Partial<OrgProfile>;
  readonly hubspot?: Partial<PortalProfile>;
  readonly invoiceCurrencies?: Profile['invoiceCurrencies'];
}

/** Each profile is the default one with these differences. */
const differences = {
  default: { about: 'A Developer Edition org and an Enterprise portal in dollars, with every permission.' },
  'multi-currency': {
    about: 'The corporate currency is the euro; few other currencies are active.',
    salesforce: { currency: 'EUR', currencies: ['EUR', 'USD', 'GBP', 'KWD', 'JPY'] },
    hubspot: { companyCurrency: 'EUR', additionalCurrencies: ['USD', 'GBP', 'KWD', 'JPY'] },
    invoiceCurrencies: ['KWD', 'JPY'],
  },
  'single-currency-eur': {
    about: 'One currency, the euro: no record names a currency.',
    salesforce: { currency: 'EUR', currencies: null },
    hubspot: { companyCurrency: 'EUR', additionalCurrencies: [] },
  },
  'single-currency-jpy': {
    about: 'One currency without decimals, the yen: no record names a currency.',
    salesforce: { currency: 'JPY', currencies: null },
    hubspot: { companyCurrency: 'JPY', additionalCurrencies: [] },
  },
  'minimum-access': {
    about:
      'The integration user sees only what a permission set grants; the HubSpot app has only the scopes of the README.',
    salesforce: { integrationUser: 'minimum', audience: 'https://login.salesforce.com' },
    hubspot: { scopes: readmeScopes },
  },
  'private-sharing': {
    about:
      'Accounts and opportunities are private: the integration user sees and changes what it owns or was given.',
    salesforce: { integrationUser: 'minimum', sharing: 'Private' },
  },
  'enterprise-default': {
    about: 'A plain Enterprise Edition org: its account types have no “Channel Partner / Reseller”.',
    salesforce: {
      edition: 'Enterprise Edition',
      accountTypes: enterpriseTypes,
      sampleTypes: { partner: 'Partner', customer: 'Customer' },
    },
  },
  'record-types': {
    about: 'Accounts and opportunities have record types with picklist values of their own.',
    salesforce: {
      recordTypes: [
        {
          object: 'Account',
          name: 'Partner Account',
          developerName: 'Partner_Account',
          values: { Type: ['Channel Partner / Reseller', 'Installation Partner', 'Technology Partner'] },
        },
        {
          object: 'Account',
          name: 'Customer Account',
          developerName: 'Customer_Account',
          values: { Type: ['Prospect', 'Customer', 'Customer - Direct', 'Other'] },
        },
        {
          object: 'Opportunity',
          name: 'New Business',
          developerName: 'New_Business',
          values: { LeadSource: ['Web', 'Partner Referral', 'Other'] },
        },
        { object: 'Opportunity', name: 'Renewal', developerName: 'Renewal', values: {} },
      ],
    },
  },
  'country-picklists': {
    about: 'Addresses have picklists of states and countries, with the ISO names of countries.',
    salesforce: { countryPicklists: true },
  },
  'person-accounts': {
    about: 'Some accounts are persons: their name is made of a first and a last name.',
    salesforce: { personAccounts: true },
  },
  'professional-edition': {
    about: 'Professional Edition with the API as an add-on: no Change Data Capture.',
    salesforce: {
      edition: 'Professional Edition',
      accountTypes: enterpriseTypes,
      sampleTypes: { partner: 'Partner', customer: 'Customer' },
      changeEventEntities: null,
    },
  },
  'professional-without-api': {
    about: 'Professional Edition without the API: every call is refused.',
    salesforce: { edition: 'Professional Edition', api: false, changeEventEntities: null },
  },
  'developer-limits': {
    about: 'A Developer Edition org at its limits: full data storage, all five change event entities in use.',
    salesforce: { dailyCalls: 15_000, changeEventEntities: 0, storageFull: true },
  },
  'other-partner-package': {
    about:
      'A package of another PRM vendor is installed; one of its triggers refuses changes of some partners.',
    salesforce: {
      installedPackage: {
        namespace: 'othprm',
        objects: [
          { name: 'Registration', label: 'Deal Registration', labelPlural: 'Deal Registrations' },
          { name: 'Payout', label: 'Payout', labelPlural: 'Payouts' },
        ],
        accountFields: [
          { name: 'Partner_Code', label: 'Partner Code', type: 'string' },
          { name: 'Tier', label: 'Tier', type: 'string' },
          { name: 'Locked', label: 'Locked for Partner Review', type: 'boolean' },
        ],
        lockedBy: 'Locked',
      },
    },
  },
  'without-custom-objects': {
    about: 'A HubSpot account below Enterprise: no key can have the scopes of custom objects.',
    hubspot: { scopes: standardScopes },
  },
  'service-key': {
    about: 'HubSpot is connected by a service key: no webhooks and no journal.',
    hubspot: { scopes: readmeScopes, key: 'service-key' },
  },
  'public-app': {
    about: 'HubSpot is connected by a public app, which signs in by OAuth.',
    hubspot: { scopes: readmeScopes, key: 'public-app' },
  },
  'time-zones': {
    about: 'The org is in Arizona and the portal in Sydney.',
    salesforce: { timeZone: 'America/Phoenix' },
    hubspot: { timeZone: 'Australia/Sydney' },
  },
} as const satisfies Readonly<Record<string, Difference>>;

export type ProfileName = keyof typeof differences;
export const profileNames = Object.keys(differences) as readonly ProfileName[];
export const isProfileName = (name: string): name is ProfileName => Object.hasOwn(differences, name);

export function profileNamed(name: ProfileName): Profile {
  const { about, salesforce, hubspot, invoiceCurrencies = [] }: Difference = differences[name];
  return {
    name,
    about,
    salesforce: { ...org, ...salesforce },
    hubspot: { ...portal, ...hubspot },
    invoiceCurrencies,
  };
}

export const defaultProfile: Profile = profileNamed('default');

/** The sandbox was started with a profile that it cannot play. */
export class ProfileError extends Error {}

/** @throws ProfileError with the names there are */
export function readProfileName(name: string): ProfileName {
  if (isProfileName(name)) return name;
  throw new ProfileError(`There is no profile “${name}”. The profiles are ${profileNames.join(', ')}.`);
}
