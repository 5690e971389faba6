import type { Org } from './org.ts';
import { systemRow } from './system-row.ts';

/** Units of each currency for one US dollar, as an administrator typed them. */
const perDollar: Readonly<Record<string, number>> = {
  USD: 1,
  EUR: 0.9,
  GBP: 0.78,
  CHF: 0.88,
  JPY: 150,
  CAD: 1.36,
  AUD: 1.52,
  KWD: 0.31,
};
const decimals: Readonly<Record<string, number>> = { JPY: 0, KRW: 0, KWD: 3, BHD: 3 };

/** The active currencies as `CurrencyType` records, where several are on. */
export function putCurrencies(org: Org): void {
  const { currency, currencies } = org.profile;
  const object = org.schema().object('CurrencyType');
  if (!object || currencies === null || org.rows(object.name).size > 0) return;
  const rateOf = (code: string): number => perDollar[code] ?? 1;
  for (const IsoCode of currencies)
    org.save(
      object,
      systemRow(org, object, {
        IsoCode,
        ConversionRate: Number((rateOf(IsoCode) / rateOf(currency)).toFixed(6)),
        DecimalPlaces: decimals[IsoCode] ?? 2,
        IsActive: true,
        IsCorporate: IsoCode === currency,
      }),
    );
}
