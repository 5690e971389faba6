import { isDeepStrictEqual } from 'node:util';
import type { Connector } from '#connectors/contract/connector.ts';
import type { InstallReport, PartnerCandidate } from '#connectors/contract/crm.ts';
import type { RemoteFields } from '#connectors/contract/records.ts';
import type { AccessCheck, SystemKind } from '#connectors/contract/remote-system.ts';
import type { Tokens, TokenVault } from '#connectors/contract/tokens.ts';
import { requireSystem } from '#connectors/contract/systems.ts';
import { audit } from '#src/db/people/audit-store.ts';
import { callGate } from '#src/db/connections/call-gate.ts';
import {
  invalidateDescriptions,
  listConnections,
  markInstalled,
  saveConnection,
  saveHealth,
} from '#src/db/connections/connection-store.ts';
import { sealSecrets } from '#src/db/connections/secrets.ts';
import { unsavedTokens, saveTokens, tokenVault } from '#src/db/connections/token-store.ts';
import type { Deps } from '#src/deps.ts';
import { accessChecks } from './access-checks.ts';
import { readRegion } from './region.ts';
import { crmSchema } from '#src/domain/crm-schema.ts';
import { AppError } from '#src/domain/errors.ts';
import {
  choosePartners,
  partnerRulesOf,
  rereadAccounts,
  type ChosenPartners,
  type ChoosePartners,
} from './partner-rules.ts';
import { packFor } from './use-connection.ts';

export interface ConnectInput {
  readonly kind: SystemKind;
  readonly name: string;
  readonly settings: RemoteFields;
  readonly secrets: Readonly<Record<string, string>>;
  /** For a connection that signs in with OAuth tokens. An access token of `''` is renewed first. */
  readonly tokens?: Tokens;
  /** Asks which accounts are partners. Default: what was chosen before, else the rules that can mean nothing else. */
  readonly choosePartners?: ChoosePartners;
}

export interface Connected {
  readonly connectionId: string;
  /** The vendor's name of the account. */
  readonly account: string;
  /** Objects and fields that Fairway added to the account. */
  readonly installed: readonly string[];
  /** What the account cannot give: one sentence each, which says how Fairway works without it. */
  readonly degraded: readonly string[];
  /** How accounts may say that they are partners, and which of it was chosen. */
  readonly partners: ChosenPartners;
}

/**
 * Signs in, adds Fairway's objects and fields where they are missing, and stores the connection. A connection
 * of the same name is updated; if it was paused, the pause ends. Nothing is stored when the sign-in fails.
 *
 * @throws ConnectorError with the vendor's answer; AppError `conflict` when a connection to another system
 * has this name
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
  const granted = input.tokens && unsavedTokens(input.tokens);
  const connector = connectorOf(deps, input, id, granted ?? tokenVault(deps.db, deps.config.masterKey, id));
  const { account, limits, discovered } = await connector.check();
  const region = await readRegion(connector);
  const report = connector.role === 'crm' ? await connector.install(crmSchema) : nothingInstalled;
  const { created, degraded = [] } = report;
  const earlier = existing ? partnerRulesOf(existing.settings) : [];
  const partners = await choosePartners(connector, earlier, input.choosePartners);
  await connector.close();
  const chosen =
    partners.rules.length === 0 ? {} : { partnerRules: partners.rules.map((rule) => ({ ...rule })) };
  const settings = { ...input.settings, ...discovered, ...region, ...report.discovered, ...chosen };
  await deps.db.transaction(async (tx) => {
    await saveConnection(tx, { ...row, settings });
    if (existing && !isDeepStrictEqual(earlier, partnerRulesOf(settings)))
      await rereadAccounts(tx, id, packFor(deps, { ...existing, settings }, 'account')?.object ?? '');
    if (granted) await saveTokens(tx, deps.config.masterKey, id, granted.latest());
    await saveHealth(tx, id, {
      status: 'active',
      failure: null,
      account,
      callsUsed: limits.used,
      callsAllowed: limits.allowed,
      checkedAt: deps.clock(),
    });
    await markInstalled(tx, id, deps.clock());
    // Installed fields must be found at once.
    await invalidateDescriptions(tx, id);
    // The audit trail never holds secrets.
    const entry = {
      actorId: null,
      action: existing ? 'connection.changed' : 'connection.added',
      subjectKind: 'connection',
      subjectId: id,
      before: existing
        ? { kind: existing.kind, account: existing.account, settings: existing.settings }
        : null,
      after: { kind: input.kind, account, settings: { ...input.settings, ...chosen }, installed: created },
      reason: 'command line',
    } as const;
    await audit(tx, [entry], deps.clock());
  });
  return { connectionId: id, account, installed: created, degraded, partners };
}

const nothingInstalled: InstallReport = { created: [], existing: 0 };

/**
 * Tests what a connection with these settings could do, and stores nothing: sign-in, permissions, objects, fields,
 * partner rules, limits and announced changes; the folders of an ERP and the files in them.
 *
 * @throws ConnectorError when the sign-in is refused
 */
export async function checkAccess(deps: Deps, input: ConnectInput): Promise<readonly AccessCheck[]> {
  const id = deps.ids();
  const granted = input.tokens && unsavedTokens(input.tokens);
  const connector = connectorOf(deps, input, id, granted ?? tokenVault(deps.db, deps.config.masterKey, id));
  try {
    const checks = await accessChecks(connector);
    if (checks === null) {
      const { account } = await connector.check();
      return [{ about: 'sign-in', result: 'ok', message: account, fix: null }];
    }
    if (connector.role !== 'crm') return checks;
    const { candidates } = await choosePartners(connector, []);
    return [...checks, partnerCheck(candidates, checks)];
  } finally {
    await connector.close();
  }
}

/** Before the first connect nothing of accounts may be visible; after it, a permission hides the field. */
function partnerCheck(candidates: readonly PartnerCandidate[], checks: readonly AccessCheck[]): AccessCheck {
  const isFirst = checks.some(({ result, fix }) => result === 'missing' && fix?.startsWith('Connect'));
  if (candidates.length === 0)
    return {
      about: 'partners',
      result: 'missing',
      message: 'No field of accounts that could mark partners can be seen.',
      fix: isFirst
        ? 'Connect, which makes accounts visible, and choose then; or name the field and its values with --partners.'
        : 'Show the integration user the field that marks partners: the lines above name the hidden fields of accounts. Or name another field and its values with --partners.',
    };
  const found = candidates.filter(({ accounts }) => accounts > 0);
  const listed = found.map(({ label, accounts }) => `${label}: ${accounts}`).join('; ');
  if (found.length > 0) return { about: 'partners', result: 'ok', message: listed, fix: null };
  return {
    about: 'partners',
    result: 'missing',
    message: 'No account is marked as a partner in a way that Fairway recognises.',
    fix: 'Mark the partners, or name the field and its values with --partners.',
  };
}

/** A connector with the settings that are not stored yet. Its calls belong to no run. */
function connectorOf(
  deps: Deps,
  { kind, settings, secrets }: ConnectInput,
  connectionId: string,
  tokens: TokenVault,
): Connector {
  const onError = (error: unknown): void =>
    deps.log.warn({ err: error }, 'a vendor’s call limit could not be stored');
  const gate = callGate(deps.db, {
    connectionId,
    lane: 'interactive',
    windows: () => connector.windows(),
    now: deps.sharedClock,
    onError,
  });
  const way = deps.outboundFor(settings);
  const connector: Connector = requireSystem(deps.systems, kind).create({
    settings,
    secrets,
    now: deps.clock,
    outbound: way.call,
    resolve: way.resolve,
    gate,
    tokens,
  });
  return connector;
}
