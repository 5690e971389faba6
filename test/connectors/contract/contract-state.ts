import type { TestContext } from 'vitest';
import type { Connector, InstallReport, PullPage, RemoteRecord } from '#connectors/contract/crm.ts';
import type { ContractSubject } from './contract-subject.ts';

/** ISO 8601 in UTC. */
export const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export interface State {
  subject: ContractSubject | null;
  connector: Connector | null;
  installed: InstallReport | null;
}

export function ready(state: State): { subject: ContractSubject; connector: Connector } {
  if (!state.subject || !state.connector) throw new Error('setup has not run');
  return { subject: state.subject, connector: state.connector };
}

/** The lever, or a skipped test when this system has none. */
export function needs<T>(context: TestContext, lever: T | null | undefined, what: string): T {
  if (lever === null || lever === undefined) context.skip(`this system has no ${what}`);
  return lever as T;
}

export async function pullAll(
  connector: Connector,
  subject: ContractSubject,
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

/** Ascending as the vendor orders: numbers by value, anything else by code unit. */
export function byId(a: string, b: string): number {
  if (/^\d+$/.test(a) && /^\d+$/.test(b)) return Number(BigInt(a) - BigInt(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
