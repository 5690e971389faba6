import { and, asc, eq, gt, gte, lt } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { conflictCase, registration } from '#src/db/schema/channel.ts';

const columns = {
  id: registration.id,
  number: registration.number,
  decidedAt: registration.decidedAt,
  decidedBy: registration.decidedBy,
  programVersion: registration.programVersion,
  partnerId: registration.partnerId,
  customerCountry: registration.customerCountry,
  productFamily: registration.productFamily,
  dealType: registration.dealType,
  amountMinor: registration.amountMinor,
  currency: registration.currency,
  hasCase: conflictCase.registrationId,
  decision: conflictCase.decision,
  facts: conflictCase.facts,
};

const selectDecided = (db: Db) =>
  db
    .select(columns)
    .from(registration)
    .leftJoin(conflictCase, eq(conflictCase.registrationId, registration.id));

/** A decided registration, with what the rules found and compared; without a case they found nothing. */
export type DecidedRegistration = Awaited<ReturnType<typeof selectDecided>>[number];

const pageSize = 500;

/** The registrations that were decided in `[from, to)`, in pages, in the order of their ids. */
export async function* registrationsDecidedIn(
  db: Db,
  { from, to }: { readonly from: Date; readonly to: Date },
): AsyncGenerator<readonly DecidedRegistration[]> {
  for (let after: string | null = null; ;) {
    const page: DecidedRegistration[] = await selectDecided(db)
      .where(
        and(
          gte(registration.decidedAt, from),
          lt(registration.decidedAt, to),
          after === null ? undefined : gt(registration.id, after),
        ),
      )
      .orderBy(asc(registration.id))
      .limit(pageSize);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    after = last.id;
  }
}
