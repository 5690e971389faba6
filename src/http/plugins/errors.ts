import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode, errorCodes } from '#src/domain/errors.ts';
import type { ContentChange } from '#src/domain/shown-content.ts';

interface ErrorBody {
  readonly error: {
    readonly code: ErrorCode;
    /** For the person who sent the request: what is wrong and what to do. */
    readonly message: string;
    /** The fields at fault, each with what to enter instead. */
    readonly fields?: Readonly<Record<string, string>>;
    /** The changes since the person saw it. */
    readonly changes?: readonly ContentChange[];
    readonly detail?: RefusedMove;
  };
}

/** Why a move of a registration was refused, and what is possible instead. */
interface RefusedMove {
  readonly reason: string;
  readonly [more: string]: unknown;
}

/** Called for each refused request. It must not throw. */
export type RefusalRecorder = (request: FastifyRequest, code: ErrorCode) => Promise<void>;

/** The only place where errors become answers. An unexpected error is logged in full and answered in general. */
export function addErrorAnswers(app: FastifyInstance, onRefused: RefusalRecorder = async () => {}): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const { status, body } = answerTo(error);
    const detail = error instanceof AppError ? error.detail : undefined;
    if (status >= 500) request.log.error({ err: error, detail }, 'request failed');
    else
      request.log.info(
        refusalOf(request, body.error.code, detail ?? { code: error.code }),
        'request refused',
      );
    await onRefused(request, body.error.code);
    return reply.status(status).send(body);
  });
}

/**
 * Answers an address that the router cannot read. It runs before every hook, so the headers of all other
 * answers are missing here.
 */
export function answerUnreadableAddress(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { status, body } = answerTo(error);
  request.log.info({ code: body.error.code, detail: error.code }, 'request refused');
  void reply
    .status(status)
    .headers({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'",
      'x-content-type-options': 'nosniff',
    })
    .send(body);
}

/**
 * The route is logged instead of the address, which may contain a token. The message of a parser is left out, because it
 * quotes the body.
 */
function refusalOf(request: FastifyRequest, code: ErrorCode, detail: unknown): object {
  const { method, routeOptions, person, ip } = request;
  return { code, method, route: routeOptions.url ?? null, person: person?.id ?? null, address: ip, detail };
}

function answerTo(error: FastifyError): { status: number; body: ErrorBody } {
  if (error instanceof AppError) {
    const { code, message, detail } = error;
    const changes = detail['changes'] as readonly ContentChange[] | undefined;
    const refusal = detail['refusal'] as RefusedMove | undefined;
    const more = { ...(changes ? { changes } : {}), ...(refusal ? { detail: refusal } : {}) };
    return {
      status: errorCodes[code],
      body: { error: { code, message, ...faultyFields(detail, message), ...more } },
    };
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) {
    const message = unreadable[error.code] ?? 'Fairway cannot read this request.';
    return { status, body: { error: { code: 'bad_request', message } } };
  }
  return {
    status: 500,
    body: {
      error: {
        code: 'internal',
        message: 'Something went wrong on our side. It was logged; please try again.',
      },
    },
  };
}

/** Requests that Fastify refuses before a route sees them. */
const unreadable: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'This link is incomplete or wrong.',
  FST_ERR_MAX_PARAM_LENGTH: 'This link is too long. Open the page from the menu, or copy the whole link.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The request is too large. Send less at once.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The request has no body. Send a JSON object.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The request’s Content-Length does not match its body.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The request’s body is not valid JSON.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send JSON, with the header “content-type: application/json”.',
};

/** `detail.fields` has a text for each field; with `detail.field` alone, the message is about that field. */
function faultyFields(detail: AppError['detail'], message: string): Pick<ErrorBody['error'], 'fields'> {
  const { field, fields } = detail;
  if (typeof fields === 'object' && fields !== null && !Array.isArray(fields))
    return { fields: fields as Readonly<Record<string, string>> };
  return typeof field === 'string' ? { fields: { [field]: message } } : {};
}
