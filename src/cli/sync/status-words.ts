import { utcMinute } from '#src/domain/utc-minute.ts';
import type { ConnectionState } from './connection-state.ts';

const number = new Intl.NumberFormat('en');

/** A table, a line a connection, and under it what needs words. */
export function statusText(states: readonly ConnectionState[]): string {
  const head = [
    'CONNECTION',
    'STATE',
    'READ',
    'TO FETCH',
    'TO PLACE',
    'TO WRITE',
    'REFUSED',
    'TO DECIDE',
    'CALLS TODAY',
  ];
  const rows = states.map((one) => [
    one.name,
    one.state,
    one.reading.length > 0 ? 'reading' : one.readAt === null ? 'not yet' : utcMinute(one.readAt),
    ...[
      one.backlog.hints,
      one.backlog.unmapped,
      one.backlog.writes,
      one.backlog.refused,
      one.backlog.conflicts,
    ].map(({ count }) => number.format(count)),
    callsText(one),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(line), ...states.flatMap(notes)].join('\n');
}

function callsText({ budget }: ConnectionState): string {
  const day = budget.find((one) => one.window === 'day');
  if (!day) return '-';
  return day.dailyLimit === null
    ? `${number.format(day.used)} of ${number.format(day.allowed)}`
    : `${number.format(day.usedByFairway)} of ${number.format(day.dailyLimit)} allotted`;
}

function notes(one: ConnectionState): string[] {
  const lines = [
    ...(one.pausedUntil
      ? [`paused until ${one.pausedUntil.toISOString()}. ${one.pauseReason ?? ''}`.trim()]
      : []),
    ...(one.failure && one.needsSomebody && one.state !== 'disabled'
      ? [`${one.failure.code}: ${one.failure.message}`, one.failure.fix]
      : []),
    ...one.massDeletions,
    ...one.reading.map(({ object, done, total, remainingMs }) => {
      const far = total === null ? number.format(done) : `${number.format(done)} of ${number.format(total)}`;
      return `reading ${object}: ${far}${remainingMs === null ? '' : `, about ${spanText(remainingMs)} to go`}`;
    }),
    ...(one.listening?.error ? [`does not hear of changes as they happen: ${one.listening.error}`] : []),
    ...one.refused.flatMap(({ count, object, code, message, fix }) => [
      `refused ${number.format(count)} ${count === 1 ? 'write' : 'writes'} to ${object}: ${message} (${code})`,
      `  ${fix} Then: npm run fairway -- sync replay --connection "${one.name}" --code ${code}`,
    ]),
  ];
  return lines.length === 0 ? [] : ['', one.name, ...lines.map((text) => `  ${text}`)];
}

function spanText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return 'a minute';
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
