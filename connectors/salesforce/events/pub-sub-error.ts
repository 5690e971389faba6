import grpc from '@grpc/grpc-js';
import { ConnectorError, type FailureClass } from '#connectors/contract/failures.ts';

/** An error of gRPC, with Salesforce's own code when it gave one. */
export interface PubSubError {
  readonly status: grpc.status;
  /** `sfdc.platform.eventbus.grpc.…` */
  readonly code: string | null;
  readonly message: string;
}

export function toPubSubError(error: unknown): PubSubError | null {
  if (
    !(error instanceof Error) ||
    !('code' in error) ||
    typeof error.code !== 'number' ||
    !('metadata' in error)
  )
    return null;
  const { code: status, metadata } = error;
  const told = metadata instanceof grpc.Metadata ? metadata.get('error-code')[0] : undefined;
  return { status, code: told === undefined ? null : String(told), message: error.message };
}

/** A replay id that Salesforce has forgotten, after 72 hours, or never gave. */
export const isReplayIdLost = ({ status, code, message }: PubSubError): boolean =>
  status === grpc.status.INVALID_ARGUMENT && /replayid|replay id/i.test(code ?? message);

export const isSessionRefused = ({ status }: PubSubError): boolean => status === grpc.status.UNAUTHENTICATED;

/** Whether the question was wrong rather than the line: asked again, it would be answered alike. */
export const isAnswered = ({ status }: PubSubError): boolean =>
  [grpc.status.INVALID_ARGUMENT, grpc.status.NOT_FOUND, grpc.status.PERMISSION_DENIED].includes(status);

export function toStreamFailure(error: PubSubError): ConnectorError {
  const failureClass: FailureClass = isSessionRefused(error)
    ? 'auth'
    : isAnswered(error)
      ? 'permission'
      : 'retry';
  return new ConnectorError({
    class: failureClass,
    code: error.code ?? `GRPC_${grpc.status[error.status] ?? error.status}`,
    message: `Salesforce's change events broke off: ${error.message}`,
    fix: fixes[failureClass],
  });
}

const fixes = {
  auth: 'Check that the external client app is enabled and that the integration user may use it, then test the connection.',
  permission:
    'Select the objects under Setup › Change Data Capture and let the integration user read them, or set changeEvents to off for this connection.',
  retry:
    'Nothing to do: it is listened to again. If it lasts, check that this server may reach the Pub/Sub endpoint.',
};
