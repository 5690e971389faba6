import type { OrgProfile } from '#sandbox/profiles/profile.ts';
import type { FieldDef, ObjectDef } from './schema.ts';

/** False for an object that an org of this profile does not have. */
export const hasObject = ({ currencies }: OrgProfile, { name }: ObjectDef): boolean =>
  name !== 'CurrencyType' || currencies !== null;

const ofPersons = new Set(['IsPersonAccount', 'FirstName', 'LastName', 'PersonEmail']);

/** An object as an org of this profile has it: its currencies and its picklist values. */
export function shapeObject(profile: OrgProfile, object: ObjectDef): ObjectDef {
  const fields = object.fields.flatMap((field): FieldDef[] => {
    if (field.name === 'RecordTypeId')
      return profile.recordTypes.some((type) => type.object === object.name) ? [field] : [];
    if (object.name === 'Account' && ofPersons.has(field.name)) return profile.personAccounts ? [field] : [];
    if (field.name === 'BillingCountryCode') return profile.countryPicklists ? [field] : [];
    if (field.name === 'CurrencyIsoCode') return currencyField(profile, field);
    if (object.name === 'Account' && field.name === 'Type')
      return [{ ...field, values: shapeValues(field, profile.accountTypes) }];
    return [field];
  });
  return { ...object, fields };
}

/** An org with one currency has the field on no object. */
function currencyField({ currency, currencies }: OrgProfile, field: FieldDef): FieldDef[] {
  return currencies === null
    ? []
    : [{ ...field, values: shapeValues(field, currencies), defaultValue: currency }];
}

/** A value that an administrator has retired is in no profile’s list any more. */
function shapeValues({ retired = [] }: FieldDef, values: readonly string[]): readonly string[] {
  return values.filter((value) => !retired.includes(value));
}
