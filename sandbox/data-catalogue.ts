import { firstNames, lastNames, productFamilies } from './data-words.ts';
import type { SampleAccount, SampleContact, SampleLine, SampleOpportunity, SampleProduct } from './sample.ts';

/** Records that depend only on accounts and deals, so that no other part of the sample changes with them. */
interface Catalogue {
  readonly contacts: readonly SampleContact[];
  readonly products: readonly SampleProduct[];
  readonly lines: readonly SampleLine[];
}

const titles = [
  'Head of Procurement',
  'IT Manager',
  'Laboratory Manager',
  'Plant Engineer',
  'Managing Director',
  'Quality Manager',
] as const;
const editions = ['Standard', 'Professional', 'Service plan'] as const;

/** A contact for every fourth account; three products a family; one or two lines for every fifth deal. */
export function catalogueOf(
  accounts: readonly SampleAccount[],
  opportunities: readonly SampleOpportunity[],
): Catalogue {
  const createdAt = accounts.map((account) => account.createdAt).toSorted()[0] ?? '';
  const products = productFamilies.flatMap((family, n) =>
    editions.map((edition, m): SampleProduct => {
      const code = `${family.slice(0, 3).toUpperCase()}-${String(n * editions.length + m + 1).padStart(3, '0')}`;
      return {
        key: code,
        code,
        name: `${family} ${edition}`,
        family,
        price: `${(n + 1) * 250 * (m + 1)}.00`,
        createdAt,
      };
    }),
  );
  return {
    contacts: accounts.filter((_, n) => n % 4 === 0).map(contactOf),
    products,
    lines: opportunities
      .filter((_, n) => n % 5 === 0)
      .flatMap((opportunity, n) => linesOf(opportunity, n, products)),
  };
}

function contactOf(account: SampleAccount, n: number): SampleContact {
  const firstName = firstNames[n % firstNames.length] ?? 'Kim';
  const lastName = lastNames[(n * 7) % lastNames.length] ?? 'Berg';
  return {
    accountKey: account.key,
    firstName,
    lastName,
    // The ordinal keeps addresses apart: a CRM takes each only once.
    email: account.domain === null ? null : `${firstName}.${lastName}.${n}@${account.domain}`.toLowerCase(),
    phone: account.phone,
    title: titles[n % titles.length] ?? titles[0],
    createdAt: account.createdAt,
  };
}

function linesOf(
  opportunity: SampleOpportunity,
  n: number,
  products: readonly SampleProduct[],
): SampleLine[] {
  return Array.from({ length: 1 + (n % 2) }, (_, m) => products[(n * 3 + m) % products.length]).flatMap(
    (product) =>
      product
        ? [
            {
              opportunityKey: opportunity.key,
              productKey: product.key,
              name: product.name,
              quantity: 1 + (n % 12),
              unitPrice: product.price,
              currency: opportunity.currency,
              createdAt: opportunity.createdAt,
            },
          ]
        : [],
  );
}
