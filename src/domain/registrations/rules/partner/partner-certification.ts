/**
 * A partner that sells a product it is not certified for disappoints the customer. A vendor may ask for a certification
 * for a product family. The partner's certifications are in a field of its account, separated by `;`, each with its
 * last day if it has one: `Network Pro; Storage Pro until 2026-12-31`.
 */
import { isPartOfFamily } from '#src/domain/registrations/families.ts';
import { ruleSetting } from '#src/domain/program/rule-settings.ts';
import type { RegistrationRule } from '#src/domain/registrations/rules/rule.ts';

export const partnerCertification: RegistrationRule = (facts, _rivals, { policy, today }) => {
  const { field, needed } = ruleSetting(policy, 'partner_certification');
  if (field === null || needed.length === 0 || facts.partnerFields === undefined) return null;
  const { productFamily } = facts;
  const finding = { rule: 'partner_certification', effect: 'review', rival: null } as const;
  if ((productFamily ?? '').trim() === '') {
    const message = 'The product family is missing, so it is not known which certification is needed.';
    return { ...finding, isUnclear: true, message, publicMessage: message };
  }
  const text = facts.partnerFields[field]?.trim() ?? '';
  const valid = validOn(text, today);
  const missing = needed
    .filter(({ productFamilies }) =>
      productFamilies.some((one) => isPartOfFamily(productFamily, one, policy)),
    )
    .filter(({ anyOf }) => !anyOf.some((one) => valid.has(one.trim().toLowerCase())));
  if (missing.length === 0) return null;
  const wanted = missing.map(({ anyOf }) => anyOf.join(' or ')).join(' and ');
  // The message is public as it is, because the certifications are the partner's.
  const message =
    text === ''
      ? `The partner's certifications are not known (field ${field}). ${productFamily} needs ${wanted}.`
      : `${productFamily} needs the certification ${wanted}, which the partner does not have or which has ended.`;
  return { ...finding, ...(text === '' ? { isUnclear: true } : {}), message, publicMessage: message };
};

/** The names in lower case of the certifications that are valid on a day. */
function validOn(text: string, today: string): ReadonlySet<string> {
  return new Set(
    text.split(';').flatMap((entry) => {
      const [, name = '', until] = /^\s*(.*?)\s*(?:until\s+(\d{4}-\d{2}-\d{2}))?\s*$/i.exec(entry) ?? [];
      return name === '' || (until !== undefined && until < today) ? [] : [name.toLowerCase()];
    }),
  );
}
