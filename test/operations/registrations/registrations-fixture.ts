import { expect } from 'vitest';
import { saveAccounts, saveOpportunities, savePartners } from '#src/db/records/account-store.ts';
import { saveRegistrations, type ChangedRecords } from '#src/db/registrations/registration-store.ts';
import { findRegistration } from '#src/db/registrations/registration-view.ts';
import type { Deps } from '#src/deps.ts';
import { explainMatch } from '#src/operations/matching/explain-match.ts';
import { evaluateRegistrations } from '#src/operations/registrations/evaluate-registrations.ts';
import { registrationShown } from '#src/operations/registrations/registration-shown.ts';
import { createLoginLink } from '#src/operations/people/login-link.ts';
import { startDeps } from '#test/support/deps.ts';

type AccountRow = Parameters<typeof saveAccounts>[1][number];
type DealRow = Parameters<typeof saveOpportunities>[1][number];
type RegistrationRow = Parameters<typeof saveRegistrations>[1][number];

/** The result of a decision, as each of its readers has it. */
export interface Read {
  readonly status: string;
  /** `direct_opportunity review` */
  readonly findings: readonly string[];
  /** The sentences for the reviewer. */
  readonly reviewer: string;
  /** The values that are written to the CRM record, where the partner reads them. */
  readonly partner: string;
}

/** Partners, customers and deals in a database, decided by the real operations. The day is 2026-10-05. */
export interface RegistrationsFixture extends AsyncDisposable {
  readonly deps: Deps;
  partner(name?: string): Promise<string>;
  account(name: string, more?: Partial<AccountRow>): Promise<string>;
  /** Saves an opportunity as a read from the CRM does; the same id again changes it. */
  deal(accountId: string, more?: Partial<DealRow>): Promise<string>;
  register(partnerId: string, customerName: string, more?: Partial<RegistrationRow>): Promise<string>;
  /** Evaluates what these changes concern, as after a hint. */
  changed(changed: Partial<ChangedRecords>): Promise<void>;
  /** Decides a new registration, and reads the result. */
  decide(registrationId: string): Promise<Read>;
  read(registrationId: string): Promise<Read>;
  /** The content of the registration's page. */
  page(registrationId: string): Promise<Readonly<Record<string, string>>>;
  person(name: string): Promise<string>;
}

export async function startRegistrations(): Promise<RegistrationsFixture> {
  const test = await startDeps({ now: '2026-10-05T09:00:00Z' });
  const { deps } = test;
  const derived = { core: '', normaliserVersion: 'none' };
  let numbers = 0;
  const found = async (id: string) =>
    (await findRegistration(deps.db, id)) ?? expect.fail(`there is no registration ${id}`);
  const changed: RegistrationsFixture['changed'] = (some) =>
    evaluateRegistrations(deps, async () => {}, {
      accountIds: [],
      opportunityIds: [],
      registrationIds: [],
      ...some,
    });
  const read = async (id: string): Promise<Read> => {
    const { registration, conflictCase } = await found(id);
    const findings = conflictCase?.decision.findings ?? [];
    // Every decision of these tests is reproduced from the facts that are stored with it.
    if (conflictCase)
      expect(await explainMatch(deps, id)).toMatchObject({ rulesReproduced: true, reproduced: true });
    return {
      status: registration.status,
      findings: findings.map(({ rule, effect }) => `${rule} ${effect}`),
      reviewer: findings.map(({ message }) => message).join('\n'),
      partner: [registration.reason, registration.conflictSummary].filter((text) => text !== null).join('\n'),
    };
  };
  return {
    deps,
    async partner(name) {
      const [id, accountId] = [deps.ids(), deps.ids()];
      numbers += 1;
      const row = { name: name ?? `Reseller ${numbers}` };
      await saveAccounts(deps.db, [{ id: accountId, isPartner: true, ...row, ...derived }]);
      await savePartners(deps.db, [{ id, accountId, code: `P-${numbers}`, ...row }]);
      return id;
    },
    async account(name, more = {}) {
      const id = deps.ids();
      await saveAccounts(deps.db, [{ id, name, ...derived, ...more }]);
      return id;
    },
    async deal(accountId, more = {}) {
      const id = more.id ?? deps.ids();
      const opened = { name: 'Rollout', stage: 'Proposal', openedAt: new Date('2026-09-01T08:00:00Z') };
      await saveOpportunities(
        deps.db,
        [{ id, accountId, isClosed: false, isWon: false, closeDate: '2026-12-31', ...opened, ...more }],
        undefined,
        deps.clock().toISOString().slice(0, 10),
      );
      return id;
    },
    async register(partnerId, customerName, more = {}) {
      const id = deps.ids();
      numbers += 1;
      const submittedAt = new Date('2026-10-05T08:00:00Z');
      await saveRegistrations(deps.db, [
        { id, number: `DR-${numbers}`, partnerId, customerName, core: '', submittedAt, ...more },
      ]);
      return id;
    },
    changed,
    async decide(id) {
      await changed({ registrationIds: [id] });
      return read(id);
    },
    read,
    page: async (id) => registrationShown(await found(id)),
    async person(name) {
      const email = `${name.toLowerCase()}@vendor.example`;
      return (await createLoginLink(deps, { email, role: 'ops' })).person.id;
    },
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  };
}
