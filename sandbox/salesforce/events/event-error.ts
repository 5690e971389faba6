import grpc from '@grpc/grpc-js';

/** How the Pub/Sub API refuses: a status, and in the trailer its own code. */
export function refusal(
  code: string,
  message: string,
  status: grpc.status = grpc.status.INVALID_ARGUMENT,
): grpc.ServiceError {
  const metadata = new grpc.Metadata();
  metadata.set('error-code', `sfdc.platform.eventbus.grpc.${code}`);
  return Object.assign(new Error(message), { code: status, details: message, metadata });
}
