import type { CanonicalValues } from '#src/domain/record.ts';
import { isTrue, textOf } from './field-values.ts';

/** The columns of an account's row, from its canonical values; fields without a value become null. */
export function accountColumns(values: CanonicalValues) {
  return {
    name: textOf(values['name']) ?? '',
    domain: textOf(values['domain']),
    country: textOf(values['country']),
    street: textOf(values['street']),
    city: textOf(values['city']),
    region: textOf(values['region']),
    postcode: textOf(values['postcode']),
    phone: textOf(values['phone']),
    aliases: textOf(values['aliases']),
    vatId: textOf(values['vatId']),
    duns: textOf(values['duns']),
    lei: textOf(values['lei']),
    isPartner: isTrue(values['isPartner']),
    partnerSuspended: isTrue(values['partnerSuspended']),
    partnerCode: textOf(values['partnerCode']),
    territory: textOf(values['territory']),
    customerSince: textOf(values['customerSince']),
    owner: textOf(values['owner']),
  };
}
