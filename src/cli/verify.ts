import { ownsTables } from '#src/db/application-role.ts';
import { firstBrokenLink } from '#src/db/people/audit-store.ts';
import { unbalancedCurrencies } from '#src/db/ledger/ledger-store.ts';
import { checkSeals } from '#src/db/ledger/ledger-seal.ts';
import { checkAnchors } from '#src/operations/people/anchor-audit.ts';
import { exitCodes, jsonOption, printResult, textOption, UsageError, type Command } from './command.ts';
import { sealSentences } from './ledger/seal-sentences.ts';
import { withDeps } from './with-deps.ts';

export const verifyCommand: Command = {
  options: [
    [
      '--unkeyed <count>',
      'the number of audit entries that a version before keyed hashes made; 0 by default',
    ],
    jsonOption,
  ],
  examples: ['verify', 'verify --json'],
  run: (values) =>
    withDeps(async (deps) => {
      const unkeyed = Number(textOption(values['unkeyed']) ?? 0);
      if (!Number.isInteger(unkeyed) || unkeyed < 0)
        throw new UsageError('--unkeyed: use a whole number, such as 12.');
      const unbalanced = await unbalancedCurrencies(deps.db);
      const broken = await firstBrokenLink(deps.db, unkeyed);
      const { anchors, lost } = await checkAnchors(deps);
      const seals = await checkSeals(deps.db);
      const { lost: lostSeal } = await checkAnchors(deps, 'ledger');
      const ownerRole = await ownsTables(deps.db);
      const result = {
        unbalancedCurrencies: unbalanced,
        brokenLedgerSeal: seals.broken === null ? null : String(seals.broken),
        lostLedgerSeal: lostSeal?.entry ?? null,
        brokenAuditEntry: broken === null ? null : String(broken),
        lostAuditEntry: lost?.entry ?? null,
        auditAnchors: anchors,
        applicationOwnsTables: ownerRole,
      };
      printResult(values, result, [
        unbalanced.length === 0
          ? 'The ledger balances in every currency.'
          : `The ledger does not balance in ${unbalanced.join(', ')}.`,
        ...sealSentences(seals, lostSeal),
        broken === null
          ? 'The audit trail is unchanged.'
          : `The audit trail is broken at entry ${broken}: this entry or the one before it was changed.`,
        lost === null
          ? `The audit trail holds every entry that was written down outside the database (${anchors}).`
          : `The audit trail has lost entry ${lost.entry} of ${lost.at}: it was written down outside the database and is gone or changed.`,
        ...(ownerRole
          ? [
              'Warning: the application connects as the owner of its tables. Set DATABASE_OWNER_URL; see docs/security.md.',
            ]
          : []),
      ]);
      const isIntact = [broken, lost, seals.broken, lostSeal].every((one) => one === null);
      return isIntact && unbalanced.length === 0 ? exitCodes.ok : exitCodes.failed;
    }),
};
