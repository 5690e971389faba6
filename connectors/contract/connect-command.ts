import type { RemoteFields } from './records.ts';
import type { Tokens } from './tokens.ts';

/** How `fairway connect <kind>` gets the settings and secrets of a new connection. */
export interface ConnectCommand {
  /** The options in a usage line. Options that belong together are in parentheses. */
  readonly usage: string;
  readonly options: readonly ConnectOption[];
  readonly read: (given: GivenOptions) => Promise<GivenConnection>;
}

export interface ConnectOption {
  /** Without the dashes. Two vendors that need the same thing use the same name. */
  readonly name: string;
  /** What to write after it, e.g. `FILE`. Null for a switch. */
  readonly value: string | null;
}

/** The options on the command line. Secrets are read from files, because every user can list processes. */
export interface GivenOptions {
  /** Null when the option is absent. */
  text(option: string): string | null;
  isSet(option: string): boolean;
  /** @throws AppError when the option is absent */
  required(option: string): string;
  /** The text of the file that the option names. @throws AppError when the file cannot be read */
  secretFile(option: string): Promise<string>;
}

export interface GivenConnection {
  readonly settings: RemoteFields;
  readonly secrets: Readonly<Record<string, string>>;
  /** For a connection that signs in with OAuth tokens. */
  readonly tokens?: Tokens;
}

/** Tokens of a new connection: the first call exchanges the refresh token for an access token. */
export async function grantedTokens(given: GivenOptions): Promise<Tokens> {
  return {
    accessToken: '',
    refreshToken: await given.secretFile('refresh-token-file'),
    expiresAt: new Date(0).toISOString(),
  };
}
