import { firstBrokenLink } from '#src/db/people/audit-store.ts';
import { unbalancedCurrencies } from '#src/db/ledger/ledger-store.ts';
import { exitCodes, jsonOption, printResult, type Command } from './command.ts';
import { withDeps } from './with-deps.ts';

export const verifyCommand: Command = {
  options: [jsonOption],
  examples: ['verify', 'verify --json'],
  run: (values) =>
    withDeps(async ({ db }) => {
      const unbalanced = await unbalancedCurrencies(db);
      const broken = await firstBrokenLink(db);
      printResult(values, { unbalancedCurrencies: unbalanced, brokenAuditEntry: broken }, [
        unbalanced.length === 0
          ? 'The ledger balances in every currency.'
          : `The ledger does not balance in ${unbalanced.join(', ')}.`,
        broken === null
          ? 'The audit trail is unchanged.'
          : `The audit trail is broken at entry ${broken}: this entry or the one before it was changed.`,
      ]);
      return unbalanced.length === 0 && broken === null ? exitCodes.ok : exitCodes.failed;
    }),
};
