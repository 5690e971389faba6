/** Checks the settings of the rules of engagement that belong together. */
import { normaliseCompany } from '#src/domain/matching/normalise.ts';
import type { Problem } from '#src/domain/program/document/problems.ts';
import { moneyFrom } from '#src/domain/program/document/values.ts';
import type { RuleSettings } from '#src/domain/program/rule-settings.ts';

export function* ruleProblems(rules: RuleSettings): Generator<Problem> {
  yield* amountProblems(rules);
  yield* accountProblems(rules);
  const { statusField, good } = rules.partner_status;
  if (statusField !== null && good.length === 0)
    yield { path: ['partner_status', 'good'], message: 'Name at least one status that is good.' };
  if (statusField === null && good.length > 0)
    yield { path: ['partner_status', 'statusField'], message: 'Name the custom field with the status.' };
  const { field, needed } = rules.partner_certification;
  if (field === null && needed.length > 0)
    yield {
      path: ['partner_certification', 'field'],
      message: 'Name the custom field with the certifications.',
    };
  if (rules.co_sell.field === null && rules.co_sell.together.length > 0)
    yield { path: ['co_sell', 'field'], message: 'Name the custom field with the role of the partner.' };
}

function* amountProblems({ minimum_deal_size: { amounts } }: RuleSettings): Generator<Problem> {
  const currencies = new Set<string>();
  for (const [index, text] of amounts.entries()) {
    const { currency } = moneyFrom(text);
    if (currencies.has(currency))
      yield {
        path: ['minimum_deal_size', 'amounts', index],
        message: `There are two amounts in ${currency}. Remove one.`,
      };
    currencies.add(currency);
  }
}

function* accountProblems({ named_account: { accounts } }: RuleSettings): Generator<Problem> {
  for (const [index, { name, domain, registryId, account }] of accounts.entries()) {
    const path = ['named_account', 'accounts', index];
    if (domain === null && registryId === null && account === null)
      yield { path, message: `There is nothing that identifies ${name}. Add domain, registryId or account.` };
    if (domain !== null && normaliseCompany({ name, domain }).domain === null)
      yield {
        path: [...path, 'domain'],
        message: 'It is not the website of one company. Use another one, or registryId or account.',
      };
  }
}
