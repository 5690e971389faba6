import type { FastifyError, FastifyInstance } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { AppError, type ErrorCode, errorCodes } from '#src/domain/errors.ts';

interface ErrorBody {
  readonly error: {
    readonly code: ErrorCode;
    /** For the person who asked: what is wrong and what to do. */
    readonly message: string;
    /** By field: what of the request is at fault. */
    readonly fields?: Readonly<Record<string, string>>;
  };
}

/**
 * The one place where errors become answers. What is not an `AppError` is logged in full and told in general.
 */
export function addErrorAnswers(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const { status, body } = answerTo(error);
    if (status >= 500)
      request.log.error(
        { err: error, detail: error instanceof AppError ? error.detail : undefined },
        'request failed',
      );
    else
      request.log.info(
        { code: body.error.code, detail: error instanceof AppError ? error.detail : error.message },
        'request refused',
      );
    return reply.status(status).send(body);
  });
}

function answerTo(error: FastifyError): { status: number; body: ErrorBody } {
  if (error instanceof AppError) {
    const { code, message, detail } = error;
    return { status: errorCodes[code], body: { error: { code, message, ...faultyFields(detail, message) } } };
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const fields = Object.fromEntries(
      error.validation.map((issue) => [
        issue.instancePath.replace(/^\//, '').replaceAll('/', '.') || '(request)',
        issue.message ?? 'not as expected',
      ]),
    );
    return {
      status: 400,
      body: {
        error: { code: 'bad_request', message: 'The request is not as expected. See `fields`.', fields },
      },
    };
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500)
    return { status, body: { error: { code: 'bad_request', message: error.message } } };
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

/** One field at fault, or several with words of their own. */
function faultyFields(detail: AppError['detail'], message: string): Pick<ErrorBody['error'], 'fields'> {
  const several = detail['fields'];
  if (typeof several === 'object' && several !== null && !Array.isArray(several))
    return { fields: several as Readonly<Record<string, string>> };
  return typeof detail['field'] === 'string' ? { fields: { [detail['field']]: message } } : {};
}
