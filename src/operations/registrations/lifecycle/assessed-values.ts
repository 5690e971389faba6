import type { Db } from '#src/db/client.ts';
import { dealsById } from '#src/db/registrations/lifecycle/lifecycle-store.ts';
import type { CommandValues } from '#src/domain/registrations/lifecycle/command.ts';
import { rulesVerdictOf, sameDealIn } from '#src/domain/registrations/lifecycle/rules-verdict.ts';
import type { EvaluatedRegistration } from '#src/operations/registrations/evaluation.ts';

type AssessedValues = Pick<CommandValues, 'rules' | 'rulesCode' | 'rulesText' | 'deal'>;

/** What the rules say, as values of the command. A deal that the partner has registered already is the same deal. */
export async function assessedValues(
  tx: Db,
  assessed: EvaluatedRegistration | null,
): Promise<AssessedValues> {
  if (assessed === null) return {};
  return (await valuesInOrder(tx, [assessed])).get(assessed) ?? {};
}

/** The same for submissions that follow each other: the earlier one may be one of them. */
export async function valuesInOrder(
  tx: Db,
  assessed: readonly EvaluatedRegistration[],
): Promise<ReadonlyMap<EvaluatedRegistration, AssessedValues>> {
  const same = new Map(assessed.map((one) => [one, sameDealIn(one.decision)]));
  const deals = new Map(
    await dealsById(
      tx,
      [...same.values()].flatMap((id) => id ?? []),
    ),
  );
  return new Map(
    assessed.map((one) => {
      const { id } = one.registration;
      const deal = deals.get(same.get(one) ?? '') ?? id;
      deals.set(id, deal);
      return [one, { ...rulesVerdictOf(one.decision), deal }];
    }),
  );
}
