import type { Readable } from 'node:stream';

/** Most answers fit into this many bytes. A larger answer is refused before it fills the memory. */
export const usualAnswerBytes = 64 * 1024 * 1024;

export interface OutboundRequest {
  /** `GET` when absent. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | URLSearchParams | Readable | undefined;
  readonly signal?: AbortSignal;
  /** The most bytes of the answer, compressed or not; `usualAnswerBytes` when absent. */
  readonly maxBytes?: number;
}

/**
 * Makes one HTTP request to another system. It is the only way out: it follows no redirect, so credentials go
 * nowhere else, it connects only to an address that was checked, and it limits the size of the answer.
 *
 * @throws ConnectorError `PRIVATE_ADDRESS` or `ADDRESS_INVALID` (class `auth`), `ANSWER_TOO_LARGE` (class
 * `mapping`), also while the body is read; TypeError `fetch failed`, like `fetch`, when no answer came; the
 * reason of the signal
 */
export type Outbound = (url: string, request?: OutboundRequest) => Promise<Response>;

/** Checks the address of a server that is not called over HTTP. Returns the addresses to connect to. */
export type ResolveOutbound = (host: string) => Promise<readonly string[]>;
