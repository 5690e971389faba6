import { getCountries, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { CountryCode } from 'libphonenumber-js';
import { z } from 'zod';
import { readCountry } from '#mappings/engine/values/country.ts';
import { readDomain } from '#mappings/engine/values/domain-name.ts';
import { isRefusal, refuse, shown } from '#mappings/engine/refusal.ts';
import { defineTransform, withoutOptions, symmetric, textual } from './definition.ts';
import type { Read } from './definition.ts';
import { readText } from './text.ts';

const countries = new Set<string>(getCountries());
const isCountry = (code: string): code is CountryCode => countries.has(code);
const phoneSpec = z.strictObject({
  name: z.literal('phone'),
  /** The country of numbers without a country code. Without it such numbers are refused. */
  country: z
    .string()
    .refine(isCountry, 'unknown country code; use two upper-case letters, such as DE')
    .optional(),
});

/** The library refuses longer texts. */
const longestPhone = 300;

function readPhone(country: string | undefined): Read {
  const defaultCountry = country !== undefined && isCountry(country) ? country : undefined;
  return (value) => {
    const text = readText(value);
    if (text === null || isRefusal(text)) return text;
    const found = parsePhoneNumberFromString(
      String(text).slice(0, longestPhone),
      defaultCountry ? { defaultCountry, extract: false } : { extract: false },
    );
    if (found?.isPossible()) return found.ext ? `${found.number};ext=${found.ext}` : found.number;
    const fix = defaultCountry
      ? 'Store the number with its country code, such as +49 30 1234567.'
      : 'Store the number with its country code, or set the country in the transform.';
    return refuse('not_a_phone_number', `${shown(value)} is not a phone number.`, fix);
  };
}

const address = /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\]+\.[^\s@<>(),;:"[\]\\.]{2,}$/;
const longestAddress = 254;
const readEmail: Read = (value) => {
  const text = readText(value);
  if (text === null || isRefusal(text)) return text;
  const bare = String(text)
    .slice(0, longestAddress + 'mailto:'.length + 1)
    .replace(/^mailto:/i, '')
    .toLowerCase();
  if (bare.length <= longestAddress && address.test(bare)) return bare;
  return refuse(
    'not_an_email',
    `${shown(value)} is not an e-mail address.`,
    'Store one address, such as jo@acme.com.',
  );
};

export const contactTransforms = {
  domain: defineTransform({
    label: 'Web domain',
    help: 'From a web or e-mail address: https://www.acme.com/shop → acme.com.',
    options: withoutOptions('domain'),
    build: () => symmetric('text', textual, textual, readDomain),
  }),
  country: defineTransform({
    label: 'Country code',
    help: 'From an English name or a code: Germany → DE.',
    options: withoutOptions('country'),
    build: () => symmetric('text', textual, textual, readCountry),
  }),
  phone: defineTransform({
    label: 'Phone number',
    help: 'In the international form: with country DE, "030 1234567" → +49301234567.',
    options: phoneSpec,
    build: ({ country }) => symmetric('text', ['text', 'number'], ['text'], readPhone(country)),
  }),
  email: defineTransform({
    label: 'E-mail address',
    help: 'Validated, in lower case: Jo@Acme.com → jo@acme.com.',
    options: withoutOptions('email'),
    build: () => symmetric('text', textual, textual, readEmail),
  }),
};
