import { parse } from 'tldts';
import { fillerDomains } from './filler.ts';
import { mailboxDomains } from './mailbox-domains.ts';
import {
  chainDomains,
  platformHosts,
  sharedHosts,
  tenantHosts,
  tenantLabels,
  umbrellaDomains,
} from './shared-hosts.ts';

/**
 * The domain by which a company is known: the registrable domain (eTLD+1) of a host or URL, or the tenant's
 * name with the host for a tenant of a shared host (acme.zendesk.com). Null if there is none, and for mailbox
 * providers, shared hosts and filler, unless the company has the name of the host: the website of Proton AG
 * is proton.me.
 *
 * @param names the words of each name of the company
 */
export function companyDomain(
  address: string | null | undefined,
  names: readonly (readonly string[])[] = [],
): string | null {
  const text = address?.trim().toLowerCase() ?? '';
  if (text === '') return null;
  const { domain, hostname, isPrivate } = parse(text, { allowPrivateDomains: true });
  if (domain === null || hostname === null || fillerDomains.has(domain)) return null;
  // A suffix of the private section of the Public Suffix List is a host with tenants.
  if (isPrivate === true) return domain.startsWith('www.') ? null : domain;
  const host = hostname.replace(/^www\./, '');
  if (host !== domain && tenantHosts.has(host)) return null;
  const tenant = tenantOf(host, domain);
  if (tenant !== null || !isUsedByAnybody(domain)) return tenant ?? domain;
  const isHost = platformHosts.has(domain) || names.some((words) => isNamedAs(words, labelOf(domain)));
  return isHost && isBareAddress(text, domain) ? domain : null;
}

/** The domain of an e-mail address. Null if it belongs to a mailbox provider or a shared host. */
export function mailDomain(email: string | null | undefined): string | null {
  const at = email?.lastIndexOf('@') ?? -1;
  return at < 1 ? null : companyDomain(email?.slice(at + 1));
}

/** The label of a domain without hyphens: `acme` of acme.com. */
export function labelOf(domain: string): string {
  return domain.slice(0, domain.indexOf('.')).replaceAll('-', '');
}

/** True if many independent companies have this domain: a government, a chain, an association. */
export function isSharedByMany(domain: string): boolean {
  return umbrellaDomains.has(domain) || chainDomains.has(domain);
}

/** True if the label is a department's name (health.ny.gov) and not a name that a company chose. */
export function isUnderUmbrella(domain: string): boolean {
  return umbrellaDomains.has(domain.slice(domain.indexOf('.') + 1));
}

function isUsedByAnybody(domain: string): boolean {
  return (
    platformHosts.has(domain) ||
    sharedHosts.has(domain) ||
    tenantHosts.has(domain) ||
    mailboxDomains.has(domain)
  );
}

/** The tenant and its host, without names in front of the tenant's. Null for the host's address itself. */
function tenantOf(hostname: string, domain: string): string | null {
  const labels = hostname.split('.');
  // The longest host comes first: acme.crm.dynamics.com before dynamics.com.
  for (let at = 1; at < labels.length - 1; at++) {
    const host = labels.slice(at).join('.');
    if (tenantHosts.has(host) || umbrellaDomains.has(host)) return `${labels[at - 1]}.${host}`;
    if (host === domain && tenantLabels.has(labelOf(domain))) return `${labels[at - 1]}.${host}`;
  }
  return null;
}

/** True if the address is the host's start page: facebook.com, but not facebook.com/acme. */
function isBareAddress(text: string, domain: string): boolean {
  const rest = text.replace(/^[a-z]+:\/\//, '').replace(/^www\./, '');
  return rest === domain || rest === `${domain}/`;
}

/** True if the first words of a name, written as one, are the label. */
function isNamedAs(words: readonly string[], label: string): boolean {
  return words.some((_, at) => words.slice(0, at + 1).join('') === label);
}
