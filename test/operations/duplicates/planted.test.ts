import { afterAll, beforeAll, expect, it } from 'vitest';
import { groupsAfter } from '#src/db/duplicates/duplicate-store.ts';
import { findDuplicates } from '#src/operations/duplicates/find-duplicates.ts';
import { openReport } from '#src/operations/duplicates/start-duplicates.ts';
import { startDeps, type TestDeps } from '#test/support/deps.ts';
import {
  duplicateKinds,
  lookalikeKinds,
  movedWebsite,
  plantedAccounts,
  saveCrm,
  type PlantedAccount,
} from '#test/support/planted-duplicates.ts';

const accounts = [...plantedAccounts(4_000, 23)];
let test: TestDeps;
/** Groups, as what each account really is. */
let groups: readonly (readonly PlantedAccount[])[] = [];
beforeAll(async () => {
  test = await startDeps({ now: '2026-11-18T10:00:00Z' });
  const { deps } = test;
  const { connectionId, ids } = await saveCrm(deps, 'Salesforce', accounts);
  const reportId = await openReport(deps, { connectionId, related: false, personId: null });
  await findDuplicates(deps, { reportId }, async () => {});
  const places = new Map(ids.map((id, place) => [id, place]));
  const found = await groupsAfter(deps.db, reportId, 0, accounts.length);
  groups = found.map(({ accountIds }) => accountIds.flatMap((id) => accounts[places.get(id) ?? -1] ?? []));
}, 120_000);
afterAll(() => test[Symbol.asyncDispose]());

type Pair = readonly [PlantedAccount, PlantedAccount];
const pairsIn = (members: readonly PlantedAccount[]): readonly Pair[] =>
  members.flatMap((one, at) => members.slice(at + 1).map((other) => [one, other] as const));
const areOne = ([one, other]: Pair): boolean => one.customer === other.customer;
const isOf = ([one, other]: Pair, kind: string): boolean => one.kind === kind || other.kind === kind;

it('of a hundred pairs that are suggested, at least ninety-nine are one customer', () => {
  const pairs = groups.flatMap(pairsIn);
  expect(pairs.filter(areOne).length / pairs.length).toBeGreaterThanOrEqual(0.99);
});

it('no namesake in another country, no branch and no fund of another number is suggested', () => {
  const wrong = groups.flatMap(pairsIn).filter((pair) => !areOne(pair));
  const kinds = lookalikeKinds.filter((kind) => kind !== 'neighbour in the building');
  expect(wrong.filter((pair) => kinds.some((kind) => isOf(pair, kind)))).toEqual([]);
});

it.each(duplicateKinds.filter((kind) => kind !== movedWebsite))(
  'of copies with “%s”, at least ninety-five in a hundred are found',
  (kind) => {
    const truth = [...Map.groupBy(accounts, ({ customer }) => customer).values()].flatMap(pairsIn);
    const groupOf = new Map(groups.flatMap((group, at) => group.map((account) => [account, at])));
    const ofKind = truth.filter((pair) => isOf(pair, kind) && isOf(pair, 'company'));
    const found = ofKind.filter(
      ([one, other]) => groupOf.has(one) && groupOf.get(one) === groupOf.get(other),
    );
    expect(ofKind.length).toBeGreaterThan(50);
    expect(found.length / ofKind.length).toBeGreaterThanOrEqual(0.95);
  },
);
