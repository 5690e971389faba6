import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Deps } from '#src/deps.ts';
import type { MetricRow } from '#src/domain/analytics/process-metrics.ts';
import { answers } from '#src/http/schema.ts';
import { measureProcess, processMetricRows } from '#src/operations/analytics/process-metrics.ts';
import { metricSearch, processAnswer, rowsAnswer, rowSearch } from './schema.ts';

const read = { config: { access: 'read' } } as const;
const pageSize = 200;

/** The process metrics and the rows behind their numbers. */
export const analyticsRoutes =
  (deps: Deps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/metrics/process',
      { ...read, schema: { querystring: metricSearch, response: answers(processAnswer) } },
      async ({ query: { from, to, partner } }) => {
        const { metrics, ...measured } = await measureProcess(deps, { from, to, partnerId: partner ?? null });
        const copies = metrics.map((one) => ({
          ...one,
          series: one.series.map((each) => ({ ...each, leftOut: { ...each.leftOut } })),
        }));
        return { from, to, ...measured, metrics: copies };
      },
    );

    app.get(
      '/metrics/process/rows',
      { ...read, schema: { querystring: rowSearch, response: answers(rowsAnswer) } },
      async ({ query: { metric, from, to, partner, series, offset } }) => {
        const rows = await processMetricRows(deps, { metric, from, to, partnerId: partner ?? null });
        const wanted = rows.filter((row) => series === undefined || row.series.includes(series));
        return { total: wanted.length, rows: wanted.slice(offset, offset + pageSize).map(rowAnswer) };
      },
    );
  };

function rowAnswer({ fact, series, at, ...row }: MetricRow) {
  const { registrationId, number, partnerId, partnerName, clock, source, wallSeconds, outcome, decidedBy } =
    fact;
  return {
    registrationId,
    number,
    partnerId,
    partnerName,
    clock,
    source,
    series: [...series],
    at: dateOf(at),
    ...row,
    wallSeconds,
    startedAt: dateOf(fact.startedAt),
    decidedAt: dateOrNull(fact.decidedAt),
    dueAt: dateOrNull(fact.dueAt),
    outcome,
    decidedBy,
    reversedAt: dateOrNull(fact.reversedAt),
  };
}

const dateOf = (seconds: number): Date => new Date(seconds * 1000);
const dateOrNull = (seconds: number | null): Date | null => (seconds === null ? null : dateOf(seconds));
