/**
 * Normalises companies, so that they can be compared. This runs once when a record arrives, and the result is
 * stored with `normaliserVersion`. After a change here, increase the version: older results are then
 * normalised again instead of being compared with new ones.
 */
import type { CompanyInput, NormalisedCompany } from './company.ts';
import { countryCode } from '#src/domain/country.ts';
import { companyDomain, mailDomain } from './fields/domain.ts';
import { cityOf, postcodeOf, streetAddress } from './fields/address.ts';
import { phoneNumber } from './fields/phone.ts';
import { registryIds } from './fields/registry-id.ts';
import { isShortFor, writtenNames } from './names/aliases.ts';
import { cleanName } from './names/clean-name.ts';
import { foldWords } from './names/fold.ts';
import { isDistinctive } from './names/name-words.ts';
import { isTransliterated, translateNativeWords } from './names/native-words.ts';
import { namesNoCompany } from './names/no-company.ts';
import { stripForms, stripNativeForms } from './names/strip-forms.ts';

export const normaliserVersion = 'n6';

/** The largest number of aliases. A longer list contains something else than names. */
const maxAliases = 4;

/**
 * Longer texts are cut before they are read, so that no record takes long to read. Names and addresses are
 * shorter.
 */
const longest = { name: 500, field: 500, address: 2_000, aliases: 200 } as const;

function cut(text: string | null | undefined, length: number): string | null | undefined {
  return typeof text === 'string' && text.length > length ? text.slice(0, length) : text;
}

/** A part of a number or an id is another number, so a longer one is left out. */
function ifShort(text: string | null | undefined, length: number = longest.field): string | null | undefined {
  return typeof text === 'string' && text.length > length ? null : text;
}

function withinLimits(input: CompanyInput): CompanyInput {
  const { registryIds: ids } = input;
  return {
    name: cut(input.name, longest.name) ?? '',
    aliases: input.aliases?.slice(0, longest.aliases).map((alias) => cut(alias, longest.name) ?? ''),
    domain: ifShort(input.domain, longest.address),
    otherDomain: ifShort(input.otherDomain, longest.address),
    email: ifShort(input.email),
    phone: ifShort(input.phone),
    street: cut(input.street, longest.field),
    postcode: ifShort(input.postcode),
    city: cut(input.city, longest.field),
    country: ifShort(input.country),
    registryIds: ids && { vat: ifShort(ids.vat), lei: ifShort(ids.lei), duns: ifShort(ids.duns) },
  };
}

export function normaliseCompany(given: CompanyInput): NormalisedCompany {
  const input = withinLimits(given);
  const written = cut(nameInAddress(cleanName(input.name)), longest.name) ?? '';
  const { main, others, bracketed } = writtenNames(written);
  const name = normaliseName(main);
  const core = coreOf(name.tokens, written, input.name);
  // A text that is not a country counts as no country, because a wrong country would be evidence.
  const country = input.country ? countryCode(input.country) : null;
  const short = bracketed.filter((one) => isShortFor(one, main) || isSecondName(one));
  const aliases = otherCores([...others, ...short, ...(input.aliases ?? [])], core);
  const words = [core, ...aliases].map((one) => one.split(' '));
  const website = companyDomain(input.domain, words);
  const mailbox = mailDomain(input.email) ?? companyDomain(input.otherDomain, words);
  const phone = phoneNumber(input.phone, country);
  const postcode = postcodeOf(input.postcode, country);
  const city = cityOf(input.city);
  return {
    core,
    tokens: name.tokens,
    legalForm: name.legalForm,
    ...(isTransliterated(main) && { transliterated: true }),
    domain: website ?? mailbox,
    country,
    ...(aliases.length > 0 && { aliases }),
    ...(website !== null && mailbox !== null && mailbox !== website && { mailDomain: mailbox }),
    ...(phone !== null && { phone }),
    ...streetAddress(input.street),
    ...(postcode !== null && { postcode }),
    ...(city !== null && { city }),
    ...registryIds(input.registryIds, country),
  };
}

/** A name without words gets a placeholder as core. It has no tokens, so it matches nothing. */
function coreOf(tokens: readonly string[], written: string, given: string): string {
  return (
    tokens.join(' ') ||
    (/[\p{L}\p{N}]/u.test(written) ? `(${written.toLowerCase()})` : written || given.trim() || '-')
  );
}

/** A website or e-mail address in the place of the name: "www.zalando.de" is Zalando. */
function nameInAddress(written: string): string {
  if (!/^(?:https?:\/\/|www\.)\S+$|^\S+@\S+\.\S+$/i.test(written)) return written;
  const domain = written.includes('@') ? mailDomain(written) : companyDomain(written, []);
  return domain === null ? '' : domain.slice(0, domain.indexOf('.'));
}

function normaliseName(name: string): { tokens: readonly string[]; legalForm: string | null } {
  const native = stripNativeForms(name);
  const { words, legalForm } = stripForms(foldWords(translateNativeWords(native.name)));
  return { tokens: namesNoCompany(name, words) ? [] : words, legalForm: native.legalForm ?? legalForm };
}

/**
 * True if the text in brackets is a second name. A single word is a place, a share class or a status:
 * "(Cayman)", "(publ)".
 */
function isSecondName(bracketed: string): boolean {
  return countryCode(bracketed) === null && normaliseName(bracketed).tokens.filter(isDistinctive).length >= 2;
}

/**
 * The cores of other names. A text that only gives a country, a part of a group or a kind of business is not
 * a name: "Acme (UK) Ltd".
 */
function otherCores(names: readonly string[], mainCore: string): readonly string[] {
  const cores = names.flatMap((name) => {
    const { tokens } = normaliseName(cleanName(name));
    return tokens.join('').length >= 2 && tokens.some(isDistinctive) ? [tokens.join(' ')] : [];
  });
  return [...new Set(cores)].filter((core) => core !== mainCore).slice(0, maxAliases);
}
