import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

const count = z.int().min(1);
const ms = z.int().min(0).max(600_000);

const faultSchema = z.discriminatedUnion('kind', [
  /** Answers with this status instead of doing the work; without a body, in the vendor's own shape. */
  z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(400).max(599),
    retryAfterSeconds: z.int().min(0).optional(),
    body: z.json().optional(),
  }),
  z.strictObject({ kind: z.literal('slow'), ms }),
  /** Takes the request and never answers. */
  z.strictObject({ kind: z.literal('hang') }),
  /** Destroys the socket before the request is read, or after it was fully applied. */
  z.strictObject({ kind: z.literal('cut'), when: z.enum(['before', 'after']) }),
  /** Another transaction holds the row: every nth row of a write, counted from 1. */
  z.strictObject({ kind: z.literal('lock_row'), every: count.default(1) }),
  /** The rows at these places of a write, counted from 0, are refused permanently. */
  z.strictObject({ kind: z.literal('partial'), rows: z.array(z.int().min(0)).min(1) }),
  /** Written values are visible to queries only this much later, with the stamp of the write. */
  z.strictObject({ kind: z.literal('late'), ms }),
  /** No access token given out so far works any longer. */
  z.strictObject({ kind: z.literal('expire_tokens') }),
]);
export type Fault = z.infer<typeof faultSchema>;

const ruleSchema = z.strictObject({
  vendor: z.enum(['salesforce', 'hubspot']),
  match: z
    .strictObject({
      method: z
        .string()
        .transform((text) => text.toUpperCase())
        .optional(),
      /** Part of the path and query as they are on the wire, or a regular expression. */
      path: z.string().refine(isPattern, 'not a regular expression').optional(),
      /** The first matching call the fault strikes; counted from 1. */
      nth: count.default(1),
      /** The number of calls it affects; all until the rules are cleared when it is missing. */
      times: count.optional(),
    })
    .prefault({}),
  fault: faultSchema,
});
export type FaultRule = z.infer<typeof ruleSchema>;
export type FaultRuleInput = z.input<typeof ruleSchema>;

function isPattern(text: string): boolean {
  try {
    return Boolean(new RegExp(text));
  } catch {
    return false;
  }
}

interface Entry {
  readonly rule: FaultRule;
  /** Calls that matched. */
  seen: number;
  /** Calls the fault struck. */
  struck: number;
}

/** The faults switched on, shared by all vendors. They live in memory: a restarted sandbox is well again. */
export class Faults {
  #entries: Entry[] = [];

  /** @throws ZodError */
  add(input: FaultRuleInput): void {
    this.#entries.push({ rule: ruleSchema.parse(input), seen: 0, struck: 0 });
  }

  list(): readonly (FaultRule & { readonly seen: number; readonly struck: number })[] {
    return this.#entries.map(({ rule, seen, struck }) => ({ ...rule, seen, struck }));
  }

  clear(): void {
    this.#entries = [];
  }

  /** The faults that strike this call, which counts for every rule it matches. */
  strike(vendor: string, method: string, url: string): readonly Fault[] {
    return this.#entries.flatMap((entry) => {
      const { match, fault, vendor: of } = entry.rule;
      const pathMatches =
        match.path === undefined || url.includes(match.path) || new RegExp(match.path).test(url);
      if (of !== vendor || (match.method ?? method) !== method || !pathMatches) return [];
      entry.seen += 1;
      if (entry.seen < match.nth || entry.struck >= (match.times ?? Infinity)) return [];
      entry.struck += 1;
      return [fault];
    });
  }
}

/**
 * `POST /faults` adds a rule or a list of rules, `GET` lists them with their counts, `DELETE` clears them.
 */
export function faultRoutes(control: FastifyInstance, faults: Faults): void {
  control.post('/faults', (request, reply) => {
    const parsed = z.array(ruleSchema).safeParse([request.body].flat());
    if (!parsed.success) {
      const problems = parsed.error.issues.map(({ path, message }) => ({
        field: path.slice(1).join('.'),
        message,
      }));
      return reply.status(400).send({ error: 'this is not a fault rule', problems });
    }
    for (const rule of parsed.data) faults.add(rule);
    return reply.send({ rules: faults.list() });
  });
  control.get('/faults', (_request, reply) => reply.send({ rules: faults.list() }));
  control.delete('/faults', (_request, reply) => {
    faults.clear();
    return reply.send({ rules: [] });
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The faults that strike this call. */
    faults: readonly Fault[] | null;
  }
}

const ofRows: ReadonlySet<Fault['kind']> = new Set(['lock_row', 'partial', 'late']);

export interface FaultyVendor {
  readonly faults: Faults;
  readonly vendor: FaultRule['vendor'];
  /** The vendor's body for a status that the request did not cause. */
  readonly errorBody: (status: number) => unknown;
  readonly expireTokens: () => void;
  /** The call that this one is only a part of, whose faults it shares. */
  readonly outerOf?: (request: FastifyRequest) => FastifyRequest | null;
}

/**
 * Lets faults strike every call to a vendor, except its own control routes under `/sandbox/`. Install it on
 * the root, before routes and other hooks: a call struck before its work is not even signed in. `lock_row`,
 * `partial` and `late` are for the vendor to ask about, with `rowFault` and `lateMs`.
 */
export function installFaults(app: FastifyInstance, vendor: FaultyVendor): void {
  const hanging = new Set<Socket>();
  app.decorateRequest('faults', null);
  app.addHook('onRequest', async (request, reply) => {
    const outer = vendor.outerOf?.(request);
    if (outer) {
      request.faults = outer.faults?.filter((fault) => ofRows.has(fault.kind)) ?? null;
      return undefined;
    }
    if (request.url.startsWith('/sandbox/')) return undefined;
    request.faults = vendor.faults.strike(vendor.vendor, request.method, request.url);
    for (const fault of request.faults) {
      await strikeFirst(vendor, fault, request, reply, hanging);
      if (reply.sent) return reply;
    }
    return undefined;
  });
  app.addHook('onSend', async (request) => {
    if (request.faults?.some((fault) => fault.kind === 'cut' && fault.when === 'after'))
      request.raw.socket.destroy();
  });
  // A server waits for its open sockets before it closes; those that hang would keep it forever.
  app.addHook('preClose', async () => hanging.forEach((socket) => socket.destroy()));
}

async function strikeFirst(
  { errorBody, expireTokens }: FaultyVendor,
  fault: Fault,
  request: FastifyRequest,
  reply: FastifyReply,
  hanging: Set<Socket>,
): Promise<void> {
  const { socket } = request.raw;
  switch (fault.kind) {
    case 'status':
      if (fault.retryAfterSeconds !== undefined)
        void reply.header('Retry-After', String(fault.retryAfterSeconds));
      await reply.status(fault.status).send(fault.body ?? errorBody(fault.status));
      return;
    case 'slow':
      await wait(fault.ms);
      return;
    case 'hang':
      hanging.add(socket);
      socket.once('close', () => hanging.delete(socket));
      reply.hijack();
      return;
    case 'cut':
      if (fault.when === 'after') return;
      reply.hijack();
      socket.destroy();
      return;
    case 'expire_tokens':
      expireTokens();
      return;
    case 'lock_row':
    case 'partial':
    case 'late':
      return;
  }
}

/** A call, or a job that a call began. */
export interface Struck {
  readonly faults: readonly Fault[] | null;
}

/** The fault for one row of a write, `row` counted from 0. */
export function rowFault(struck: Struck, row: number): 'lock_row' | 'partial' | null {
  for (const fault of struck.faults ?? []) {
    if (fault.kind === 'lock_row' && (row + 1) % fault.every === 0) return 'lock_row';
    if (fault.kind === 'partial' && fault.rows.includes(row)) return 'partial';
  }
  return null;
}

/** The delay until written values are visible to queries. */
export function lateMs({ faults }: Struck): number {
  return Math.max(0, ...(faults ?? []).map((fault) => (fault.kind === 'late' ? fault.ms : 0)));
}
