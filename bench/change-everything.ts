import { asCrm } from '#connectors/contract/connector.ts';
import { listConnections } from '#src/db/connections/connection-store.ts';
import type { BenchService } from './bench-service.ts';

/** Somebody else changes the phone number of every account in both CRMs. */
export async function changeEverything({ deps, addresses }: BenchService, expected: number): Promise<void> {
  for (const connection of await listConnections(deps.db)) {
    const connector = asCrm(deps.connectorFor(connection));
    if (!connector) continue;
    const object = connector.objectFor('account') ?? '';
    const phone = connection.kind === 'salesforce' ? 'Phone' : 'phone';
    const ids: string[] = [];
    for await (const page of connector.pull({ object, fields: [phone], since: null, resume: null }))
      ids.push(...page.records.map((record) => record.extId));
    if (ids.length !== expected)
      throw new Error(`${connection.name} holds ${ids.length} accounts, not ${expected}`);
    const outcomes = await connector.push({
      object,
      operation: 'update',
      keyField: null,
      writes: ids.map((extId, n) => ({
        id: String(n),
        extId,
        keyValue: null,
        fields: { [phone]: `+49 89 ${2_000_000 + n}` },
      })),
    });
    const refused = outcomes.find((outcome) => !outcome.ok);
    if (refused)
      throw new Error(
        `${connection.name} at ${JSON.stringify(addresses)} refused a change: ${JSON.stringify(refused)}`,
      );
  }
}
