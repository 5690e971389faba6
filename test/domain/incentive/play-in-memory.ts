import type { PlayHistory } from '#src/cli/cases/incentive-history-case.ts';
import { applyEvent } from '#src/domain/ledger/books/apply-event.ts';
import { emptyBooks } from '#src/domain/ledger/books/books.ts';

/** Plays a history on books in memory, for tests of the pure engine with thousands of histories. */
export const playInMemory: PlayHistory = async (_name, program, events) => {
  const books = emptyBooks(program);
  const outcomes = events.map((event) => applyEvent(books, event));
  return {
    refused: outcomes.flatMap(({ refused }, place) => (refused === null ? [] : [place])),
    reports: outcomes.flatMap(({ report }) => (report === null ? [] : [report])),
    payouts: [...books.payouts.values()],
  };
};
