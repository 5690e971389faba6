import type { FastifyInstance, FastifyRequest } from 'fastify';
import { lateMs, rowFault } from '#sandbox/faults.ts';
import type { Struck } from '#sandbox/faults.ts';
import { userOf } from '#sandbox/salesforce/auth/access-tokens.ts';
import { ApiError, rowError, toErrorBody } from './api-error.ts';
import type { InnerCalls } from './inner-calls.ts';
import type { Org } from '#sandbox/salesforce/records/org.ts';
import type { ObjectDef, Schema } from '#sandbox/salesforce/records/schema.ts';
import { settingsOf } from '#sandbox/salesforce/settings.ts';
import { Writer } from '#sandbox/salesforce/records/writer.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The context of a Salesforce API call: its purpose, its user, and how to roll back what it saved. */
    salesforce: {
      summary: string;
      readonly userId: string;
      readonly undo: (() => void)[];
      readonly inner: boolean;
    } | null;
  }
}

const dayMs = 86_400_000;

/** The data API of one org: every route under it is signed in, counted and written to the journal. */
export class Api {
  readonly org: Org;
  readonly inner: InnerCalls;
  /** When each of the last day's calls was made, oldest first. */
  readonly #calls: number[];

  constructor(org: Org, inner: InnerCalls) {
    this.org = org;
    this.inner = inner;
    this.#calls = org.store.calls('salesforce').map((call) => Date.parse(call.at));
  }

  /**
   * A call that was refused for its session or for the daily limit is not billed, so it is not counted
   * either.
   */
  guard(app: FastifyInstance): void {
    app.decorateRequest('salesforce', null);
    app.addHook('onRequest', async (request) => {
      const { version = '' } = request.params as { version?: string };
      request.salesforce = this.#admit(request);
      const number = /^v(\d\d)\.0$/.exec(version)?.[1];
      if (!number || Number(number) < 41 || Number(number) > 68)
        throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
    });
    app.addHook('onSend', async (request, reply) => {
      if (!request.salesforce || request.salesforce.inner) return;
      const { summary } = request.salesforce;
      const at = this.org.now().toISOString();
      this.#calls.push(Date.parse(at));
      void reply.header('Sforce-Limit-Info', `api-usage=${this.#used()}/${settingsOf(this.org).dailyCalls}`);
      this.org.store.recordCall({
        vendor: 'salesforce',
        at,
        method: request.method,
        path: request.url.slice(0, 500),
        status: reply.statusCode,
        summary,
      });
    });
  }

  /**
   * @throws ApiError when the session is over or the day's calls are used up; a part of another call has been
   * let in with it
   */
  #admit(request: FastifyRequest): NonNullable<FastifyRequest['salesforce']> {
    const outer = this.inner.outerOf(request)?.salesforce;
    if (outer) return { ...outer, summary: '', inner: true };
    const userId = userOf(this.org, request);
    if (!this.org.profile.api)
      throw new ApiError(403, 'API_DISABLED_FOR_ORG', 'The REST API is not enabled for this Organization.');
    if (this.#used() >= settingsOf(this.org).dailyCalls)
      throw new ApiError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
    return { summary: '', userId, undo: [], inner: false };
  }

  limits(): object {
    const { dailyCalls } = settingsOf(this.org);
    return { DailyApiRequests: { Max: dailyCalls, Remaining: Math.max(0, dailyCalls - this.#used()) } };
  }

  /** The calls of the last 24 hours. */
  #used(): number {
    const since = this.org.now().getTime() - dayMs;
    const old = this.#calls.findIndex((at) => at > since);
    this.#calls.splice(0, old < 0 ? this.#calls.length : old);
    return this.#calls.length;
  }

  schema(request: FastifyRequest): Schema {
    return this.org.schemaFor(this.userId(request));
  }

  writer(request: FastifyRequest): Writer {
    const undo = request.salesforce?.undo ?? [];
    const origin = `com/salesforce/api/rest/${this.version(request)}${this.clientOf(request)}`;
    const options = {
      allowDuplicates: this.allowsDuplicates(request),
      lateMs: lateMs(request),
      origin,
      undo,
    };
    return new Writer(this.org, this.schema(request), { userId: this.userId(request) }, options);
  }

  /** True when the call saves records in spite of a duplicate alert. */
  allowsDuplicates(request: FastifyRequest): boolean {
    return /\ballowSave=true\b/i.test(String(request.headers['sforce-duplicate-rule-header'] ?? ''));
  }

  /** The name of the calling client in change events: `;client=fairway`. */
  clientOf(request: FastifyRequest): string {
    const client = /\bclient=([^,\s]+)/.exec(String(request.headers['sforce-call-options'] ?? ''))?.[1];
    return client === undefined ? '' : `;client=${client}`;
  }

  /** The version a call is made to: `67.0`. */
  version(request: FastifyRequest): string {
    return (request.params as { version: string }).version.slice(1);
  }

  /** Lets faults strike one row of what a call or a job writes, counted from 0. @throws ApiError */
  strikeRow(struck: Struck, row: number): void {
    const fault = rowFault(struck, row);
    if (fault === 'lock_row')
      throw rowError('UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record');
    if (fault === 'partial') throw rowError('FIELD_INTEGRITY_EXCEPTION', 'this row was refused');
  }

  userId(request: FastifyRequest): string {
    if (!request.salesforce) throw new ApiError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    return request.salesforce.userId;
  }

  /** Notes for the journal what this call is for. */
  note(request: FastifyRequest, summary: string): void {
    if (request.salesforce) request.salesforce.summary = summary;
  }

  /** @throws ApiError 404 NOT_FOUND */
  object(request: FastifyRequest, name: string): ObjectDef {
    const object = this.schema(request).object(name);
    if (!object) throw new ApiError(404, 'NOT_FOUND', 'The requested resource does not exist');
    return object;
  }
}

/** Answers every error in the vendor's format. */
export function errorAnswers(app: FastifyInstance): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof ApiError) return reply.status(error.status).send(toErrorBody(error));
    const status = error.statusCode ?? 500;
    return reply
      .status(status)
      .send([
        { message: error.message, errorCode: status < 500 ? 'JSON_PARSER_ERROR' : 'UNKNOWN_EXCEPTION' },
      ]);
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.status(404).send([{ message: 'The requested resource does not exist', errorCode: 'NOT_FOUND' }]),
  );
}
