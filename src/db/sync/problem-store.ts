import type { RemoteFailure } from '#connectors/contract/failures.ts';
import { and, eq, lt, ne, notInArray, sql, type SQL } from 'drizzle-orm';
import { bulkInsert } from '#src/db/bulk.ts';
import type { Db } from '#src/db/client.ts';
import { isIn } from '#src/db/is-in.ts';
import { longestId } from '#src/domain/record-limits.ts';
import { connection } from '#src/db/schema/connection.ts';
import { problem } from '#src/db/schema/work.ts';

export type Problem = typeof problem.$inferSelect;
export type ProblemSource = Problem['source'];

/** The step in which a problem occurred, and the object. */
export interface ProblemPlace {
  readonly source: ProblemSource;
  readonly connectionId: string;
  readonly object: string;
}

export interface NewProblem {
  readonly id: string;
  readonly ref: string;
  readonly failure: Pick<RemoteFailure, 'class' | 'code' | 'message' | 'fix'>;
}

/** Saves problems. The same problem is stored once, with a count, and is open until it is resolved. */
export async function reportProblems(
  db: Db,
  where: ProblemPlace,
  problems: readonly NewProblem[],
  at: Date,
): Promise<void> {
  const once = new Map<string, NewProblem>();
  for (const one of problems) {
    const ref = shortRef(one.ref);
    const key = `${ref}|${one.failure.code}`;
    const other = once.get(key);
    once.set(key, { ...(other ? joined(other, one) : one), ref });
  }
  await bulkInsert(
    db,
    problem,
    [...once.values()].map(({ id, ref, failure }) => ({
      id,
      ...where,
      ref,
      code: failure.code,
      class: failure.class,
      message: failure.message,
      fix: failure.fix,
      firstSeenAt: at,
      lastSeenAt: at,
      status: 'open' as const,
      occurrences: 1,
    })),
    sql`on conflict (source, connection_id, object, ref, code) do update
        set message = excluded.message, fix = excluded.fix, class = excluded.class, status = 'open', resolved_at = null,
            last_seen_at = excluded.last_seen_at, occurrences = problem.occurrences + 1`,
  );
}

/** An id is part of an index; a vendor's id that is longer is shown by its beginning. */
const shortRef = (ref: string): string => (ref.length <= longestId ? ref : `${ref.slice(0, longestId - 1)}…`);

const longestText = 2_000;

/** A record may have the same problem in several fields. One problem names them all. */
function joined(one: NewProblem, other: NewProblem): NewProblem {
  const both = (a: string, b: string): string =>
    a.includes(b) || a.length + b.length > longestText ? a : `${a} ${b}`;
  const { failure } = one;
  return {
    ...one,
    failure: {
      ...failure,
      message: both(failure.message, other.failure.message),
      fix: both(failure.fix, other.failure.fix),
    },
  };
}

/** The records among these that have this problem already. */
export async function refsWithProblem(
  db: Db,
  { source, connectionId, object }: ProblemPlace,
  code: string,
  refs: readonly string[],
): Promise<ReadonlySet<string>> {
  const here = and(
    eq(problem.source, source),
    eq(problem.connectionId, connectionId),
    eq(problem.object, object),
  );
  const rows = await db
    .select({ ref: problem.ref })
    .from(problem)
    .where(and(eq(problem.status, 'open'), here, eq(problem.code, code), isIn(problem.ref, refs)));
  return new Set(rows.map((row) => row.ref));
}

/** The codes of the open problems of one record. */
export async function openProblemCodes(
  db: Db,
  { source, connectionId, object }: ProblemPlace,
  ref: string,
): Promise<string[]> {
  const rows = await db
    .select({ code: problem.code })
    .from(problem)
    .where(
      and(
        eq(problem.status, 'open'),
        eq(problem.source, source),
        eq(problem.connectionId, connectionId),
        eq(problem.object, object),
        eq(problem.ref, ref),
      ),
    );
  return rows.map((row) => row.code);
}

/** Resolves all problems of records that were processed successfully. */
export async function resolveProblems(
  db: Db,
  where: ProblemPlace,
  refs: readonly string[],
  at: Date,
): Promise<void> {
  if (refs.length > 0) await resolve(db, where, isIn(problem.ref, refs), at);
}

/** Resolves all problems that a complete pass did not report again. */
export function resolveUnseen(db: Db, where: ProblemPlace, seenBefore: Date, at: Date): Promise<void> {
  return resolve(db, where, lt(problem.lastSeenAt, seenBefore), at);
}

async function resolve(
  db: Db,
  { source, connectionId, object }: ProblemPlace,
  which: SQL,
  at: Date,
): Promise<void> {
  const here = and(
    eq(problem.source, source),
    eq(problem.connectionId, connectionId),
    eq(problem.object, object),
  );
  await db
    .update(problem)
    .set({ status: 'resolved', resolvedAt: at })
    .where(and(eq(problem.status, 'open'), here, which));
}

export async function countOpenProblems(db: Db): Promise<number> {
  return db.$count(problem, eq(problem.status, 'open'));
}

/** The code of a problem that asks a person about missing records. The connection itself works. */
export const massDeletionCode = 'mass_deletion';

/** The classes of the open problems of a connection itself, as opposed to those of its records. */
export async function connectionProblemClasses(db: Db, connectionId: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ class: problem.class })
    .from(problem)
    .where(
      and(
        eq(problem.status, 'open'),
        eq(problem.source, 'connection'),
        eq(problem.connectionId, connectionId),
        ne(problem.code, massDeletionCode),
      ),
    );
  return rows.map((row) => row.class);
}

/** The names of connections that have an open problem, except problems with these objects. */
export async function connectionsNotRead(db: Db, except: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectDistinct({ name: connection.name })
    .from(problem)
    .innerJoin(connection, eq(connection.id, problem.connectionId))
    .where(
      and(
        eq(problem.status, 'open'),
        eq(problem.source, 'connection'),
        notInArray(problem.object, [...except]),
      ),
    );
  return rows.map((row) => row.name);
}
