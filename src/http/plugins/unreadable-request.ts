import type { Socket } from 'node:net';

/** Why Node's HTTP parser gives a request up, with the status and the sentence of the answer. */
const causes: Readonly<Record<string, readonly [status: string, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to arrive. Send it again.'],
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The address and headers of the request are too long. Shorten them.',
  ],
};
const notHttp = ['400 Bad Request', 'Fairway cannot read this request.'] as const;

/**
 * Answers what is not a readable HTTP request and closes its connection. No request object exists, so the answer
 * is written to the socket; it has the same shape as every refusal.
 */
export function answerUnreadableRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = causes[error.code ?? ''] ?? notHttp;
  const body = JSON.stringify({ error: { code: 'bad_request', message } });
  const lines = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'x-content-type-options: nosniff',
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
