export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** ISO 8601 UTC. Null when the vendor does not report it. */
  readonly expiresAt: string | null;
}

/** Stores OAuth tokens encrypted, one set per connection, shared by all processes. */
export interface TokenVault {
  /** Null when the connection does not sign in with tokens. */
  current(): Promise<Tokens | null>;
  /**
   * Replaces tokens whose access token was refused or has expired. One process exchanges them while the
   * others wait for the result; the new tokens are stored before they are used. `exchange` is not called when
   * another process has renewed the tokens in the meantime.
   *
   * @param options `rotates`: a refresh token works once, so after an exchange whose result was lost it is
   * never sent again
   * @throws ConnectorError of class `auth` when the result of an earlier exchange was lost
   */
  renew(
    refused: string,
    exchange: (current: Tokens) => Promise<Tokens>,
    options: { readonly rotates: boolean },
  ): Promise<Tokens>;
}
