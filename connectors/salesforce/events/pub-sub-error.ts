import grpc from '@grpc/grpc-js';
import { ConnectorError, type FailureClass } from '#connectors/contract/failures.ts';

/** An error of gRPC, with Salesforce's code if it has one. */
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
  const vendorCode = metadata instanceof grpc.Metadata ? metadata.get('error-code')[0] : undefined;
  return { status, code: vendorCode === undefined ? null : String(vendorCode), message: error.message };
}

/** Salesforce no longer has the replay id, which it keeps for 72 hours, or never gave it. */
export const isReplayIdLost = ({ status, code, message }: PubSubError): boolean =>
  status === grpc.status.INVALID_ARGUMENT && /replayid|replay id/i.test(code ?? message);

export const isSessionRefused = ({ status }: PubSubError): boolean => status === grpc.status.UNAUTHENTICATED;

/** True when Salesforce refused the request itself, so that repeating it would not help. */
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
    message: `Salesforce's change events were interrupted: ${error.message}`,
    fix: fixes[failureClass],
  });
}

const fixes = {
  auth: 'Check that the external client app is enabled (Setup › External Client App Manager) and that the integration user may use it, then check the connection.',
  permission:
    'Select the objects in Setup › Change Data Capture and let the integration user read them, or connect with --no-change-events.',
  retry:
    'Nothing to do: Fairway opens the stream again. If it lasts, check that this server can reach the Pub/Sub API.',
};
