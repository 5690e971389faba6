import type { FastifyInstance } from 'fastify';
import { AppError } from '#src/domain/errors.ts';

/** No body of the API is nested deeper; recursive code would fail on a very deep one. */
const deepest = 32;
/** A mapping of 1,000 lines with lookup tables has about 50,000 values. */
const mostValues = 200_000;

/** Refuses a body with very many values or very deep nesting before anything else reads it. */
export function addBodyLimits(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    // A webhook's body is the bytes that its signature covers.
    if (typeof request.body !== 'object' || request.body === null || Buffer.isBuffer(request.body)) return;
    let level: readonly unknown[] = [request.body];
    let count = 0;
    for (let depth = 1; level.length > 0; depth += 1) {
      if (depth > deepest) throw refused(`It is nested more than ${deepest} levels deep.`);
      const below: unknown[] = [];
      for (const value of level)
        for (const inner of Object.values(value as object)) {
          count += 1;
          if (typeof inner === 'object' && inner !== null) below.push(inner);
        }
      if (count > mostValues) throw refused(`It has more than ${mostValues} values.`);
      level = below;
    }
  });
}

const refused = (reason: string): AppError =>
  new AppError('bad_request', `Fairway cannot read this request. ${reason}`);
