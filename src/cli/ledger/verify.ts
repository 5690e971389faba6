import { exitCodes, jsonOption, printResult, type Command } from '#src/cli/command.ts';
import { withDeps } from '#src/cli/with-deps.ts';
import { allBooks } from '#src/db/ledger/book-store.ts';
import { checkSeals } from '#src/db/ledger/ledger-seal.ts';
import { unbalancedCurrencies } from '#src/db/ledger/ledger-store.ts';
import { verifyBooks, type BookCheck } from '#src/operations/incentive/books/verify-books.ts';
import { checkAnchors } from '#src/operations/people/anchor-audit.ts';
import { sealSentences } from './seal-sentences.ts';

const shownDifferences = 20;

export const verifyLedger: Command = {
  options: [jsonOption],
  examples: ['ledger verify', 'ledger verify --json'],
  details:
    'Checks that the ledger balances, that no posting and no event was changed, and that the books follow from their events: it builds them again and compares every sum, line and fixed value. Exit code 1 when something differs.',
  run: (values) =>
    withDeps(async (deps) => {
      const unbalanced = await unbalancedCurrencies(deps.db);
      const seals = await checkSeals(deps.db);
      const { lost } = await checkAnchors(deps, 'ledger');
      const books: BookCheck[] = [];
      for (const book of await allBooks(deps.db)) books.push(await verifyBooks(deps, book));
      const result = {
        unbalancedCurrencies: unbalanced,
        seals: { ...seals, broken: seals.broken === null ? null : String(seals.broken) },
        lostSeal: lost?.entry ?? null,
        books,
      };
      printResult(values, result, [
        unbalanced.length === 0
          ? 'The ledger balances in every currency.'
          : `The ledger does not balance in ${unbalanced.join(', ')}.`,
        ...sealSentences(seals, lost),
        ...books.flatMap(bookSentences),
      ]);
      const isRight =
        unbalanced.length === 0 && seals.broken === null && lost === null && books.every(isRightBook);
      return isRight ? exitCodes.ok : exitCodes.failed;
    }),
};

function isRightBook({ brokenEvent, differences }: BookCheck): boolean {
  return brokenEvent === null && differences.length === 0;
}

function bookSentences({ book, events, brokenEvent, differences }: BookCheck): readonly string[] {
  const more = differences.length - shownDifferences;
  return [
    brokenEvent === null
      ? `Books “${book}”: the ${events} events are unchanged.`
      : `Books “${book}”: event ${brokenEvent}, or the one before it, was changed.`,
    differences.length === 0
      ? `Books “${book}”: built again from the events, they are the same.`
      : `Books “${book}”: ${differences.length} differences from what the events give:`,
    ...differences.slice(0, shownDifferences).map((one) => `  ${one}`),
    ...(more > 0 ? [`  … and ${more} more (--json lists all)`] : []),
  ];
}
