/** Checks the names that one part of a programme uses for another part. */
import type { RuleSettings } from '#src/domain/program/rule-settings.ts';
import type { ApprovalPart } from './approval.ts';
import type { Condition } from './conditions.ts';
import type { FormPart } from './form/form-part.ts';
import { nearestName, type Problem } from './problems.ts';
import type { ProtectionPart } from './protection.ts';
import { moneyFrom } from './values.ts';

interface Named {
  readonly engagement: {
    readonly rules: Pick<RuleSettings, 'open_registrations'>;
    readonly productFamilies: readonly string[];
  };
  readonly form: FormPart;
  readonly lifecycle: 'off' | 'on';
  readonly currency: string;
  readonly tiers: readonly { readonly name: string; readonly revenue: string }[];
  readonly components: readonly {
    readonly code: string;
    readonly rates: Readonly<Record<string, string>>;
  }[];
  readonly regions: Readonly<Record<string, readonly string[]>>;
  readonly approval: ApprovalPart;
  readonly protection: ProtectionPart;
}

export function* referenceProblems(document: Named): Generator<Problem> {
  const tiers = document.tiers.map(({ name }) => name);
  for (const name of Object.keys(document.engagement.rules.open_registrations.tiers))
    if (!tiers.includes(name))
      yield {
        path: ['engagement', 'rules', 'open_registrations', 'tiers', name],
        message: unknown('tier', name, tiers),
      };
  if (document.lifecycle === 'off' && document.approval.automatic.stopWhenOverturned !== null)
    yield {
      path: ['approval', 'automatic', 'stopWhenOverturned'],
      message: 'Set lifecycle to on, or remove it: without a lifecycle no overturned approval is counted.',
    };
  yield* tierProblems(document);
  yield* componentProblems(document);
  yield* formProblems(document);
  for (const [index, { when }] of document.protection.exceptions.entries())
    yield* conditionProblems(document, when, ['protection', 'exceptions', index, 'when']);
  for (const [index, { when }] of document.protection.extension.exceptions.entries())
    yield* conditionProblems(document, when, ['protection', 'extension', 'exceptions', index, 'when']);
  for (const [index, { when }] of document.approval.conflictsOfInterest.entries())
    yield* conditionProblems(document, when, ['approval', 'conflictsOfInterest', index, 'when']);
  for (const [index, { when }] of document.approval.routes.entries())
    if (when !== undefined) yield* conditionProblems(document, when, ['approval', 'routes', index, 'when']);
}

function* formProblems(document: Named): Generator<Problem> {
  const { form, engagement } = document;
  for (const [index, { type, requiredWhen }] of form.fields.entries()) {
    const path = ['form', 'fields', index];
    if (type === 'productLines' && engagement.productFamilies.length === 0)
      yield {
        path: [...path, 'type'],
        message: 'Add the product families under engagement.productFamilies; the field lists them.',
      };
    const when = requiredWhen?.deal;
    if (when !== undefined) yield* conditionProblems(document, when, [...path, 'requiredWhen', 'deal']);
  }
}

function* tierProblems({ currency, tiers }: Named): Generator<Problem> {
  const names = new Set<string>();
  for (const [index, { name, revenue }] of tiers.entries()) {
    const path = ['tiers', index, 'revenue'];
    const before = tiers[index - 1];
    const reached = moneyFrom(revenue);
    if (reached.currency !== currency)
      yield {
        path,
        message: `Use ${currency}, the currency of the programme, instead of ${reached.currency}.`,
      };
    if (before === undefined && reached.minor !== 0n)
      yield { path, message: `Use "0 ${currency}" for the first tier, so that every partner has a tier.` };
    if (before !== undefined && reached.minor <= moneyFrom(before.revenue).minor)
      yield {
        path,
        message: `Use more than the tier before it (${before.revenue}). Order tiers from the lowest to the highest.`,
      };
    if (names.has(name))
      yield { path: ['tiers', index, 'name'], message: `There are two tiers named ${name}. Rename one.` };
    names.add(name);
  }
}

function* componentProblems({ tiers, components }: Named): Generator<Problem> {
  const codes = new Set<string>();
  const names = tiers.map(({ name }) => name);
  for (const [index, { code, rates }] of components.entries()) {
    const path = ['components', index];
    if (codes.has(code))
      yield {
        path: [...path, 'code'],
        message: `There are two components with the code ${code}. Change one.`,
      };
    codes.add(code);
    for (const name of names)
      if (!Object.hasOwn(rates, name))
        yield {
          path: [...path, 'rates', name],
          message: `It is missing. Add a rate for ${name}, such as "5 %".`,
        };
    for (const name of Object.keys(rates))
      if (!names.includes(name))
        yield { path: [...path, 'rates', name], message: unknown('tier', name, names) };
  }
}

function* conditionProblems(document: Named, when: Condition, path: Problem['path']): Generator<Problem> {
  const tiers = document.tiers.map(({ name }) => name);
  const regions = Object.keys(document.regions);
  for (const [index, name] of (when.tiers ?? []).entries())
    if (!tiers.includes(name))
      yield { path: [...path, 'tiers', index], message: unknown('tier', name, tiers) };
  for (const [index, name] of (when.regions ?? []).entries())
    if (!regions.includes(name))
      yield { path: [...path, 'regions', index], message: unknown('region', name, regions) };
  const currencies = new Set<string>();
  for (const [index, text] of (when.amountFrom ?? []).entries()) {
    const { currency } = moneyFrom(text);
    if (currencies.has(currency))
      yield {
        path: [...path, 'amountFrom', index],
        message: `There are two amounts in ${currency}. Remove one.`,
      };
    currencies.add(currency);
  }
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const similar = nearestName(name, known);
  const fix =
    similar === null
      ? `Add it to the ${what}s of the programme, or remove it here.`
      : `The nearest name is "${similar}".`;
  return `There is no ${what} ${name}. ${fix}`;
}
