/**
 * Words for partners in the languages of a CRM's picklists. They only propose rules: a person sees how many accounts
 * each would mark.
 */
const proposed =
  /partner|reseller|re-seller|\bvars?\b|distribut|wiederverk|fachh[aä]nd|h[aä]ndler|revendeur|revendedor|rivenditor|parceiro|socio|systemhaus|代理|パートナー|合作伙伴/iu;
/** Not a partner, or not yet or no longer. */
const excluded = /competitor|wettbewerb|former|ehemalig|ex-|prospect|potential|inactive|customer of|kunde/iu;

/** True when a picklist value or a record type may mean a partner. */
export const mayMeanPartner = (text: string): boolean => proposed.test(text) && !excluded.test(text);

/**
 * Values that mean a company that sells the vendor's products. A technology or consulting partner may not sell, so
 * such a value is only proposed.
 */
const usual = new Set([
  'partner',
  'reseller',
  'channel partner',
  'channel partner / reseller',
  'distributor',
  'value added reseller',
  'var',
  'vertriebspartner',
  'wiederverkäufer',
  'revendeur',
  'revendedor',
  'distribuidor',
]);

export const usuallyMeansPartner = (text: string): boolean => usual.has(text.trim().toLowerCase());
