import { exitCodes, jsonOption, printResult, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { lastPostedPeriod, trialBalance, type AccountBalance } from '#src/db/ledger/journal-view.ts';
import { formatMinor } from '#src/domain/money.ts';
import { periodArgument } from './period-argument.ts';

export const trialBalanceCommand: Command = {
  arguments: [['[period]', 'month, such as 2026-10; the last one with an entry by default']],
  options: [jsonOption],
  examples: ['ledger trial-balance', 'ledger trial-balance 2026-10 --json'],
  details:
    'Prints for each currency and account the balance before the month, the debits and credits of the month, and the balance at its end. Exit code 1 when a currency does not add up to 0.',
  run: (values, [text]) =>
    withDeps(async (deps) => {
      const period = periodArgument(text) ?? (await lastPostedPeriod(deps.db));
      if (period === null) {
        printResult(values, { period, accounts: [] }, ['The ledger is empty.']);
        return exitCodes.ok;
      }
      const accounts = await trialBalance(deps.db, period);
      const shown = accounts.map((one) => ({
        currency: one.currency,
        account: one.account,
        opening: formatMinor(one.openingMinor, one.currency),
        debit: formatMinor(one.debitMinor, one.currency),
        credit: formatMinor(one.creditMinor, one.currency),
        closing: formatMinor(closingMinor(one), one.currency),
      }));
      const off = [...sumsByCurrency(accounts)].filter(([, sum]) => sum !== 0n).map(([currency]) => currency);
      printResult(values, { period, accounts: shown, unbalancedCurrencies: off }, [
        `Trial balance of ${period}`,
        row('', 'account', 'opening', 'debit', 'credit', 'closing'),
        ...shown.map((one) =>
          row(one.currency, one.account, one.opening, one.debit, one.credit, one.closing),
        ),
        off.length === 0 ? 'Every currency adds up to 0.' : `These do not add up to 0: ${off.join(', ')}.`,
      ]);
      return off.length === 0 ? exitCodes.ok : exitCodes.failed;
    }),
};

function closingMinor({ openingMinor, debitMinor, creditMinor }: AccountBalance): bigint {
  return openingMinor + debitMinor - creditMinor;
}

function sumsByCurrency(accounts: readonly AccountBalance[]): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const one of accounts) sums.set(one.currency, (sums.get(one.currency) ?? 0n) + closingMinor(one));
  return sums;
}

function row(currency: string, account: string, ...amounts: readonly string[]): string {
  return `${currency.padEnd(4)}${account.padEnd(24)}${amounts.map((amount) => amount.padStart(16)).join('')}`;
}
