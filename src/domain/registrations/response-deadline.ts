const dayMs = 86_400_000;

/** What partners are promised: an answer within two business days. */
export const promisedBusinessDays = 2;

/**
 * When a registration submitted then should have its answer: the same time of day two business days later
 * (UTC). One that arrives on a weekend counts from Monday 00:00.
 */
export function answerDueAt(submittedAt: Date): Date {
  let due = isWeekend(submittedAt) ? nextMonday(submittedAt) : submittedAt;
  for (let added = 0; added < promisedBusinessDays; added += 1) {
    due = new Date(due.getTime() + dayMs);
    if (isWeekend(due)) due = new Date(due.getTime() + 2 * dayMs);
  }
  return due;
}

/**
 * Registrations submitted before this are past the promise: exactly those whose `answerDueAt` lies before
 * `now`.
 */
export function promiseCutoff(now: Date): Date {
  let cutoff = isWeekend(now) ? new Date(nextMonday(now).getTime()) : now;
  for (let taken = 0; taken < promisedBusinessDays; taken += 1) {
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
