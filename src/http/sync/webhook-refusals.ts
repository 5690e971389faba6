import type { FastifyRequest } from 'fastify';
import type { Deps } from '#src/deps.ts';
import { AppError } from '#src/domain/errors.ts';

const windowMs = 60_000;
const allowedPerWindow = 60;
/** An address that delivered something good is not shut out for this long. */
const trustedMs = 60 * 60_000;
const rememberedAddresses = 10_000;

interface Caller {
  since: number;
  refused: number;
  trustedUntil: number;
}

export const tooManyRefused = (): AppError =>
  new AppError(
    'too_many_requests',
    'Too many refused requests from your address. Wait a minute and try again.',
  );

/** What a route does with an address that keeps sending what is refused. */
export interface Refusals {
  readonly isOver: (request: FastifyRequest) => boolean;
  readonly count: (request: FastifyRequest) => void;
  readonly clear: (request: FastifyRequest) => void;
}

/**
 * Lets an address be refused sixty times a minute; after that only what is signed is looked at. One that has
 * delivered something good is the vendor's, or our own proxy's, through which the vendor knocks, too:
 * shutting that out would lose what it has to say, so there the limit is the proxy's to keep. Counted in this
 * process: it keeps a flood from the log and the processor, and need not be exact.
 */
export function limitRefusals(deps: Pick<Deps, 'clock'>): Refusals {
  const callers = new Map<string, Caller>();
  const callerOf = ({ ip }: FastifyRequest): Caller => {
    const now = deps.clock().getTime();
    const seen = callers.get(ip);
    if (seen && now - seen.since < windowMs) return seen;
    const caller = { since: now, refused: 0, trustedUntil: seen?.trustedUntil ?? 0 };
    // Entered anew, so that the first is always who has been quiet for longest: many addresses push out each
    // other, and not the vendor's.
    callers.delete(ip);
    const [oldest] = callers.keys();
    if (callers.size >= rememberedAddresses && oldest !== undefined) callers.delete(oldest);
    callers.set(ip, caller);
    return caller;
  };
  return {
    isOver(request) {
      const { refused, trustedUntil } = callerOf(request);
      return refused >= allowedPerWindow && trustedUntil <= deps.clock().getTime();
    },
    count: (request) => void (callerOf(request).refused += 1),
    clear: (request) => void (callerOf(request).trustedUntil = deps.clock().getTime() + trustedMs),
  };
}
