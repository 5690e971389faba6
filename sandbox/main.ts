import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fastify, { type FastifyInstance } from 'fastify';
import { generateSample, invoicesToCsv, readCompanies } from './data.ts';
import { plainSample, type PlainSize } from './data-plain.ts';
import { Faults, faultRoutes } from './faults.ts';
import { buildHubspot } from './hubspot/server.ts';
import { buildSalesforce } from './salesforce/server.ts';
import { Store } from './store.ts';

/**
 * The sandbox as one process: a Salesforce, a HubSpot, and a control server that fills them. Prints one JSON
 * line with the addresses once all of them listen. State lives in `--dir`, so a second start resumes it.
 */
const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: '.fairway/sandbox' },
    'custom-fields': { type: 'string', default: '0' },
  },
});
const customFieldCount = Number(values['custom-fields']);
mkdirSync(values.dir, { recursive: true });
const store = new Store(join(values.dir, 'sandbox.sqlite'));
const faults = new Faults();
const options = { store, now: () => new Date(), faults };
const vendors = { salesforce: buildSalesforce(options), hubspot: buildHubspot(options) };
for (const vendor of Object.values(vendors)) vendor.addCustomFields(customFieldCount);
const control: FastifyInstance = fastify({ bodyLimit: 1 << 20 });

interface SeedRequest {
  readonly seed?: number;
  /** A companies CSV to use instead of generated ones. */
  readonly companies?: string | null;
  /** The folder the ERP drops its invoice files in. */
  readonly erpDir: string;
}

/** Fills both CRMs and the ERP drop folder, once: a second call says so and changes nothing. */
control.post('/seed', async (request) => {
  const body = request.body as SeedRequest;
  const done = store.collection('control').get('seed');
  if (done) return { seeded: false, already: done };
  const companies = body.companies ? await readCompanies(body.companies) : null;
  const sample = generateSample({ seed: body.seed ?? 1, companies, today: options.now() });
  store.batch(() => {
    vendors.salesforce.seed(sample.salesforce);
    vendors.hubspot.seed(sample.hubspot);
    for (const vendor of Object.values(vendors)) vendor.fillCustomFields(customFieldCount);
    store.put('control', 'seed', { companies: body.companies ?? null, seed: body.seed ?? 1 });
  });
  mkdirSync(body.erpDir, { recursive: true });
  for (const [name, csv] of invoicesToCsv(sample.invoices)) writeFileSync(join(body.erpDir, name), csv);
  return { seeded: true, invoices: sample.invoices.length };
});

/** Fills one CRM with any number of plain records, for measuring; again and again, if asked. */
control.post('/seed-plain', (request) => {
  const { vendor, ...size } = request.body as PlainSize & { readonly vendor: keyof typeof vendors };
  store.batch(() => vendors[vendor].seed(plainSample(size, options.now())));
  return { seeded: true };
});

/**
 * Adds fields of the organisation's own to the deals of a CRM, and fills them on part of those that are
 * there.
 */
control.post('/custom-fields', (request) => {
  const { vendor, count } = request.body as { readonly vendor: keyof typeof vendors; readonly count: number };
  vendors[vendor].addCustomFields(count);
  vendors[vendor].fillCustomFields(count);
  return { fields: count };
});

control.post('/credentials', (request) => {
  const body = request.body as { publicKeyPem: string };
  return store.batch(() => ({
    salesforce: vendors.salesforce.credentials(body),
    hubspot: vendors.hubspot.credentials(body),
  }));
});

faultRoutes(control, faults);

control.get('/calls/:vendor', (request) => store.calls((request.params as { vendor: string }).vendor));

/** Listens on the wanted port, or on the next free one. */
async function onFreePort(port: number, listen: (port: number) => Promise<string>): Promise<string> {
  for (let candidate = port; candidate < port + 50; candidate += 1) {
    try {
      return await listen(candidate);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('EADDRINUSE')) throw error;
    }
  }
  throw new Error(`no free port between ${port} and ${port + 49}`);
}
const serve = (app: FastifyInstance, port: number): Promise<string> =>
  onFreePort(port, (candidate) => app.listen({ host: '127.0.0.1', port: candidate }));

/** A second start must find the same addresses, because connections remember them. */
const ports = (store.collection('control').get('ports') ?? {}) as Record<string, number>;
const addresses = {
  salesforce: await serve(vendors.salesforce.app, ports['salesforce'] ?? 4711),
  hubspot: await serve(vendors.hubspot.app, ports['hubspot'] ?? 4721),
  control: await serve(control, ports['control'] ?? 4731),
  events: await onFreePort(
    ports['events'] ?? 4741,
    async (port) => `https://localhost:${await vendors.salesforce.listenForEvents(port)}`,
  ),
};
store.put(
  'control',
  'ports',
  Object.fromEntries(Object.entries(addresses).map(([name, url]) => [name, Number(new URL(url).port)])),
);
console.log(JSON.stringify(addresses));

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await Promise.all([control.close(), vendors.salesforce.app.close(), vendors.hubspot.app.close()]);
  store.close();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
/** Started by another process: end with it, however it ended. */
if (process.channel) process.on('disconnect', () => void stop());
