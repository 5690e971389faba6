import type { RemoteFailure } from '#connectors/contract/failures.ts';
import type { ErrorCode } from '#src/domain/errors.ts';

/**
 * The code of an error that reports a vendor's failure to a person. A vendor that answered properly, but does
 * not have what the person asked for, has not failed.
 */
export function refusalCode({ class: failureClass }: Pick<RemoteFailure, 'class'>): ErrorCode {
  switch (failureClass) {
    case 'mapping':
    case 'gone':
      return 'not_found';
    case 'validation':
      return 'conflict';
    case 'retry':
    case 'throttle':
    case 'auth':
    case 'permission':
      return 'connection_failed';
  }
}
