import { productFamilies } from './data-words.ts';

/** The types of the custom fields that an organisation adds to its deals. */
export const customTypes = [
  'picklist',
  'text',
  'number',
  'currency',
  'date',
  'checkbox',
  'multipicklist',
  'phone',
  'email',
  'url',
  'datetime',
  'percent',
  'longText',
  'reference',
] as const;
export type CustomType = (typeof customTypes)[number];

/** One custom field, before a vendor's name is made for it. */
export interface CustomField {
  /** `Budget Region`. */
  readonly label: string;
  readonly type: CustomType;
  /** The choices of a picklist or multi-select picklist. */
  readonly values: readonly string[];
}

/**
 * A realistic collection: many projects have added similar fields over the years.
 */
const projects = [
  ...[
    'Budget',
    'Security',
    'Legal',
    'Delivery',
    'Renewal',
    'Pricing',
    'Onboarding',
    'Support',
    'Training',
    'Audit',
    'Pilot',
    'Migration',
  ],
  ...[
    'Hardware',
    'Software',
    'Network',
    'Storage',
    'Cloud',
    'Logistics',
    'Customs',
    'Insurance',
    'Leasing',
    'Credit',
    'Tax',
    'Invoice',
  ],
  ...[
    'Sponsor',
    'Buyer',
    'Champion',
    'Competitor',
    'Consultant',
    'Reseller',
    'Distributor',
    'Tender',
    'Procurement',
    'Board',
    'Works Council',
  ],
  ...[
    'Privacy',
    'Export',
    'Warranty',
    'Installation',
    'Acceptance',
    'Handover',
    'Escalation',
    'Forecast',
    'Territory',
    'Campaign',
    'Webinar',
  ],
  ...[
    'Trade Fair',
    'Reference',
    'Press',
    'Green',
    'Quality',
    'Safety',
    'Laboratory',
    'Workshop',
    'Site',
    'Fleet',
    'Spare Parts',
    'Recycling',
  ],
] as const;

const aspects: Readonly<Record<CustomType, { readonly word: string; readonly values?: readonly string[] }>> =
  {
    picklist: { word: 'Status', values: ['Not started', 'In progress', 'Waiting', 'Done'] },
    text: { word: 'Code' },
    number: { word: 'Units' },
    currency: { word: 'Cost' },
    date: { word: 'Due' },
    checkbox: { word: 'Approved' },
    multipicklist: { word: 'Scope', values: productFamilies },
    phone: { word: 'Phone' },
    email: { word: 'Email' },
    url: { word: 'Link' },
    datetime: { word: 'Reviewed At' },
    percent: { word: 'Share' },
    longText: { word: 'Notes' },
    reference: { word: 'Company' },
  };

export const mostCustomFields = projects.length * customTypes.length;

/** The first so many; the same every time. */
export function customFields(count: number): CustomField[] {
  if (count > mostCustomFields) throw new RangeError(`there are ${mostCustomFields} custom fields at most`);
  return Array.from({ length: count }, (_, n) => {
    const type = customTypes[n % customTypes.length] ?? 'text';
    const { word, values = [] } = aspects[type];
    return { label: `${projects[Math.floor(n / customTypes.length)]} ${word}`, type, values };
  });
}

/**
 * The value of a field on the record with this number, the same every time. It is null on most records, and
 * for some unused fields on all. References are always null, because only the vendor knows the records.
 */
export function customValue(
  { label, type, values }: CustomField,
  ordinal: number,
): string | number | boolean | null {
  const dice = hashOf(`${label} ${ordinal}`);
  if (hashOf(label) % 10 === 0 || dice % 5 > 1) return null;
  const day = new Date(Date.UTC(2026, 0, 1 + (dice % 365)));
  switch (type) {
    case 'picklist':
      return values[dice % values.length] ?? null;
    case 'multipicklist':
      return [...new Set([values[dice % values.length], values[(dice >> 4) % values.length]])].join(';');
    case 'checkbox':
      return dice % 2 === 0;
    case 'number':
      return dice % 1_000;
    case 'currency':
      return (dice % 5_000_000) / 100;
    case 'percent':
      return dice % 101;
    case 'date':
      return day.toISOString().slice(0, 10);
    case 'datetime':
      return new Date(day.getTime() + (dice % 86_400) * 1_000).toISOString();
    case 'phone':
      return `+49 30 ${1_000_000 + (dice % 9_000_000)}`;
    case 'email':
      return `contact-${dice % 10_000}@customer.example`;
    case 'url':
      return `https://files.example/${dice % 100_000}`;
    case 'text':
      return `${label.slice(0, 3).toUpperCase()}-${dice % 10_000}`;
    case 'longText':
      return `Discussed on ${day.toISOString().slice(0, 10)}.\nNext step agreed with the customer.`;
    case 'reference':
      return null;
  }
}

/** FNV-1a; spreads well enough to look like chance. */
function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return hash;
}
