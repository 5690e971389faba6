import type { z } from 'zod';
import { listConnections, type Connection } from '#src/db/connections/connection-store.ts';
import { latestReport, type DuplicateReport } from '#src/db/duplicates/duplicate-store.ts';
import type { AccountWithUsage } from '#src/db/duplicates/duplicate-view.ts';
import { latestJob } from '#src/db/jobs/job-store.ts';
import type { Deps } from '#src/deps.ts';
import { filledFields } from '#src/domain/duplicates/differences.ts';
import { AppError } from '#src/domain/errors.ts';
import { packFor } from '#src/operations/connections/use-connection.ts';
import { shownGroups, type ShownGroup } from '#src/operations/duplicates/list-groups.ts';
import { duplicatesKey } from '#src/operations/duplicates/start-duplicates.ts';
import { crmRecordAnswer } from '#src/http/crm-record-answer.ts';
import type { duplicates, duplicatesQuery } from './schema.ts';

type Answer = z.infer<typeof duplicates>;
type Group = Answer['groups'][number];

/** @throws AppError `not_found` for an unknown connection or one without accounts. */
export async function duplicatesAnswer(deps: Deps, query: z.infer<typeof duplicatesQuery>): Promise<Answer> {
  const crms = (await listConnections(deps.db)).filter((one) => packFor(deps, one, 'account') !== null);
  const connections = crms.map(({ id, name }) => ({ id, name }));
  const connection =
    query.connection === undefined ? crms[0] : crms.find(({ id }) => id === query.connection);
  if (!connection && query.connection !== undefined)
    throw new AppError('not_found', 'There is no such connection with accounts.', query);
  if (!connection)
    return {
      connections,
      connectionId: null,
      running: false,
      progress: null,
      error: null,
      report: null,
      groups: [],
      next: null,
    };
  const job = await latestJob(deps.db, duplicatesKey(connection.id));
  const running = job?.status === 'waiting' || job?.status === 'queued';
  const report = await latestReport(deps.db, connection.id);
  const page = report ? await pageOf(deps, connection, report, query) : { groups: [], next: null };
  return {
    connections,
    connectionId: connection.id,
    running,
    progress: running ? job.progress : null,
    error: job?.status === 'failed' && (!report || job.createdAt > report.startedAt) ? job.error : null,
    report: report && reportAnswer(report),
    ...page,
  };
}

/** Fills the page with groups that still exist; groups that were merged or dismissed since the search are skipped. */
async function pageOf(
  { db }: Deps,
  connection: Connection,
  report: DuplicateReport,
  { after, limit }: z.infer<typeof duplicatesQuery>,
) {
  const groups: Group[] = [];
  for await (const group of shownGroups(db, report, after)) {
    if (groups.length === limit) return { groups, next: groups.at(-1)?.number ?? null };
    groups.push(groupAnswer(connection, group));
  }
  return { groups, next: null };
}

function reportAnswer(report: DuplicateReport): NonNullable<Answer['report']> {
  return {
    id: report.id,
    accounts: report.accounts,
    comparedPairs: report.compared,
    groups: report.groups,
    redundantAccounts: report.surplus,
    includeRelated: report.related,
    finishedAt: report.finishedAt,
  };
}

function groupAnswer(
  connection: Connection,
  { number, survivor, reason, others, partialMatches }: ShownGroup,
): Group {
  return {
    number,
    survivor: accountAnswer(connection, survivor),
    survivorReason: reason,
    others: others.map(({ account, score, reasons, differences, matchedThrough }) => ({
      ...accountAnswer(connection, account),
      score,
      reasonsFor: [...reasons.for],
      reasonsAgainst: [...reasons.against],
      differences: [...differences],
      matchedThrough: matchedThrough?.name ?? null,
    })),
    partialMatches: partialMatches.map((one) => accountAnswer(connection, one)),
  };
}

function accountAnswer(connection: Connection, account: AccountWithUsage): Group['survivor'] {
  const { id, name, object, extId, isPartner, openOpportunities, registrations, values } = account;
  const { name: connectionName, kind: connectionKind, settings } = connection;
  const crm = crmRecordAnswer({ connectionName, connectionKind, settings, object, extId });
  return { id, name, crm, isPartner, openOpportunities, registrations, filledFields: filledFields(values) };
}
