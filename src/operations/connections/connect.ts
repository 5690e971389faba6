import type { Connector, RemoteFields, SystemKind, Tokens, TokenVault } from '#connectors/contract/crm.ts';
import { createConnector } from '#connectors/registry.ts';
import { audit } from '#src/db/people/audit-store.ts';
import { callGate } from '#src/db/connections/call-gate.ts';
import {
  listConnections,
  markInstalled,
  saveConnection,
  saveHealth,
} from '#src/db/connections/connection-store.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import { heldTokens, saveTokens, tokenVault } from '#src/db/connections/token-store.ts';
import type { Deps } from '#src/deps.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { AppError } from '#src/domain/errors.ts';

export interface ConnectInput {
  readonly kind: SystemKind;
  readonly name: string;
  readonly settings: RemoteFields;
  readonly secrets: Readonly<Record<string, string>>;
  /**
   * What an administrator granted, for a connection that signs in with OAuth tokens. An access token of `''`
   * is renewed first.
   */
  readonly tokens?: Tokens;
}

export interface Connected {
  readonly connectionId: string;
  /** What the vendor calls the account. */
  readonly account: string;
  /** Objects and fields Fairway added to it. */
  readonly installed: readonly string[];
}

/**
 * Signs in, adds Fairway's objects and fields where they are missing, and remembers the connection. A
 * connection of the same name is updated, and goes on if it was paused. Nothing is stored when the sign-in
 * fails: `ConnectorError` says what the vendor answered.
 */
export async function connect(deps: Deps, input: ConnectInput): Promise<Connected> {
  const existing = (await listConnections(deps.db)).find((one) => one.name === input.name);
  if (existing && existing.kind !== input.kind) {
    throw new AppError(
      'conflict',
      `“${input.name}” is already the name of a ${existing.kind} connection. Choose another name.`,
    );
  }
  const id = existing?.id ?? deps.ids();
  const row = {
    id,
    kind: input.kind,
    name: input.name,
    settings: input.settings,
    secrets: sealSecrets(deps.config.masterKey, id, input.secrets),
    createdAt: deps.clock(),
  };
  const granted = input.tokens && heldTokens(input.tokens);
  const connector = connectorOf(deps, input, id, granted ?? tokenVault(deps.db, deps.config.masterKey, id));
  const { account, limits, learned } = await connector.check();
  const { created } = await connector.install(crmSchema);
  await connector.close();
  await deps.db.transaction(async (tx) => {
    await saveConnection(tx, { ...row, settings: { ...input.settings, ...learned } });
    if (granted) await saveTokens(tx, deps.config.masterKey, id, granted.held());
    await saveHealth(tx, id, {
      status: 'active',
      failure: null,
      account,
      callsUsed: limits.used,
      callsAllowed: limits.allowed,
      checkedAt: deps.clock(),
    });
    await markInstalled(tx, id, deps.clock());
    // Without the secrets: from here on Fairway reads and writes in somebody else's system.
    const entry = {
      actorId: null,
      action: existing ? 'connection.changed' : 'connection.added',
      subjectKind: 'connection',
      subjectId: id,
      before: existing
        ? { kind: existing.kind, account: existing.account, settings: existing.settings }
        : null,
      after: { kind: input.kind, account, settings: input.settings, installed: created },
      reason: 'command line',
    } as const;
    await audit(tx, [entry], deps.clock());
  });
  return { connectionId: id, account, installed: created };
}

/** One for setting up, with what is not stored yet; its calls are no part of any run. */
function connectorOf(
  deps: Deps,
  { kind, settings, secrets }: ConnectInput,
  connectionId: string,
  tokens: TokenVault,
): Connector {
  const onError = (error: unknown): void =>
    deps.log.warn({ err: error }, 'a vendor’s limit could not be noted');
  const gate = callGate(deps.db, {
    connectionId,
    lane: 'interactive',
    windows: () => connector.windows(),
    onError,
  });
  const connector: Connector = createConnector(kind, { settings, secrets, now: deps.clock, gate, tokens });
  return connector;
}
