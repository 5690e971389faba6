/** A record type, and the values that it offers in the standard picklists that it limits. */
export interface OrgRecordType {
  readonly object: 'Account' | 'Opportunity';
  readonly name: string;
  readonly developerName: string;
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** A managed package of another vendor: its objects, fields and rules have its namespace. */
export interface InstalledPackage {
  readonly namespace: string;
  /** Custom objects, by name without the namespace, with their labels. */
  readonly objects: readonly {
    readonly name: string;
    readonly label: string;
    readonly labelPlural: string;
  }[];
  /** Custom fields of accounts, by name without the namespace. */
  readonly accountFields: readonly {
    readonly name: string;
    readonly label: string;
    readonly type: 'string' | 'boolean';
  }[];
  /** A trigger of the package refuses changes of accounts with this checkbox, which a few partners of the sample have. */
  readonly lockedBy: string;
}

/** What a customer has set up in its Salesforce org, or what its edition gives it. */
export interface OrgProfile {
  readonly edition: 'Enterprise Edition' | 'Professional Edition' | 'Developer Edition';
  /** False where the edition has no API: every call is refused. */
  readonly api: boolean;
  /** The audience that an assertion must name. Null: also the address of the sandbox, and both logins of Salesforce. */
  readonly audience: 'https://login.salesforce.com' | 'https://test.salesforce.com' | null;
  /** The API calls of 24 hours. */
  readonly dailyCalls: number;
  /** Entities that may still be selected for Change Data Capture. Null where the edition has none. */
  readonly changeEventEntities: number | null;
  /** True when no new record fits into the data storage. */
  readonly storageFull: boolean;
  readonly installedPackage: InstalledPackage | null;
  /** The corporate currency or, in an org with one currency, that one. */
  readonly currency: string;
  /**
   * The active currencies, the corporate one included. Null in an org with one currency: no record has
   * `CurrencyIsoCode` there.
   */
  readonly currencies: readonly string[] | null;
  /** The default time zone of the org, as in `Organization.TimeZoneSidKey`. */
  readonly timeZone: string;
  /** The values of `Account.Type`. */
  readonly accountTypes: readonly string[];
  /** The account types with which the sample marks partners and all others. */
  readonly sampleTypes: { readonly partner: string; readonly customer: string };
  /**
   * The profile of the integration user. `minimum` shows no object and no field that a permission set does not
   * grant, as *Minimum Access - API Only Integrations*.
   */
  readonly integrationUser: 'administrator' | 'minimum';
  /** The organization-wide default of accounts, contacts and opportunities. */
  readonly sharing: 'ReadWrite' | 'Read' | 'Private';
  /**
   * True where addresses have picklists of states and countries: each country has its ISO name and its code. Other orgs
   * have texts, and no code.
   */
  readonly countryPicklists: boolean;
  /** True where an account may be a person, with a first and a last name that make its name. */
  readonly personAccounts: boolean;
  /**
   * The first type of an object is the default one. The sample's partners have the first type of accounts, the other
   * accounts the second.
   */
  readonly recordTypes: readonly OrgRecordType[];
}

/** What a customer has set up in its HubSpot account, or what its subscription gives it. */
export interface PortalProfile {
  readonly companyCurrency: string;
  /** Empty in an account with one currency: deals have no `deal_currency_code` there. */
  readonly additionalCurrencies: readonly string[];
  readonly timeZone: string;
  /** The scopes of the app that the integration connects with. Null: all. */
  readonly scopes: readonly string[] | null;
  /** A service key has no app: no webhooks and no journal. A public app signs in by OAuth. */
  readonly key: 'private-app' | 'service-key' | 'public-app';
}

/** The set-up of the customer whose org and portal the sandbox plays. */
export interface Profile {
  readonly name: string;
  /** One sentence: how this customer differs. */
  readonly about: string;
  readonly salesforce: OrgProfile;
  readonly hubspot: PortalProfile;
  /** Currencies in which the ERP bills some of the partners, in addition to dollars and euros. */
  readonly invoiceCurrencies: readonly ('KWD' | 'JPY')[];
}
