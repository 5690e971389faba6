/** Who approves a registration: routes, steps, groups and four eyes. */
import { z } from 'zod';
import { condition } from './conditions.ts';
import { nearestName, type Problem } from './problems.ts';
import { amount, moneyFrom, shortName, wholeNumber } from './values.ts';

const approverFix =
  'Write the e-mail address of a person, "group NAME" for a group of this programme, or "role ops" for everybody with the role.';

/** A person's e-mail address, `group NAME`, or `role ops`. */
const approver = z
  .string(approverFix)
  .trim()
  .refine((text) => /^group .+$/.test(text) || text === 'role ops' || isEmail(text), approverFix)
  .transform((text) => (isEmail(text) ? text.toLowerCase() : text))
  .meta({ description: 'An e-mail address, "group NAME" or "role ops"' });

const emailFix = 'Write the e-mail address of a person, such as olga@vendor.example.';
const person = z
  .string(emailFix)
  .trim()
  .refine(isEmail, emailFix)
  .transform((text) => text.toLowerCase());

function isEmail(text: string): boolean {
  return z.email().safeParse(text).success;
}

const step = z.strictObject({
  name: shortName,
  anyOf: z.array(approver, 'Write a list of approvers.').min(1, 'Name at least one approver.').readonly(),
});

const route = z.strictObject({
  name: shortName,
  when: condition.optional(),
  /** In order: each step is approved by any one of its people. */
  steps: z.array(step, 'Write a list of steps.').min(1, 'Add at least one step.').readonly(),
});

const overturnLimit = z
  .strictObject({
    /** Automatic approval stops when more than this share was overturned. */
    percent: wholeNumber(0, 99, 'percent', 5),
    /** The newest automatic approvals that are counted. */
    ofLast: wholeNumber(1, 10_000, 'approvals', 100).default(100),
    /** With fewer automatic approvals, nothing stops. */
    atLeast: wholeNumber(1, 10_000, 'approvals', 20).default(20),
  })
  .superRefine(({ ofLast, atLeast }, context) => {
    if (atLeast > ofLast)
      context.addIssue({
        code: 'custom',
        path: ['atLeast'],
        message: `Use at most ${ofLast}, the number in ofLast: more approvals are never counted.`,
      });
  });
export type OverturnLimit = z.output<typeof overturnLimit>;

export const approvalPart = z
  .strictObject({
    /** Whether the rules approve a registration that has no conflict, or a person does. */
    automatic: z
      .strictObject({
        enabled: z.boolean('Use true or false.').default(true),
        /** Null: it never stops. */
        stopWhenOverturned: z
          .union([overturnLimit, z.null()], 'Write percent, ofLast and atLeast, or null.')
          .default(null),
      })
      .prefault({}),
    /** Decides where no approver of a step may. */
    lead: z.union([person, z.null()], `${emailFix} Use null for no lead.`).default(null),
    groups: z
      .record(
        shortName,
        z.array(person, 'Write a list of e-mail addresses.').min(1, 'Name at least one person.'),
      )
      .default({}),
    /** The first route whose condition holds counts. */
    routes: z
      .array(route, 'Write a list of routes.')
      .min(1, 'Add a route.')
      .default([{ name: 'Review', steps: [{ name: 'Review', anyOf: ['role ops'] }] }]),
    /** These people do not decide. */
    fourEyes: z
      .strictObject({
        submitter: z.boolean('Use true or false.').default(true),
        editor: z.boolean('Use true or false.').default(true),
        camOfPartner: z.boolean('Use true or false.').default(true),
      })
      .prefault({}),
    /** From these amounts on, two different people approve, also where a route has only one step. */
    fourEyesFrom: z.array(amount, 'Write a list, such as ["100000.00 USD"].').default([]),
    /** These people do not decide these registrations. */
    conflictsOfInterest: z
      .array(z.strictObject({ person, when: condition }), 'Write a list of people with conditions.')
      .default([]),
    /** A person approves at most one step. */
    distinctApprovers: z.boolean('Use true or false.').default(true),
  })
  .superRefine((part, context) => {
    for (const { path, message } of approvalProblems(part))
      context.addIssue({ code: 'custom', path: [...path], message });
  });
export type ApprovalPart = z.output<typeof approvalPart>;

/** Whether the rules may approve, as a part of the policy that is stored with each decision. */
export function automaticPolicy({ automatic }: Pick<ApprovalPart, 'automatic'>): {
  readonly automaticApproval?: false;
} {
  return automatic.enabled ? {} : { automaticApproval: false };
}

/** The addresses and roles of a step, with the people of its groups. */
export function withoutGroups(
  anyOf: readonly string[],
  { groups }: Pick<ApprovalPart, 'groups'>,
): readonly string[] {
  const named = anyOf.flatMap((one) => (one.startsWith('group ') ? (groups[groupName(one)] ?? []) : [one]));
  return [...new Set(named)];
}

function groupName(approverText: string): string {
  return approverText.slice('group '.length).trim();
}

function* approvalProblems(part: ApprovalPart): Generator<Problem> {
  const currencies = part.fourEyesFrom.map((text) => moneyFrom(text).currency);
  for (const [index, currency] of currencies.entries())
    if (currencies.indexOf(currency) < index)
      yield { path: ['fourEyesFrom', index], message: `There are two amounts in ${currency}. Remove one.` };
  const names = new Set<string>();
  for (const [index, one] of part.routes.entries()) {
    const path = ['routes', index];
    const isLast = index === part.routes.length - 1;
    if (names.has(one.name))
      yield { path: [...path, 'name'], message: `There are two routes named ${one.name}. Rename one.` };
    names.add(one.name);
    if (isLast && one.when !== undefined)
      yield {
        path: [...path, 'when'],
        message:
          'Remove it, or add a last route without a condition, so that every registration has approvers.',
      };
    if (!isLast && one.when === undefined)
      yield {
        path,
        message:
          'It has no condition, so the routes after it are never used. Add `when`, or move it to the end.',
      };
    yield* stepProblems(part, index);
  }
}

function* stepProblems(part: ApprovalPart, route: number): Generator<Problem> {
  const { steps = [] } = part.routes[route] ?? {};
  const groups = Object.keys(part.groups);
  const alone = new Set<string>();
  const [first] = steps;
  if (part.fourEyesFrom.length > 0 && first !== undefined && steps.length === 1) {
    const people = withoutGroups([...first.anyOf, ...(part.lead === null ? [] : [part.lead])], part);
    if (people.length === 1 && people[0]?.startsWith('role ') === false)
      yield {
        path: ['routes', route, 'steps', 0, 'anyOf'],
        message: `Only ${people[0]} could approve, and fourEyesFrom needs two people. Name another person, or a lead.`,
      };
  }
  for (const [index, { anyOf }] of steps.entries()) {
    const path = ['routes', route, 'steps', index, 'anyOf'];
    for (const [place, one] of anyOf.entries()) {
      if (!one.startsWith('group ') || groups.includes(groupName(one))) continue;
      const similar = nearestName(groupName(one), groups);
      const fix = similar === null ? 'Add it under approval.groups.' : `The nearest name is "${similar}".`;
      yield { path: [...path, place], message: `There is no group ${groupName(one)}. ${fix}` };
    }
    const [only, ...others] = withoutGroups(anyOf, part);
    if (only === undefined || others.length > 0 || only.startsWith('role ')) continue;
    if (part.distinctApprovers && alone.has(only))
      yield {
        path,
        message: `Only ${only} could approve this step, and approves another one. Name another person, or set distinctApprovers to false.`,
      };
    alone.add(only);
  }
}
