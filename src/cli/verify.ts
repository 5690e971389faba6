import { firstBrokenLink } from '#src/db/people/audit-store.ts';
import { unbalancedCurrencies } from '#src/db/ledger/ledger-store.ts';
import type { Command } from './command.ts';
import { withDeps } from './with-deps.ts';

export const verifyCommand: Command = {
  usage: '',
  summary: 'Checks that the ledger balances and that nobody has rewritten the audit trail.',
  options: {},
  positionals: false,
  run: () =>
    withDeps(async ({ db }) => {
      const unbalanced = await unbalancedCurrencies(db);
      const broken = await firstBrokenLink(db);
      console.log(
        unbalanced.length === 0
          ? 'The ledger balances in every currency.'
          : `The ledger does not balance in ${unbalanced.join(', ')}.`,
      );
      console.log(
        broken === null
          ? 'The audit trail is whole.'
          : `The audit trail is broken at entry ${broken}: it or the one before was changed.`,
      );
      return unbalanced.length === 0 && broken === null ? 0 : 1;
    }),
};
