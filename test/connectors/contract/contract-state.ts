import type { TestContext } from 'vitest';
import type { Connector } from '#connectors/contract/connector.ts';
import type { CrmConnector, InstallReport } from '#connectors/contract/crm.ts';
import type { ErpConnector } from '#connectors/contract/erp.ts';
import type { PullPage, RemoteRecord } from '#connectors/contract/records.ts';
import type { ContractSubject, CrmSubject, ErpSubject } from './contract-subject.ts';

/** ISO 8601 in UTC. */
export const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

interface Ready<C extends Connector, S extends ContractSubject<C>> {
  readonly subject: S;
  readonly connector: C;
}
export type AnyReady = Ready<Connector, ContractSubject<Connector>>;
export type CrmReady = Ready<CrmConnector, CrmSubject> & { readonly installed: InstallReport };
export type ErpReady = Ready<ErpConnector, ErpSubject>;

/** The value, or a skipped test when this system has none. */
export function needs<T>(context: TestContext, value: T | null | undefined, name: string): T {
  if (value === null || value === undefined) context.skip(`this system has no ${name}`);
  return value as T;
}

export async function pullAll(
  connector: Connector,
  subject: Pick<ContractSubject<Connector>, 'read'>,
  since: string | null,
  resume: string | null,
): Promise<PullPage[]> {
  const { object, fields } = subject.read;
  const pages: PullPage[] = [];
  for await (const page of connector.pull({ object, fields, since, resume })) pages.push(page);
  return pages;
}

export const recordsOf = (pages: readonly PullPage[]): RemoteRecord[] =>
  pages.flatMap((page) => page.records);
export const idsOf = (pages: readonly PullPage[]): string[] => recordsOf(pages).map((record) => record.extId);

/** Ascending in the vendors' order: numbers by value, anything else by code unit. */
export function byId(a: string, b: string): number {
  if (/^\d+$/.test(a) && /^\d+$/.test(b)) return Number(BigInt(a) - BigInt(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
