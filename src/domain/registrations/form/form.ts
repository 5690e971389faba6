/** The form of a registration: the fields that a submission may have, as one registration sees them. */

export const fieldTypes = [
  'text',
  'email',
  'country',
  'date',
  'number',
  'yesNo',
  'choice',
  'choices',
  'productLines',
  'partner',
] as const;
export type FieldType = (typeof fieldTypes)[number];

/** What a partner does in a deal, for fields with partner codes. */
export const dealRoles = ['reseller', 'distributor', 'referrer'] as const;

export interface LocalText {
  readonly en: string;
  readonly de: string;
}

export interface FieldChoice extends LocalText {
  /** The stored value. */
  readonly code: string;
}

/** `standard`: a term that every registration can have; the type follows from its name. */
export interface FormField {
  readonly name: string;
  readonly type: FieldType | 'standard';
  readonly label: LocalText;
  /** For this deal: a condition about the deal has been answered. */
  readonly required: boolean;
  /** Required as well when this field has one of these values, or with an empty list, any value. */
  readonly requiredWith?: { readonly field: string; readonly values: readonly string[] } | undefined;
  readonly choices?: readonly FieldChoice[] | undefined;
  /** The most characters. */
  readonly longest: number;
  readonly role?: (typeof dealRoles)[number] | undefined;
}

export type RegistrationForm = readonly FormField[];

/** The terms that every registration can have, with the labels that a programme may change. */
export const standardLabels = {
  customerName: { en: 'Customer', de: 'Kunde' },
  customerDomain: { en: 'Domain of the customer', de: 'Domain des Kunden' },
  customerCountry: { en: 'Country of the customer', de: 'Land des Kunden' },
  contactEmail: { en: 'E-mail address of the contact', de: 'E-Mail-Adresse des Ansprechpartners' },
  productFamily: { en: 'Product family', de: 'Produktfamilie' },
  dealType: { en: 'Type of deal', de: 'Art des Geschäfts' },
  amount: { en: 'Amount', de: 'Betrag' },
  currency: { en: 'Currency', de: 'Währung' },
  expectedClose: { en: 'Expected close', de: 'Erwarteter Abschluss' },
} as const satisfies Readonly<Record<string, LocalText>>;
export type StandardName = keyof typeof standardLabels;

export const standardNames = Object.keys(standardLabels) as readonly StandardName[];

export function isStandardName(name: string): name is StandardName {
  return Object.hasOwn(standardLabels, name);
}

/** Without them the rules of engagement have nothing to compare. No form leaves them out. */
export const alwaysRequired: readonly string[] = ['customerName', 'productFamily'];

export const usualLongest = 1000;

/** The form of a programme that does not write one. */
export const usualForm: RegistrationForm = standardNames.map((name) => ({
  name,
  type: 'standard',
  label: standardLabels[name],
  required: alwaysRequired.includes(name),
  longest: usualLongest,
}));

/** The names of the fields that a programme adds. */
export function addedFields(form: RegistrationForm = usualForm): readonly string[] {
  return form.filter(({ type }) => type !== 'standard').map(({ name }) => name);
}

export function fieldOf(form: RegistrationForm, name: string): FormField | undefined {
  return form.find((field) => field.name === name);
}
