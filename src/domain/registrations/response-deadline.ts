const dayMs = 86_400_000;

/** Partners are promised an answer within two business days. */
export const responseBusinessDays = 2;

/**
 * The deadline for answering a registration: the same time of day (UTC) two business days after its
 * submission. A registration that is submitted on a weekend counts from Monday 00:00.
 */
export function answerDueAt(submittedAt: Date): Date {
  let due = isWeekend(submittedAt) ? nextMonday(submittedAt) : submittedAt;
  for (let added = 0; added < responseBusinessDays; added += 1) {
    due = new Date(due.getTime() + dayMs);
    if (isWeekend(due)) due = new Date(due.getTime() + 2 * dayMs);
  }
  return due;
}

/** Registrations submitted before this instant are overdue: their `answerDueAt` is before `now`. */
export function overdueCutoff(now: Date): Date {
  let cutoff = isWeekend(now) ? nextMonday(now) : now;
  for (let subtracted = 0; subtracted < responseBusinessDays; subtracted += 1) {
    cutoff = new Date(cutoff.getTime() - dayMs);
    if (isWeekend(cutoff)) cutoff = new Date(cutoff.getTime() - 2 * dayMs);
  }
  return cutoff;
}

function isWeekend(date: Date): boolean {
  return date.getUTCDay() % 6 === 0;
}

function nextMonday(date: Date): Date {
  const days = date.getUTCDay() === 6 ? 2 : 1;
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + days));
}
