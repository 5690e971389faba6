import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { ProfileName } from '#sandbox/profiles/profiles.ts';
import { startDeps } from '#test/support/deps.ts';
import { startService, type Service } from '#test/support/service.ts';
import { expectOracle, fetchJson } from './oracle.ts';

/** In these orgs Fairway cannot do its work: it ends with exit code 3 and says what an admin has to do. CI runs all. */
const isCi = process.env['CI'] === 'true';

describe('the main job on the profile private-sharing', () => {
  it('is not complete, says in one sentence what to do, and is complete once the records are shared', async () => {
    await using service = await startService({ profile: 'private-sharing' });
    const { summary } = await service.runJob();
    expect(summary.complete).toBe(false);
    expect(summary.attention).toEqual([
      expect.stringMatching(
        /^(\d+) of \1 Account records of .* were refused when written.*Setup › Sharing Settings/,
      ),
      expect.stringMatching(
        /^(\d+) of \1 Opportunity records of .* were refused when written.*Setup › Sharing Settings/,
      ),
    ]);
    await changeOrg(service, { sharedForEditing: ['Account', 'Opportunity'] });
    const { summary: second } = await service.runJob();
    expect(second).toMatchObject({ complete: true, attention: [] });
    await expectOracle(service, 'private-sharing', second);
  }, 180_000);
});

describe.runIf(isCi)('the main job on the profile developer-limits', () => {
  it('is not complete while no payout fits into the org, and is complete once there is room', async () => {
    await using service = await startService({ profile: 'developer-limits' });
    const { summary } = await service.runJob();
    expect(summary.complete).toBe(false);
    expect(summary.attention).toEqual([
      expect.stringMatching(
        /^(\d+) of \1 Fairway_Payout__c records of .* were refused when written.*Setup › Storage Usage/,
      ),
    ]);
    await changeOrg(service, { storageFull: false });
    const { summary: second } = await service.runJob();
    expect(second).toMatchObject({ complete: true, attention: [] });
    await expectOracle(service, 'developer-limits', second);
  }, 180_000);
});

describe.runIf(isCi).each([
  ['professional-without-api', /The REST API is not enabled.*buy the add-on “API access”/s],
  ['without-custom-objects', /crm\.schemas\.custom\.read.*only to accounts with an Enterprise subscription/s],
] as const)('npm start on the profile %s', (profile, sentence) => {
  it('ends with exit code 3 and says what the account lacks', async () => {
    const { exitCode, said } = await startOnce(profile);
    expect(said).toMatch(sentence);
    expect(exitCode).toBe(3);
  }, 180_000);
});

const changeOrg = ({ addresses: { salesforce } }: Service, changes: object): Promise<unknown> =>
  fetchJson(`${salesforce}/sandbox/settings`, changes, 'PATCH');

/** `npm start -- --once --profile …` on an empty database. */
async function startOnce(
  profile: ProfileName,
): Promise<{ readonly exitCode: number | null; readonly said: string }> {
  await using test = await startDeps();
  const args = ['src/cli/main.ts', 'start', '--once', '--profile', profile];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...test.env } });
  let said = '';
  child.stderr.on('data', (part: Buffer) => (said += part.toString('utf8')));
  child.stdout.resume();
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exitCode, said };
}
