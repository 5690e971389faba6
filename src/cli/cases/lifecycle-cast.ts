import type { Refusal } from '#src/domain/registrations/lifecycle/command.ts';
import type { LifecycleProgramme } from '#src/domain/registrations/lifecycle/programme.ts';
import type { LifecyclePerson } from '#src/domain/registrations/lifecycle/registration.ts';

const domain = '@scenario.example';

/** The e-mail address of a person of a scenario. Programmes name people by their addresses. */
export function scenarioEmail(name: string): string {
  return `${name}${domain}`;
}

/** The name in a scenario for each address in a value. */
export function withScenarioNames(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(domain, ''));
}

/** The programme of a scenario, except for what the scenario says. */
export const scenarioProgramme: LifecycleProgramme = {
  version: 1,
  calendars: [
    {
      version: 1,
      publishedAt: null,
      timeZone: 'Europe/Berlin',
      weekly: {
        mon: [['09:00', '17:00']],
        tue: [['09:00', '17:00']],
        wed: [['09:00', '17:00']],
        thu: [['09:00', '17:00']],
        fri: [['09:00', '17:00']],
      },
    },
  ],
  decisionTarget: { kind: 'business_days', days: 2, dayRule: 'same_time' },
  appealTarget: { kind: 'business_days', days: 3, dayRule: 'same_time' },
  escalations: [
    { percent: 50, to: ['deciders'] },
    { percent: 80, to: ['deciders', 'lead'] },
    { percent: 100, to: ['lead', 'cam'] },
  ],
  approvalSteps: [{ name: 'review', anyOf: ['olga', 'omar'].map(scenarioEmail) }],
  lead: scenarioEmail('lena'),
  fourEyes: { submitter: true, editor: true, camOfPartner: true },
  distinctApprovers: true,
  termsOf: 'submission',
  protectionDays: 90,
  extensionDays: 30,
  maxExtensions: 1,
  extensionRequestDays: 30,
  expiryNoticeDays: [30, 7],
  expiryAfterConversion: 'runs',
  convertWhenLinked: true,
  activityDays: null,
  appealDays: 10,
  infoDays: 10,
};

const people: Readonly<Record<string, Pick<LifecyclePerson, 'role' | 'partner'>>> = {
  pat: { role: 'partner', partner: 'acme' },
  pia: { role: 'partner', partner: 'acme' },
  rob: { role: 'partner', partner: 'bolt' },
  portal: { role: 'service', partner: 'acme' },
  hub: { role: 'service', partner: null },
  ria: { role: 'rep' },
  carl: { role: 'cam' },
  cora: { role: 'cam' },
  olga: { role: 'ops' },
  omar: { role: 'ops' },
  otto: { role: 'ops' },
  lena: { role: 'ops' },
  fin: { role: 'finance' },
  aud: { role: 'auditor' },
  ada: { role: 'admin' },
};

/** The people of every scenario by their addresses. A service without a partner registers for every partner. */
export const scenarioPeople: Readonly<Record<string, Pick<LifecyclePerson, 'role' | 'partner'>>> =
  Object.fromEntries(Object.entries(people).map(([name, person]) => [scenarioEmail(name), person]));

export const scenarioPartners: Readonly<Record<string, { readonly name: string; readonly cam: string }>> = {
  acme: { name: 'Acme Networks', cam: scenarioEmail('carl') },
  bolt: { name: 'Bolt Systems', cam: scenarioEmail('cora') },
};

/** The owner of every opportunity. */
export const scenarioOpportunityOwner = scenarioEmail('ria');

/** A refusal as scenarios write it: without the sentences of the form, which each programme words itself. */
export function scenarioRefusal({ problems: _problems, ...refusal }: Refusal): object {
  return refusal;
}
