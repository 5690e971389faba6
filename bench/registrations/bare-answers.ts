import { setTimeout as wait } from 'node:timers/promises';
import { asCrm } from '#connectors/contract/connector.ts';
import type { Connection } from '#src/db/connections/connection-store.ts';
import { openSecrets } from '#src/db/connections/secrets.ts';
import type { Deps } from '#src/deps.ts';
import { bareHubspot, bareSalesforce } from '../bare-fetch.ts';

/** A program that answers new registrations with the vendor's bare client, without deciding anything. */
export interface BareAnswers extends AsyncDisposable {
  /** The calls that it made for each batch of registrations, and how long they took. */
  readonly batches: readonly { readonly registrations: number; readonly durationMs: number }[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Hears of new registrations as Fairway does, reads them, and writes these fields to each one. It has no database, no
 * mapping and no rules. `salesforce` and `hubspot` are told apart by the kind of the connection.
 */
export async function answerBare(deps: Deps, connection: Connection, fields: Fields): Promise<BareAnswers> {
  const crm = await bareCrm(deps, connection);
  const connector = asCrm(deps.connectorFor(connection));
  const stop = new AbortController();
  const heard = new Set<string>();
  const batches: { registrations: number; durationMs: number }[] = [];
  const listening = connector?.listen?.({
    objects: [crm.object],
    position: null,
    signal: stop.signal,
    deliver: ({ hints }) => {
      for (const { extId } of hints) if (extId !== null) heard.add(extId);
      return Promise.resolve();
    },
  });
  const answering = (async () => {
    while (!stop.signal.aborted) {
      const ids = [...heard].slice(0, crm.batch);
      if (ids.length === 0) {
        await wait(20);
        continue;
      }
      for (const id of ids) heard.delete(id);
      const began = performance.now();
      const open = await crm.unanswered(ids);
      if (open.length === 0) continue;
      await crm.answer(open, fields);
      batches.push({ registrations: open.length, durationMs: performance.now() - began });
    }
  })();
  return {
    batches,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await answering;
      await listening?.catch(() => {});
    },
  };
}

interface BareCrm {
  readonly object: string;
  readonly batch: number;
  unanswered(ids: readonly string[]): Promise<readonly string[]>;
  answer(ids: readonly string[], fields: Fields): Promise<void>;
}

async function bareCrm(deps: Deps, connection: Connection): Promise<BareCrm> {
  const secrets = openSecrets(deps.config.masterKey, connection.id, connection.secrets);
  if (connection.kind === 'salesforce') {
    const object = 'Fairway_Registration__c';
    const client = await bareSalesforce(connection, secrets);
    return {
      object,
      batch: 200,
      async unanswered(ids) {
        const list = ids.map((id) => `'${id}'`).join(',');
        const { records } = await client.query(
          `SELECT Id, Name, Customer_Name__c, Status__c FROM ${object} WHERE Id IN (${list})`,
        );
        return records.flatMap((one) => (one['Status__c'] == null ? [String(one['Id'])] : []));
      },
      async answer(ids, fields) {
        const results = await client.update(
          object,
          ids.map((Id) => ({ ...fields, Id })),
        );
        const refused = results.find((one) => !one.success);
        if (refused) throw new Error(`Salesforce refused a write: ${JSON.stringify(refused.errors)}`);
      },
    };
  }
  const object = 'p_fairway_registration';
  const client = bareHubspot(connection, secrets);
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await client.apiRequest({
      method: 'POST',
      path: `/crm/objects/2026-09/${object}/${path}`,
      body,
    });
    if (!answer.ok) throw new Error(`HubSpot answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  return {
    object,
    batch: 100,
    async unanswered(ids) {
      const body = {
        inputs: ids.map((id) => ({ id })),
        properties: ['number', 'customer_name', 'status'],
        propertiesWithHistory: [],
      };
      const { results } = (await post('batch/read', body)) as {
        results: { id: string; properties: { status?: string | null } }[];
      };
      return results.flatMap(({ id, properties }) => (properties.status ? [] : [id]));
    },
    async answer(ids, properties) {
      await post('batch/update', { inputs: ids.map((id) => ({ id, properties })) });
    },
  };
}
