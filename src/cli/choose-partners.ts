import { createInterface } from 'node:readline/promises';
import type { PartnerCandidate, PartnerRule } from '#connectors/contract/crm.ts';
import type { ChosenPartners, ChoosePartners } from '#src/operations/connections/partner-rules.ts';
import { textOption, UsageError, type OptionValues } from './command.ts';

/**
 * Asks the person at the terminal which accounts are partners, unless `--partners` says it. Undefined without a
 * terminal: then what was chosen before stays.
 */
export function chooserOf(values: OptionValues): ChoosePartners | undefined {
  const given = textOption(values['partners']);
  if (given !== null) {
    const rules = readRules(given);
    return async () => rules;
  }
  return process.stdin.isTTY && values['json'] !== true ? ask : undefined;
}

/** @throws UsageError when it is not `FIELD=VALUE;VALUE, FIELD=VALUE` */
function readRules(text: string): readonly PartnerRule[] {
  return text.split(',').map((part) => {
    const [, field, listed = ''] = /^\s*([^=]+?)\s*=(.*)$/.exec(part) ?? [];
    const values = listed
      .split(';')
      .map((value) => value.trim())
      .filter((value) => value !== '');
    if (field === undefined || values.length === 0)
      throw new UsageError(`--partners: “${part.trim()}” is not FIELD=VALUE. Example: Type=Partner;Reseller`);
    return { field, values };
  });
}

async function ask(candidates: readonly PartnerCandidate[]): Promise<readonly PartnerRule[]> {
  if (candidates.length === 0) return [];
  console.error('Which accounts are partners?');
  for (const [n, one] of candidates.entries()) console.error(`  ${n + 1}. ${counted(one)}`);
  const usual = candidates.flatMap(({ usual: isUsual }, n) => (isUsual ? [n + 1] : []));
  const proposal = usual.length > 0 ? ` [${usual.join(', ')}]` : '';
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    for (;;) {
      const answer = await terminal.question(`Numbers, separated by commas${proposal}: `);
      const numbers = answer.trim() === '' ? usual : answer.split(',').map(Number);
      const chosen = numbers.map((number) => candidates[number - 1]);
      if (chosen.length > 0 && chosen.every((one) => one !== undefined)) return chosen;
      console.error(`Type numbers from 1 to ${candidates.length}.`);
    }
  } finally {
    terminal.close();
  }
}

const counted = ({ label, accounts }: PartnerCandidate): string =>
  `${label}: ${accounts} ${accounts === 1 ? 'account' : 'accounts'}`;

/** What was found and chosen, for the result of the command. */
export function partnerLines({ candidates, rules }: ChosenPartners): readonly string[] {
  if (candidates.length === 0) return [];
  const isChosen = ({ field, values }: PartnerCandidate): boolean =>
    rules.some((rule) => rule.field === field && values.every((value) => rule.values.includes(value)));
  const marked = candidates.filter(isChosen).reduce((sum, { accounts }) => sum + accounts, 0);
  return [
    'Partners are the accounts that a marked line describes. Connect again with --partners to choose others.',
    ...candidates.map((one) => `  ${isChosen(one) ? '*' : ' '} ${counted(one)}`),
    ...(marked === 0
      ? ['No account is a partner yet. A run without partners decides nothing and ends with exit code 3.']
      : []),
  ];
}
