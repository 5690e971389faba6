import { refuse, shown } from '#mappings/engine/refusal.ts';
import type { Refusal } from '#mappings/engine/refusal.ts';

const host = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;
const beyondAscii = /[\u0080-\uffff]/;

/**
 * International names are converted to the form that DNS uses, so that `müller.de` and `xn--mller-kva.de` are
 * equal.
 */
function toAscii(name: string): string | null {
  if (!beyondAscii.test(name)) return name;
  return URL.canParse(`http://${name}`) ? new URL(`http://${name}`).hostname : null;
}

/** No browser sends a longer address, and the time to encode one grows faster than its length. */
const longestAddress = 8_000;

/**
 * The host of a web address, an e-mail address or a host name, in lower case and without `www.`, port and
 * path. Subdomains stay, because matching decides whether two hosts belong to one company.
 */
export function readDomain(value: unknown): string | null | Refusal {
  if (value === null || value === undefined) return null;
  const text =
    typeof value === 'string' && value.length <= longestAddress ? value.trim().toLowerCase() : null;
  if (text === '') return null;
  const authority = text?.replace(/^(?:[a-z][a-z0-9+.-]*:\/+|mailto:|\/\/)/, '').split(/[/?#]/, 1)[0] ?? '';
  const bare = authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d*$/, '')
    .replace(/\.$/, '');
  const name = toAscii(bare)?.replace(/^(?:www\d?\.)+(?=[^.]+\.)/, '');
  if (name && name.length <= 253 && host.test(name)) return name;
  return refuse(
    'not_a_domain',
    `${shown(value)} is not a web or e-mail address.`,
    'Store the website (acme.com) or leave it empty.',
  );
}
