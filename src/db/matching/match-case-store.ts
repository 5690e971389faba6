import { asc, eq, gt } from 'drizzle-orm';
import type { Db } from '#src/db/client.ts';
import { conflictCase, registration } from '#src/db/schema/channel.ts';

const caseColumns = {
  registrationId: conflictCase.registrationId,
  number: registration.number,
  status: registration.status,
  decision: conflictCase.decision,
  facts: conflictCase.facts,
  modelVersion: conflictCase.modelVersion,
  modelHash: conflictCase.modelHash,
  normaliserVersion: conflictCase.normaliserVersion,
  openedAt: conflictCase.openedAt,
};

const selectCases = (db: Db) =>
  db
    .select(caseColumns)
    .from(conflictCase)
    .innerJoin(registration, eq(registration.id, conflictCase.registrationId));

/** A case with the values it was decided with. */
export type StoredCase = Awaited<ReturnType<typeof selectCases>>[number];

/** The case of one registration. */
export async function storedCase(db: Db, registrationId: string): Promise<StoredCase | null> {
  const [row] = await selectCases(db).where(eq(conflictCase.registrationId, registrationId));
  return row ?? null;
}

const pageSize = 200;

/** Every case, in the order of registration ids. They are read in pages. */
export async function* allCases(db: Db): AsyncGenerator<StoredCase> {
  for (let after: string | null = null; ;) {
    const page: StoredCase[] = await selectCases(db)
      .where(after === null ? undefined : gt(conflictCase.registrationId, after))
      .orderBy(asc(conflictCase.registrationId))
      .limit(pageSize);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    after = last.registrationId;
  }
}
