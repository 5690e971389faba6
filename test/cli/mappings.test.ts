import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { listConnections } from '#src/db/connections/connection-store.ts';
import { approveMapping, rejectMapping } from '#src/operations/mappings/versions/decide-mapping.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { auditTrail } from '#test/support/queries.ts';
import { runCommand } from '#test/cli/run-command.ts';
import { startService, type Service } from '#test/support/service.ts';

let service: Service;
let folder: string;
let piet: string;
const printed: string[] = [];
const errors: string[] = [];
beforeAll(async () => {
  service = await startService({ plain: { accounts: 12, partners: 2, opportunities: 6 } });
  await service.runJob();
  folder = join(await mkdtemp(join(tmpdir(), 'mappings-')), 'crm');
  await createLoginLink(service.deps, { email: 'olga@vendor.test', name: 'Olga', role: 'ops' });
  await createLoginLink(service.deps, { email: 'ada@vendor.test', name: 'Ada', role: 'admin' });
  piet = (await createLoginLink(service.deps, { email: 'piet@vendor.test', name: 'Piet', role: 'ops' }))
    .person.id;
  for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value);
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  vi.spyOn(console, 'error').mockImplementation((line: string) => void errors.push(line));
}, 120_000);
afterEach(() => printed.splice(0));
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
  await service[Symbol.asyncDispose]();
});

type Values = Readonly<Record<string, string | boolean>>;
const run = async (positionals: readonly string[], values: Values = {}) => {
  printed.splice(0);
  const code = await runCommand(['mappings', ...positionals], values);
  return { code, text: printed.join('\n') };
};
const json = async (positionals: readonly string[], values: Values = {}) => {
  const { code, text } = await run(positionals, { ...values, json: true });
  return { code, results: JSON.parse(text) };
};
const file = (name: string) => join(folder, name);
const account = () => file('salesforce-sandbox.account.yaml');
const edit = async (change: (text: string) => string) =>
  writeFile(account(), change(await readFile(account(), 'utf8')));
const salesforce = async () => {
  const found = (await listConnections(service.deps.db)).find((one) => one.kind === 'salesforce');
  if (!found) throw new Error('no Salesforce');
  return found;
};

const shout = (text: string) =>
  text.replace('remote: BillingCity, direction: in', 'remote: BillingCity, direction: in, transform: upper');

describe('mappings init', () => {
  test('writes one file per mapping that fits, with suggestions as comments, and never overwrites a file', async () => {
    expect((await run(['init', folder])).text).toMatch(
      /salesforce-sandbox\.account\.yaml: written, with \d+ suggestions?\./,
    );
    const text = await readFile(account(), 'utf8');
    expect(text).toMatch(
      /^# yaml-language-server: \$schema=\.\/mapping\.schema\.json\nsystem: salesforce\nobject: Account\n/,
    );
    expect(text).toMatch(/ {2}# Suggested from names, types and the values of 12 records; not mapped yet\./);
    expect(JSON.parse(await readFile(file('mapping.schema.json'), 'utf8'))).toMatchObject({
      title: 'Fairway mapping pack',
    });

    await edit((before) => `# ours\n${before}`);
    expect((await run(['init', folder])).text).toContain(
      'salesforce-sandbox.account.yaml: exists already and was not changed',
    );
    expect(await readFile(account(), 'utf8')).toBe(`# ours\n${text}`);
    expect((await run(['validate', folder])).code).toBe(0);
    expect((await json(['drift', folder])).results).toEqual([]);
  });
});

describe('mappings validate', () => {
  test('names file, line, place and fix of what the CRM does not have, and ends with 1', async () => {
    await edit((text) => text.replace('remote: Phone,', 'remote: Phoney,'));
    const line =
      (await readFile(account(), 'utf8')).split('\n').findIndex((one) => one.includes('Phoney')) + 1;
    const { code, text } = await run(['validate', folder]);
    expect([code, text]).toEqual([
      1,
      expect.stringContaining(`${account()}:${line}: fields[7].remote: Account has no field "Phoney"`),
    ]);
    expect(text).toContain('Did you mean the remote field "Phone"?');
    const { results } = await json(['validate', folder], { connection: 'Salesforce (sandbox)' });
    expect(results.find((one: { file: string }) => one.file === account()).problems).toMatchObject([
      { line, path: 'fields[7].remote' },
    ]);
    expect(results.some((one: { connection: string }) => one.connection.startsWith('HubSpot'))).toBe(false);
  });

  test('names what is no mapping, too, and nothing is applied while one file is wrong', async () => {
    await edit((text) => text.replace('remote: Phoney, direction: in', 'remote: Phone, direction: inwards'));
    expect((await run(['validate', folder])).text).toMatch(
      /:\d+: fields\[7\]\.direction: .* one of: in, out, both/,
    );
    await expect(run(['apply', folder], { as: 'olga@vendor.test' })).rejects.toThrow(
      /fields\[7\]\.direction/,
    );
    await edit((text) => text.replace('direction: inwards', 'direction: in'));
    expect((await run(['validate', folder])).code).toBe(0);
  });
});

describe('a change in git', () => {
  test('is shown as sentences, tried out on the live records, and changes nothing', async () => {
    await edit(shout);
    const { results } = await json(['diff', folder]);
    const differing = results.filter((one: { same: boolean }) => !one.same);
    expect(differing).toMatchObject([
      { file: account(), object: 'Account', lines: [{ change: 'changed', local: 'city' }] },
    ]);
    const { code, text } = await run(['plan', folder]);
    expect(code).toBe(0);
    expect(text).toMatch(
      /of \d+ records: \d+ would change in Fairway, 0 be added, 0 be removed; 0 would be written to Salesforce \(sandbox\)\n {4}city: \d+ in Fairway/,
    );
    expect((await run(['drift', folder])).code).toBe(1);
    expect((await salesforce()).mappings).toEqual([]);
  });

  test('is submitted by one person and approved by another, once', async () => {
    await expect(run(['apply', folder])).rejects.toThrow('--as EMAIL is missing');
    await expect(run(['apply', folder], { as: 'nobody@vendor.test' })).rejects.toThrow(
      'No person has the address nobody@vendor.test',
    );
    const { results } = await json(['apply', folder], {
      as: 'olga@vendor.test',
      note: 'Cities in upper case',
    });
    const { id } = await salesforce();
    const submitted = results.find((one: { file: string }) => one.file === account());
    expect(submitted).toMatchObject({
      did: 'submitted',
      address: expect.stringMatching(new RegExp(`/mappings/${id}/Account\\?kind=account$`)),
    });
    expect(results.filter((one: { did: string }) => one.did === 'submitted')).toHaveLength(1);
    expect((await run(['apply', folder], { as: 'olga@vendor.test' })).text).toContain(
      `was submitted before as version ${submitted.version} and waits for approval`,
    );
    expect((await salesforce()).mappings).toEqual([]);

    const place = { connectionId: id, object: 'Account', kind: 'account' as const };
    await approveMapping(service.deps, { ...place, version: submitted.version, personId: piet });
    expect((await salesforce()).mappings).toMatchObject([{ version: submitted.version }]);
    expect(await run(['drift', folder])).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^No drift in \d+ mappings\.$/),
    });
    expect((await run(['apply', folder], { as: 'olga@vendor.test' })).text).toContain(
      `is live already (version ${submitted.version})`,
    );
  });

  test('that is submitted again replaces the waiting version of the same person, not of another', async () => {
    await edit((text) =>
      text.replace(
        'remote: BillingState, direction: in',
        'remote: BillingState, direction: in, transform: upper',
      ),
    );
    const first = await json(['apply', folder], { as: 'olga@vendor.test' });
    await edit((text) => text.replace(/ {2}- \{local: duns.*\n/, ''));
    const versionIn = ({ results }: typeof first) =>
      results.find((one: { file: string }) => one.file === account()).version;
    await expect(run(['apply', folder], { as: 'ada@vendor.test' })).rejects.toThrow(
      'submitted by Olga, is waiting for approval',
    );
    const again = await json(['apply', folder], { as: 'olga@vendor.test' });
    expect(versionIn(again)).toBe(versionIn(first) + 1);
    const waiting = { connectionId: (await salesforce()).id, object: 'Account', version: versionIn(again) };
    await rejectMapping(service.deps, { ...waiting, personId: piet, reason: 'Not now' });
  });
});

describe('the author that git knows', () => {
  test('cannot approve what CI submits with their name, and CI may submit again what others wrote', async () => {
    const setTransform = (transform: string) =>
      edit((text) =>
        text.replace(
          /remote: Phone, direction: in[^}]*/,
          `remote: Phone, direction: in, transform: ${transform}`,
        ),
      );
    const versionIn = ({ results }: Awaited<ReturnType<typeof json>>) =>
      results.find((one: { file: string }) => one.file === account()).version;
    await setTransform('trim');
    const first = versionIn(
      await json(['apply', folder], {
        as: 'olga@vendor.test',
        author: 'Piet@vendor.test, someone@elsewhere.test',
      }),
    );
    expect(errors.join('\n')).toContain(
      'someone@elsewhere.test is not a person in Fairway, so they cannot approve this anyway.',
    );
    const place = { connectionId: (await salesforce()).id, object: 'Account', kind: 'account' as const };
    await expect(
      approveMapping(service.deps, { ...place, version: first, personId: piet }),
    ).rejects.toMatchObject({
      code: 'not_allowed',
      message: expect.stringContaining('You edited this mapping'),
    });
    await setTransform('upper');
    const second = versionIn(
      await json(['apply', folder], { as: 'olga@vendor.test', author: 'ada@vendor.test' }),
    );
    expect(second).toBe(first + 1);
    await rejectMapping(service.deps, { ...place, version: second, personId: piet, reason: 'Not now' });
  });
});

describe('mappings export', () => {
  test('overwrites the files with the live mappings, and keeps the comments of a file with the same meaning', async () => {
    const { results } = await json(['export', folder]);
    expect(
      results
        .filter((one: { did: string }) => one.did === 'written')
        .map((one: { file: string }) => one.file),
    ).toEqual([account()]);
    const text = await readFile(account(), 'utf8');
    expect(text).toContain('remote: BillingCity, direction: in, transform: upper');
    await edit((before) => before.replace('fields:', '# the fields\nfields:'));
    await run(['export', folder]);
    expect(await readFile(account(), 'utf8')).toContain('# the fields');
  });
});

describe('mappings rollback', () => {
  const input = { connection: 'Salesforce (sandbox)', object: 'Account', reason: 'The match got worse' };

  test('is one command, an admin’s, on the audit trail', async () => {
    const shipped =
      service.deps.packs.find((pack) => pack.system === 'salesforce' && pack.kind === 'account')?.version ??
      0;
    const to = String(shipped);
    await expect(run(['rollback'], { ...input, to, as: 'olga@vendor.test' })).rejects.toThrow(
      'this takes admin',
    );
    await expect(run(['rollback'], { ...input, to: 'last', as: 'ada@vendor.test' })).rejects.toThrow(
      '--to last is not a version number',
    );
    await expect(run(['rollback'], { ...input, as: 'ada@vendor.test' })).rejects.toThrow('--to is missing');
    expect((await run(['rollback'], { ...input, to, as: 'ada@vendor.test' })).text).toMatch(
      new RegExp(`^Version ${shipped} of Account is live again, as version \\d+`),
    );
    expect((await auditTrail(service.deps.db, 'Salesforce (sandbox)')).at(-1)).toMatchObject({
      action: 'mapping.rolled_back',
      actor: 'Ada',
      reason: input.reason,
    });
    expect((await run(['drift', folder])).text).toContain(
      `${account()} is not what is live. Applying it would mean:\n  The transformation of city is now: upper case.`,
    );
    expect((await run(['export', folder])).code).toBe(0);
    expect((await run(['drift', folder])).code).toBe(0);
  });
});

describe('mappings drift', () => {
  test('ends with 1 when the CRM no longer has what a live mapping needs, with the effect and the fix', async () => {
    const body = JSON.stringify({ object: 'Account', field: 'Fairway_Tier__c' });
    const headers = { 'content-type': 'application/json' };
    const deleted = await fetch(`${service.addresses.salesforce}/sandbox/fields/delete`, {
      method: 'POST',
      headers,
      body,
    });
    expect(deleted.status).toBe(200);
    const { code, text } = await run(['drift'], { connection: 'Salesforce (sandbox)' });
    expect([code, text]).toEqual([
      1,
      expect.stringMatching(/^Account as account of Salesforce \(sandbox\)[^]*Fairway_Tier__c/),
    ]);
  });
});

describe('a mistake at the command line', () => {
  test.each([
    [[], {}, 'outputHelp'],
    [['push'], {}, "unknown command 'push'"],
    [['validate'], {}, "missing required argument 'folder'"],
    [['validate', 'a', 'b'], {}, "too many arguments for 'validate'"],
    [['validate', '/nowhere/at/all'], {}, 'cannot be read. Make it with: npm run fairway -- mappings init'],
    [['diff', 'x'], { to: '1' }, "unknown option '--to'"],
    [['init', 'x'], { connection: 'Netsuite' }, 'There is no connection “Netsuite”'],
  ] as const)('is named with what there is: %o %o', async (positionals, values, message) => {
    await expect(run(positionals, values)).rejects.toThrow(message);
  });

  test('a file whose connection is unclear is named', async () => {
    await writeFile(
      file('netsuite.invoice.yaml'),
      'system: netsuite\nobject: Invoice\nkind: invoice\nfields: []\n',
    );
    await expect(run(['validate', folder])).rejects.toThrow(
      'netsuite.invoice.yaml: for which connection is it? Name it as one of these: ',
    );
    await rm(file('netsuite.invoice.yaml'));
  });
});
