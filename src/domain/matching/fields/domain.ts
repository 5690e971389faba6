import freeMail from 'email-providers/all.json' with { type: 'json' };
import { parse } from 'tldts';

const freeMailDomains: ReadonlySet<string> = new Set(freeMail);

/**
 * Hosts that many companies share: social networks, marketplaces and site builders. An address there does not
 * identify a company, whether the company is in the path (facebook.com/acme) or in the host
 * (acme.wixsite.com).
 */
export const sharedHosts: ReadonlySet<string> = new Set([
  'facebook.com',
  'fb.com',
  'fb.me',
  'linkedin.com',
  'lnkd.in',
  'instagram.com',
  'twitter.com',
  'x.com',
  'youtube.com',
  'youtu.be',
  'tiktok.com',
  'pinterest.com',
  'vk.com',
  'xing.com',
  'whatsapp.com',
  'wa.me',
  't.me',
  'telegram.org',
  'medium.com',
  'linktr.ee',
  'google.com',
  'goo.gl',
  'bit.ly',
  'yelp.com',
  'crunchbase.com',
  'wikipedia.org',
  'github.com',
  'github.io',
  'gitlab.io',
  'wixsite.com',
  'wix.com',
  'weebly.com',
  'squarespace.com',
  'wordpress.com',
  'blogspot.com',
  'blogger.com',
  'tumblr.com',
  'webflow.io',
  'myshopify.com',
  'shopify.com',
  'etsy.com',
  'ebay.com',
  'godaddysites.com',
  'business.site',
  'jimdo.com',
  'jimdosite.com',
  'jimdofree.com',
  'netlify.app',
  'vercel.app',
  'herokuapp.com',
  'pages.dev',
  'web.app',
  'firebaseapp.com',
  'azurewebsites.net',
  'carrd.co',
  'notion.site',
  'sharepoint.com',
  'onmicrosoft.com',
  'hubspotpagebuilder.com',
  'force.com',
  'site.com',
  'strikingly.com',
  'site123.me',
  'ueniweb.com',
]);

/**
 * The registrable domain (eTLD+1, including private suffixes) of a host or URL, with or without `www`. Null
 * if there is none, or if it is a free mail service or a shared host.
 */
export function companyDomain(address: string | null | undefined): string | null {
  const text = address?.trim().toLowerCase() ?? '';
  if (text === '') return null;
  const { domain, publicSuffix } = parse(text, { allowPrivateDomains: true });
  if (domain === null || isShared(domain) || (publicSuffix !== null && isShared(publicSuffix))) return null;
  return domain;
}

/** The registrable domain of an e-mail address. Null if it is a free mail service or a shared host. */
export function mailDomain(email: string | null | undefined): string | null {
  const at = email?.lastIndexOf('@') ?? -1;
  if (at < 1) return null;
  const host =
    email
      ?.slice(at + 1)
      .trim()
      .toLowerCase() ?? '';
  return freeMailDomains.has(host) ? null : companyDomain(host);
}

function isShared(domain: string): boolean {
  return sharedHosts.has(domain) || freeMailDomains.has(domain);
}
