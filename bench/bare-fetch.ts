import { createPrivateKey } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Client } from '@hubspot/api-client';
import { SignJWT } from 'jose';
import { Connection as SalesforceConnection } from 'jsforce';
import { parse } from 'csv-parse/sync';
import postgres from 'postgres';
import { compileMapping } from '#mappings/engine/compile.ts';
import { remoteFields } from '#mappings/engine/apply.ts';
import { listConnections, type Connection } from '#src/db/connections/connection-store.ts';
import { openSecrets } from '#src/db/connections/secrets.ts';
import type { Deps } from '#src/deps.ts';
import { packsOf } from '#src/operations/connections/use-connection.ts';

export interface BareFetch {
  readonly records: number;
  readonly durationMs: number;
  readonly calls: { readonly salesforce: number; readonly hubspot: number };
}

type Row = readonly [object: string, id: string, body: string];

/**
 * The least anybody could do: the vendors' own clients, largest pages, both at once, rows copied as raw JSON.
 */
export async function bareFetchAndCopy(deps: Deps, databaseUrl: string): Promise<BareFetch> {
  const connections = await listConnections(deps.db);
  const plans = await Promise.all(connections.map((connection) => plan(deps, connection)));
  const sql = postgres(databaseUrl, { max: 3 });
  await sql`create unlogged table bench_raw (object text, id text, body jsonb)`;
  const calls = { salesforce: 0, hubspot: 0 };
  const began = performance.now();
  const counts = await Promise.all(
    plans.map(async ({ connection, objects, secrets }) => {
      let records = 0;
      for (const { object, fields } of objects) {
        const rows =
          connection.kind === 'salesforce'
            ? salesforceRows(connection, secrets, object, fields, calls)
            : connection.kind === 'hubspot'
              ? hubspotRows(connection, secrets, object, fields, calls)
              : fileRows(connection);
        for await (const page of rows) {
          if (page.length === 0) continue;
          await copy(sql, page);
          records += page.length;
        }
      }
      return records;
    }),
  );
  const durationMs = Math.round(performance.now() - began);
  await sql`drop table bench_raw`;
  await sql.end();
  return { records: counts.reduce((sum, count) => sum + count, 0), durationMs, calls };
}

async function plan(deps: Deps, connection: Connection) {
  const connector = deps.connectorFor(connection);
  const objects = [];
  for (const pack of packsOf(deps, connection).filter(
    (one) => one.kind !== 'payout' && one.enabled !== false,
  )) {
    const compiled = compileMapping(pack, await connector.describe(pack.object));
    if (!compiled.ok) throw new Error(`${pack.object} does not fit`);
    objects.push({ object: pack.object, fields: remoteFields(compiled.mapping) });
  }
  return {
    connection,
    objects,
    secrets: openSecrets(deps.config.masterKey, connection.id, connection.secrets),
  };
}

async function copy(sql: postgres.Sql, rows: readonly Row[]): Promise<void> {
  const escape = (text: string): string =>
    text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  const writable = await sql`copy bench_raw from stdin`.writable();
  await pipeline(Readable.from([rows.map((row) => row.map(escape).join('\t')).join('\n') + '\n']), writable);
}

/** The vendor's client without anything of Fairway around it. */
export async function bareSalesforce(
  connection: Connection,
  secrets: Record<string, string>,
): Promise<SalesforceConnection> {
  const { loginUrl = '', clientId = '', username = '' } = connection.settings as Record<string, string>;
  const assertion = await new SignJWT({ iss: clientId, sub: username, aud: loginUrl })
    .setProtectedHeader({ alg: 'RS256' })
    .setExpirationTime('3m')
    .sign(createPrivateKey(secrets['privateKeyPem'] ?? ''));
  const answer = await fetch(`${loginUrl}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }),
  });
  const token = (await answer.json()) as { access_token: string; instance_url: string };
  return new SalesforceConnection({
    instanceUrl: token.instance_url,
    accessToken: token.access_token,
    version: '67.0',
  });
}

async function* salesforceRows(
  connection: Connection,
  secrets: Record<string, string>,
  object: string,
  fields: readonly string[],
  calls: { salesforce: number },
): AsyncGenerator<Row[]> {
  const client = await bareSalesforce(connection, secrets);
  let page = await client.query(`SELECT ${[...new Set(['Id', ...fields])].join(', ')} FROM ${object}`);
  for (;;) {
    calls.salesforce += 1;
    yield page.records.map((record): Row => [object, String(record['Id']), JSON.stringify(record)]);
    if (page.done || !page.nextRecordsUrl) return;
    page = await client.queryMore(page.nextRecordsUrl);
  }
}

/** The vendor's client without anything of Fairway around it. */
export function bareHubspot(connection: Connection, secrets: Record<string, string>): Client {
  return new Client({
    accessToken: secrets['accessToken'] ?? '',
    basePath: String(connection.settings['basePath']),
    numberOfApiCallRetries: 0,
  });
}

/**
 * Search, 200 a page, five a second: the vendor's limit is part of the floor. Associations are left out, in
 * the floor's favour.
 */
async function* hubspotRows(
  connection: Connection,
  secrets: Record<string, string>,
  object: string,
  fields: readonly string[],
  calls: { hubspot: number },
): AsyncGenerator<Row[]> {
  const client = bareHubspot(connection, secrets);
  const properties = fields.filter((field) => !field.startsWith('assoc:'));
  let after = '0';
  for (;;) {
    const body = {
      filterGroups: [{ filters: [{ propertyName: 'hs_object_id', operator: 'GT', value: after }] }],
      sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
      properties,
      limit: 200,
      after: 0,
    };
    const answer = await client.apiRequest({
      method: 'POST',
      path: `/crm/objects/2026-09/${object}/search`,
      body,
    });
    if (answer.status === 429) {
      await wait(200);
      continue;
    }
    calls.hubspot += 1;
    const { results } = (await answer.json()) as { results: { id: string }[] };
    if (results.length === 0) return;
    yield results.map((record): Row => [object, record.id, JSON.stringify(record)]);
    after = results.at(-1)?.id ?? after;
    if (results.length < 200) return;
  }
}

async function* fileRows(connection: Connection): AsyncGenerator<Row[]> {
  const inbox = String(connection.settings['inbox']);
  for (const name of (await readdir(inbox)).filter((one) => one.endsWith('.csv'))) {
    const records = parse(await readFile(join(inbox, name), 'utf8'), { columns: true }) as Record<
      string,
      string
    >[];
    yield records.map((record): Row => ['invoice', record['invoice_number'] ?? '', JSON.stringify(record)]);
  }
}
