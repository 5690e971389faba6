import type { RemoteFields } from './records.ts';
import type { Tokens } from './tokens.ts';

/** Reads the settings and secrets of a new connection from the options of `fairway connect <kind>`. */
export interface ConnectCommand {
  /** How this system signs in, and which options belong together. */
  readonly details: string;
  readonly options: readonly ConnectOption[];
  /** Options as a person writes them, for the help. */
  readonly examples: readonly string[];
  readonly read: (given: GivenOptions) => Promise<GivenConnection>;
}

export interface ConnectOption {
  /** Without the dashes. Two vendors that need the same thing use the same name. */
  readonly name: string;
  /** The name of its value, such as `file`. Null for a switch. */
  readonly value: string | null;
  /** What the option is, in a few words. */
  readonly help: string;
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
