import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { generateSample, invoicesToCsv, readCompanies } from './data.ts';
import { plainSample, type PlainSize } from './data-plain.ts';
import { Faults, faultRoutes } from './faults.ts';
import { buildHubspot } from './hubspot/server.ts';
import { buildSalesforce } from './salesforce/server.ts';
import { expectedOf } from './profiles/expected.ts';
import { localSample, withoutPartnerData } from './profiles/local-sample.ts';
import type { Profile } from './profiles/profile.ts';
import { isProfileName, ProfileError, profileNamed, type ProfileName } from './profiles/profiles.ts';
import type { CrmSample, Sample } from './sample.ts';
import { Store } from './store.ts';

export interface SandboxOptions {
  /** The folder of its state. A second start with the same folder resumes it. */
  readonly dir: string;
  /** The number of custom fields on the deals of each CRM. */
  readonly customFieldCount: number;
  /** The customer that it plays. A folder keeps the profile it was started with. */
  readonly profile?: ProfileName;
  /** Tests and benchmarks call `/sandbox/…` of the vendors without the control key. */
  readonly openControl?: boolean;
}

export interface OpenSandbox {
  readonly addresses: Readonly<Record<'salesforce' | 'hubspot' | 'control' | 'events', string>>;
  close(): Promise<void>;
}

interface SeedRequest {
  readonly seed?: number;
  /** The share of the whole sample to make; 1 when missing. */
  readonly share?: number;
  /** A companies CSV to use instead of generated ones. */
  readonly companies?: string | null;
  /** The folder the ERP drops its invoice files in. */
  readonly erpDir: string;
  /** The CRMs before an integration is installed: accounts and deals, without partner codes and registrations. */
  readonly plain?: boolean;
}

/** Starts a Salesforce, a HubSpot and a control server that fills them. Resolves when all of them listen. */
export async function openSandbox({
  dir,
  customFieldCount,
  profile: wanted,
  openControl = false,
}: SandboxOptions): Promise<OpenSandbox> {
  mkdirSync(dir, { recursive: true });
  const store = new Store(join(dir, 'sandbox.sqlite'));
  const faults = new Faults();
  const profile = profileNamed(profileOf(store, wanted));
  const options = { store, now: () => new Date(), faults, profile };
  const vendors = { salesforce: buildSalesforce(options), hubspot: buildHubspot(options) };
  for (const vendor of Object.values(vendors)) vendor.addCustomFields(customFieldCount);
  const controlKey = controlKeyOf(store);
  const control = fastify({ bodyLimit: 1 << 20 });
  control.register(
    async (keyed) => {
      controlRoutes(keyed, store, vendors, { customFieldCount, now: options.now, profile });
      faultRoutes(keyed, faults);
    },
    { prefix: `/${controlKey}` },
  );
  if (!openControl) for (const { app } of Object.values(vendors)) requireControlKey(app, controlKey);
  const addresses = await listen(store, vendors, control, controlKey);
  moveLinks(store, addresses);
  return {
    addresses,
    async close() {
      await Promise.all([control.close(), vendors.salesforce.app.close(), vendors.hubspot.app.close()]);
      store.close();
    },
  };
}

const vendorNames = ['salesforce', 'hubspot'] as const;

interface Vendors {
  readonly salesforce: ReturnType<typeof buildSalesforce>;
  readonly hubspot: ReturnType<typeof buildHubspot>;
}

/**
 * Other programs and web pages on this machine reach every port. The control server is found only under this
 * key, and what people do in the vendors' user interfaces needs it as a header.
 */
function controlKeyOf(store: Store): string {
  const stored = store.collection('control').get('key')?.['key'];
  if (typeof stored === 'string') return stored;
  const key = randomBytes(24).toString('base64url');
  store.put('control', 'key', { key });
  return key;
}

/** The profile of this folder. @throws ProfileError when it was started with another one */
function profileOf(store: Store, wanted: ProfileName | undefined): ProfileName {
  const stored = String(store.collection('control').get('profile')?.['name'] ?? '');
  // A folder from before profiles existed has the default one.
  const started = store.collection('control').size > 0 ? stored || 'default' : null;
  const name = started ?? wanted ?? 'default';
  if (!isProfileName(name)) throw new ProfileError(`There is no profile ${name}.`);
  if (wanted !== undefined && wanted !== name)
    throw new ProfileError(
      `The sandbox has data of the profile ${name}. Leave out --profile, or add --fresh to start with ${wanted}.`,
    );
  store.put('control', 'profile', { name });
  return name;
}

function requireControlKey(app: FastifyInstance, key: string): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.url?.startsWith('/sandbox/') !== true) return;
    if (request.headers['x-sandbox-key'] !== key)
      await reply.code(404).send({ message: 'There is nothing here.' });
  });
}

function controlRoutes(
  control: FastifyInstance,
  store: Store,
  vendors: Vendors,
  {
    customFieldCount,
    now,
    profile,
  }: { readonly customFieldCount: number; readonly now: () => Date; readonly profile: Profile },
): void {
  /** Fills both CRMs and the ERP drop folder once. A second call changes nothing and says so. */
  control.post('/seed', async (request) => {
    const body = request.body as SeedRequest;
    const done = store.collection('control').get('seed');
    if (done) return { seeded: false, already: done };
    const companies = body.companies ? await readCompanies(body.companies) : null;
    const today = now();
    const input = { seed: body.seed ?? 1, companies, today, share: body.share ?? 1 };
    const sample = localSample(profile, generateSample(input));
    const part = (crm: CrmSample): CrmSample => (body.plain === true ? withoutPartnerData(crm) : crm);
    store.batch(() => {
      const ids = vendorNames.map((name) => [name, [...vendors[name].seed(part(sample[name]))]]);
      if (body.plain === true) store.put('control', 'plain', Object.fromEntries(ids));
      for (const vendor of Object.values(vendors)) vendor.fillCustomFields(customFieldCount);
      store.put('control', 'seed', {
        companies: body.companies ?? null,
        seed: input.seed,
        share: input.share,
        today: today.toISOString(),
      });
    });
    mkdirSync(body.erpDir, { recursive: true });
    for (const [name, csv] of invoicesToCsv(sample.invoices)) writeFileSync(join(body.erpDir, name), csv);
    return { seeded: true, invoices: sample.invoices.length };
  });

  const loadedSample = async (): Promise<{ readonly sample: Sample; readonly day: Date }> => {
    const { companies, seed, share, today } = store.collection('control').get('seed') ?? {};
    const day = new Date(String(today));
    const given = typeof companies === 'string' ? await readCompanies(companies) : null;
    const input = { seed: Number(seed), companies: given, today: day, share: Number(share) };
    return { sample: localSample(profile, generateSample(input)), day };
  };

  /** What must come out of the sample that was loaded. */
  control.get('/expected', async () => {
    const { sample, day } = await loadedSample();
    return expectedOf(sample, day);
  });

  /** Adds partner codes and registrations to each CRM of a plain sample as soon as it has a place for them. */
  control.post('/partner-data', async () => {
    const waiting = (store.collection('control').get('plain') ?? {}) as Record<string, [string, string][]>;
    const names = vendorNames.filter((name) => waiting[name] !== undefined);
    if (names.length === 0) return { added: [], waiting: [] };
    const { sample } = await loadedSample();
    const added = names.filter((name) => vendors[name].addPartnerData(sample[name], new Map(waiting[name])));
    const rest = names.filter((name) => !added.includes(name));
    store.put('control', 'plain', Object.fromEntries(rest.map((name) => [name, waiting[name]])));
    return { added, waiting: rest };
  });

  /** Adds any number of plain records to one CRM, for measuring. May be called again. */
  control.post('/seed-plain', (request) => {
    const { vendor, ...size } = request.body as PlainSize & { readonly vendor: keyof Vendors };
    store.batch(() => vendors[vendor].seed(plainSample(size, now())));
    return { seeded: true };
  });

  /** Adds custom fields to the deals of a CRM and fills them on part of the deals. */
  control.post('/custom-fields', (request) => {
    const { vendor, count } = request.body as { readonly vendor: keyof Vendors; readonly count: number };
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

  control.get('/calls/:vendor', (request) => store.calls((request.params as { vendor: string }).vendor));
}

/** A second start listens on the same ports where they are free, because connections remember addresses. */
async function listen(
  store: Store,
  vendors: Vendors,
  control: FastifyInstance,
  controlKey: string,
): Promise<OpenSandbox['addresses']> {
  const ports = (store.collection('control').get('ports') ?? {}) as Record<string, number>;
  const serve = (app: FastifyInstance, port: number): Promise<string> =>
    onFreePort(port, (candidate) => app.listen({ host: '127.0.0.1', port: candidate }));
  const addresses = {
    salesforce: await serve(vendors.salesforce.app, ports['salesforce'] ?? 4711),
    hubspot: await serve(vendors.hubspot.app, ports['hubspot'] ?? 4721),
    control: `${await serve(control, ports['control'] ?? 4731)}/${controlKey}`,
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
  return addresses;
}

/**
 * Records may hold links to pages of these vendors, which have moved when the last ports were taken. A vendor
 * redirects old links for ever; here they are changed, without a new time stamp.
 */
function moveLinks(store: Store, addresses: OpenSandbox['addresses']): void {
  const before = store.collection('control').get('addresses') ?? {};
  const after = { salesforce: addresses.salesforce, hubspot: addresses.hubspot };
  store.put('control', 'addresses', after);
  const moved = Object.entries(after).flatMap(([vendor, now]) => {
    const old = before[vendor];
    return typeof old === 'string' && old !== now ? [{ vendor, old, now }] : [];
  });
  // By way of a mark, because one vendor may have taken the old port of the other.
  for (const { vendor, old } of moved) store.replaceText(`${old}/`, `moved:${vendor}/`);
  for (const { vendor, now } of moved) store.replaceText(`moved:${vendor}/`, `${now}/`);
}

/** Listens on the wanted port, or on the next free one. */
async function onFreePort(port: number, listenOn: (port: number) => Promise<string>): Promise<string> {
  for (let candidate = port; candidate < port + 50; candidate += 1) {
    try {
      return await listenOn(candidate);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('EADDRINUSE')) throw error;
    }
  }
  throw new Error(`no free port between ${port} and ${port + 49}`);
}
