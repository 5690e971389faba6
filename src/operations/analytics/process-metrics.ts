import {
  earlierDecisions,
  lifecycleHistories,
  programmesByVersion,
} from '#src/db/analytics/decision-store.ts';
import type { Deps } from '#src/deps.ts';
import {
  definitionHash,
  metricRows,
  metricSeries,
  processMetricNames,
  processMetrics,
  type MetricPeriod,
  type MetricRow,
  type ProcessMetric,
} from '#src/domain/analytics/process-metrics.ts';
import { earlierPromise, promisesOf, type PromiseFact } from '#src/domain/analytics/promises.ts';
import { AppError } from '#src/domain/errors.ts';
import { addDays } from '#src/domain/period.ts';
import { protectionZoneOf } from '#src/domain/program/document/lifecycle-programme.ts';
import { startOfDay } from '#src/domain/registrations/lifecycle/dates.ts';
import { currentProgram } from '#src/operations/program/current-program.ts';

export interface MetricQuestion {
  /** `YYYY-MM-DD`, both included. */
  readonly from: string;
  readonly to: string;
  readonly partnerId: string | null;
}

/** All process metrics of a period, each with its definition. */
export async function measureProcess(deps: Deps, question: MetricQuestion) {
  const { facts, period, zone } = await loadFacts(deps, question);
  return {
    zone,
    asOf: new Date(period.asOf * 1000),
    isOver: period.to <= period.asOf,
    metrics: processMetricNames.map((metric) => ({
      metric,
      definition: { ...processMetrics[metric], hash: definitionHash(metric) },
      series: metricSeries(metric, metricRows(metric, facts, period)),
    })),
  };
}

/** The rows behind the numbers of one metric, counted and left out. */
export async function processMetricRows(
  deps: Deps,
  { metric, ...question }: MetricQuestion & { readonly metric: ProcessMetric },
): Promise<readonly MetricRow[]> {
  const { facts, period } = await loadFacts(deps, question);
  return metricRows(metric, facts, period);
}

async function loadFacts(
  deps: Deps,
  { from, to, partnerId }: MetricQuestion,
): Promise<{
  readonly facts: readonly PromiseFact[];
  readonly period: MetricPeriod;
  readonly zone: string;
}> {
  if (to < from)
    throw new AppError('bad_request', 'To: enter a day that is not before the first one.', { field: 'to' });
  const asOf = Math.floor(deps.sharedClock().getTime() / 1000);
  const zone = protectionZoneOf((await currentProgram(deps)).document);
  return deps.db.transaction(
    async (tx) => {
      const startsAt = (day: string): number => startOfDay({ protectionZone: zone }, day);
      const period = { from: startsAt(from), to: startsAt(addDays(to, 1)), asOf };
      const range = { from: new Date(period.from * 1000), to: new Date(period.to * 1000), partnerId };
      const programmes = await programmesByVersion(tx);
      const histories = await lifecycleHistories(tx, range);
      const earlier = await earlierDecisions(tx, range);
      const facts = [
        ...histories.flatMap(({ pauses, ...history }) =>
          promisesOf(
            {
              ...history,
              programmes,
              pauses: pauses.map((pause) => ({ from: pause.from, to: pause.to ?? Number.POSITIVE_INFINITY })),
            },
            asOf,
          ),
        ),
        ...earlier.map((one) => earlierPromise(one, asOf)),
      ];
      return { facts, period, zone };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}
