import type { CrmConnector } from '#connectors/contract/crm.ts';
import type { RemoteRecord } from '#connectors/contract/records.ts';
import { createSalesforce } from '#connectors/salesforce/connector.ts';
import { applyInbound, applyOutbound, changedFields, remoteFields } from '#mappings/engine/apply.ts';
import { compileMapping } from '#mappings/engine/compile.ts';
import type { CompiledMapping } from '#mappings/engine/compile.ts';
import { loadPacks } from '#mappings/packs/packs.ts';
import { generateSample } from '#sandbox/data.ts';
import type { CrmSample, SampleAccount } from '#sandbox/sample.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import type { CanonicalKind, CanonicalValues } from '#src/domain/record.ts';
import { connectAccount, hubspotPages } from '#test/connectors/hubspot/account.ts';
import { privateKeyPem, startOrg } from '#test/sandbox/salesforce/org.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alone } from '#test/support/connector-input.ts';

interface Crm {
  readonly connector: CrmConnector;
  readonly sample: CrmSample;
  readonly mappings: ReadonlyMap<CanonicalKind, CompiledMapping>;
  /** Values that were already read. No test changes them. */
  readonly known: Map<CanonicalKind, ReadonlyMap<string, CanonicalValues>>;
  readonly close: () => Promise<void>;
}

const whole = generateSample({ seed: 1, companies: null, today: new Date('2026-11-20T08:00:00Z') });

async function openSalesforce(): Promise<Crm> {
  const org = await startOrg();
  const connector = createSalesforce({
    ...alone,
    settings: { loginUrl: org.url, clientId: org.clientId, username: org.username },
    secrets: { privateKeyPem },
    now: () => org.clock.now,
  });
  return fill(connector, whole.salesforce, (sample) => org.vendor.seed(sample), org.close);
}

async function openHubspot(): Promise<Crm> {
  const { account, connect } = await connectAccount();
  return fill(connect(), whole.hubspot, (sample) => account.vendor.seed(sample), account.close);
}

async function fill(
  connector: CrmConnector,
  sample: CrmSample,
  seed: (sample: CrmSample) => void,
  close: () => Promise<void>,
): Promise<Crm> {
  await connector.install(crmSchema);
  seed(sample);
  const mappings = new Map<CanonicalKind, CompiledMapping>();
  for (const pack of loadPacks().filter((candidate) => candidate.system === connector.kind)) {
    const result = compileMapping(pack, await connector.describe(pack.object));
    expect(result, `${pack.system} ${pack.kind}`).toMatchObject({ ok: true, warnings: [] });
    if (result.ok) mappings.set(pack.kind, result.mapping);
  }
  return { connector, sample, mappings, known: new Map(), close };
}

function mappingFor(crm: Crm, kind: CanonicalKind): CompiledMapping {
  const mapping = crm.mappings.get(kind);
  if (!mapping) throw new Error(`no mapping for ${kind}`);
  return mapping;
}

/** All mapped records of one kind by remote id. A problem of the mapping fails the test. */
async function readAll(crm: Crm, kind: CanonicalKind): Promise<ReadonlyMap<string, CanonicalValues>> {
  const known = crm.known.get(kind);
  if (known) return known;
  const mapping = mappingFor(crm, kind);
  const pages = await hubspotPages(crm.connector, { object: mapping.object, fields: remoteFields(mapping) });
  const mapped = pages
    .flatMap((page) => page.records)
    .map((record) => [record.extId, applyInbound(mapping, record.fields)] as const);
  expect(mapped.flatMap(([, { problems }]) => problems)).toEqual([]);
  const values = new Map(mapped.map(([extId, result]) => [extId, result.values]));
  crm.known.set(kind, values);
  return values;
}

/** Sorts rows, to compare them in any order. */
const sorted = (rows: readonly Readonly<Record<string, unknown>>[]): string[] =>
  rows.map((row) => JSON.stringify(row)).toSorted((a, b) => (a < b ? -1 : 1));

describe.each([
  ['salesforce', openSalesforce],
  ['hubspot', openHubspot],
] as const)(
  'the packs for %s, in an account with Fairway installed and a complete sample',
  { timeout: 30_000 },
  (_, open) => {
    let crm: Crm;
    beforeAll(async () => {
      crm = await open();
    }, 60_000);
    afterAll(async () => {
      await crm.connector.close();
      await crm.close();
    });

    it('read every account unchanged', async () => {
      const accounts = await readAll(crm, 'account');
      const picked = ({
        name,
        domain,
        country,
        city,
        postcode,
        phone,
        isPartner,
        partnerCode,
        territory,
      }: CanonicalValues | SampleAccount) => ({
        ...{
          name,
          domain,
          country,
          city,
          postcode,
          phone,
          isPartner,
          partnerCode,
          territory: territory ?? null,
        },
      });
      expect(sorted([...accounts.values()].map(picked))).toEqual(sorted(crm.sample.accounts.map(picked)));
    });

    it('read contacts, products and lines with their references', async () => {
      const [accounts, products, opportunities] = [
        await readAll(crm, 'account'),
        await readAll(crm, 'product'),
        await readAll(crm, 'opportunity'),
      ];
      const contacts = [...(await readAll(crm, 'contact')).values()];
      expect(contacts).toHaveLength(crm.sample.contacts?.length ?? -1);
      expect(
        contacts.every(
          ({ account, lastName }) => accounts.has(String(account)) && typeof lastName === 'string',
        ),
      ).toBe(true);
      expect(sorted([...products.values()].map(({ code }) => ({ code })))).toEqual(
        sorted((crm.sample.products ?? []).map(({ code }) => ({ code }))),
      );
      const lines = [...(await readAll(crm, 'opportunity_line')).values()];
      const worth = (sum: number, line: { readonly quantity: number; readonly unitPrice: string }): number =>
        sum + line.quantity * Number(line.unitPrice);
      expect(lines.reduce((sum, line) => sum + Number(line['amount']), 0)).toBe(
        (crm.sample.lines ?? []).reduce(worth, 0),
      );
      expect(
        lines.every(
          ({ opportunity, product }) =>
            opportunities.has(String(opportunity)) && products.has(String(product)),
        ),
      ).toBe(true);
    });

    it('read every deal with its account, its stage and its exact amount', async () => {
      const accounts = await readAll(crm, 'account');
      const names = new Map(crm.sample.accounts.map((account) => [account.key, account.name]));
      const deals = [...(await readAll(crm, 'opportunity')).values()].map((deal) => ({
        ...{
          name: deal['name'],
          account: accounts.get(String(deal['account']))?.['name'],
          amount: `${String(deal['amount'])}.00`,
        },
        ...{
          closeDate: deal['closeDate'],
          openedAt: String(deal['openedAt']).slice(0, 19),
          isClosed: deal['isClosed'],
          isWon: deal['isWon'],
        },
      }));
      const expected = crm.sample.opportunities.map((deal) => ({
        ...{ name: deal.name, account: names.get(deal.accountKey), amount: deal.amount },
        ...{
          closeDate: deal.closeDate,
          openedAt: deal.createdAt.slice(0, 19),
          isClosed: deal.stage.startsWith('closed'),
          isWon: deal.stage === 'closed_won',
        },
      }));
      expect(sorted(deals)).toEqual(sorted(expected));
    });

    it('read every registration with its partner, its opportunity, its typed date and its creation', async () => {
      const [accounts, deals, registrations] = [
        await readAll(crm, 'account'),
        await readAll(crm, 'opportunity'),
        await readAll(crm, 'registration'),
      ];
      const codes = new Map(crm.sample.accounts.map((account) => [account.key, account.partnerCode]));
      const dealNames = new Map(crm.sample.opportunities.map((deal) => [deal.key, deal.name]));
      const found = [...registrations.values()].map((registration) => ({
        number: registration['number'],
        partner: accounts.get(String(registration['partner']))?.['partnerCode'],
        deal: deals.get(String(registration['opportunity']))?.['name'] ?? null,
        submittedAt: String(registration['submittedAt']).slice(0, 19),
        createdAt: String(registration['createdAt']).slice(0, 19),
        email: registration['contactEmail'],
      }));
      const expected = crm.sample.registrations.map((registration) => ({
        number: registration.number,
        partner: codes.get(registration.partnerKey),
        deal: dealNames.get(registration.opportunityKey ?? '') ?? null,
        submittedAt: registration.submittedAt.slice(0, 19),
        createdAt: registration.submittedAt.slice(0, 19),
        email: registration.contactEmail,
      }));
      expect(sorted(found)).toEqual(sorted(expected));
    });

    it('write values that are read back unchanged, so that nothing is written twice', async () => {
      const values: Partial<Record<CanonicalKind, CanonicalValues>> = {
        account: {
          tier: 'Gold',
          tierStanding: 'Holds Gold;\nneeds 20,000 USD more',
          trailingRevenue: '512300.50',
          tierAsOf: '2026-11-01',
          partnerCode: 'P-9001',
        },
        opportunity: {
          registrationStatus: 'approved',
          registeredPartner: 'Nordwind',
          protectedUntil: '2027-02-18',
          conflictSummary: 'None.',
        },
        registration: {
          status: 'in_review',
          decidedAt: '2026-11-20T07:00:00.000Z',
          reason: 'A rival claim.',
          conflictScore: '87.5',
          protectedUntil: null,
          customerName: 'Wagner & Söhne GmbH',
          customerDomain: 'wagner-soehne.de',
          customerCountry: 'DE',
          contactEmail: null,
          productFamily: 'Analytics',
          dealType: 'renewal',
          amount: '48000.50',
          expectedClose: '2027-03-31',
        },
      };
      for (const [kind, desired] of Object.entries(values) as [CanonicalKind, CanonicalValues][]) {
        const mapping = mappingFor(crm, kind);
        const [extId = ''] = (await readAll(crm, kind)).keys();
        const { fields, problems } = applyOutbound(mapping, desired);
        expect(problems).toEqual([]);
        const write = { id: 'w', extId, keyValue: null, fields };
        expect(
          await crm.connector.push({
            object: mapping.object,
            operation: 'update',
            keyField: null,
            writes: [write],
          }),
        ).toMatchObject([{ ok: true }]);
        const [current] = await fetchOne(crm, mapping, extId);
        expect(changedFields(mapping, fields, current?.fields ?? {})).toEqual({});
      }
    });

    it('create a payout with a reference to its partner', async () => {
      const mapping = mappingFor(crm, 'payout');
      const [partner = ''] = [...(await readAll(crm, 'account'))].flatMap(([extId, account]) =>
        account['isPartner'] === true ? [extId] : [],
      );
      const desired = {
        key: '2026-10/P-0001/USD',
        partner,
        batch: '2026-10-USD',
        period: '2026-10',
        amount: '1234.50',
        currency: 'USD',
        status: 'draft',
        lineCount: '3',
      };
      const { fields, problems } = applyOutbound(mapping, desired);
      expect(problems).toEqual([]);
      const keyField = mapping.outbound.find((field) => field.local === 'key')?.remote ?? null;
      const write = { id: 'w', extId: null, keyValue: desired.key, fields };
      const [outcome] = await crm.connector.push({
        object: mapping.object,
        operation: 'upsert',
        keyField,
        writes: [write],
      });
      expect(outcome).toMatchObject({ ok: true, created: true });
      const [current] = await fetchOne(crm, mapping, outcome?.ok ? outcome.extId : '');
      expect(changedFields(mapping, fields, current?.fields ?? {})).toEqual({});
    });
  },
);

async function fetchOne(
  { connector }: Crm,
  mapping: CompiledMapping,
  extId: string,
): Promise<readonly RemoteRecord[]> {
  return connector.fetch(mapping.object, [extId], remoteFields(mapping));
}
