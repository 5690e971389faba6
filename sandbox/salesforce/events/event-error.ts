import grpc from '@grpc/grpc-js';

/** A refusal of the Pub/Sub API: a status, with Salesforce's code in the trailer. */
export function refusal(
  code: string,
  message: string,
  status: grpc.status = grpc.status.INVALID_ARGUMENT,
): grpc.ServiceError {
  const metadata = new grpc.Metadata();
  metadata.set('error-code', `sfdc.platform.eventbus.grpc.${code}`);
  return Object.assign(new Error(message), { code: status, details: message, metadata });
}
