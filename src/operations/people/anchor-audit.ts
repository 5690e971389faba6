import { existsSync } from 'node:fs';
import { appendFile, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { firstLostSeal, newestSeal } from '#src/db/ledger/ledger-seal.ts';
import { firstLostAnchor, newestAnchor, type AuditAnchor } from '#src/db/people/audit-store.ts';
import type { Deps } from '#src/deps.ts';

type AnchorDeps = Pick<Deps, 'db' | 'config'>;

/** The chains of which the newest link is written down outside the database. */
const chains = {
  audit: {
    file: 'audit-anchors.jsonl',
    newest: newestAnchor,
    firstLost: firstLostAnchor,
    sentence: ({ entry, hash, at }: AuditAnchor) =>
      `Fairway's audit trail ends with entry ${entry}, ${hash}, of ${at}.`,
  },
  ledger: {
    file: 'ledger-anchors.jsonl',
    newest: newestSeal,
    firstLost: firstLostSeal,
    sentence: ({ entry, hash, at }: AuditAnchor) =>
      `Fairway's ledger ends with seal ${entry}, ${hash}, of ${at}.`,
  },
} as const;
type Chain = keyof typeof chains;

const anchorFile = ({ dir }: Deps['config'], chain: Chain): string => join(dir, chains[chain].file);
const webhookTimeoutMs = 10_000;
/** An anchor has about 150 bytes. */
const longestLine = 1024;

/**
 * Writes down the newest entry of the audit trail and the newest seal of the ledger outside the database: in files in
 * the folder of the data and, if AUDIT_WEBHOOK_URL is set, at another system. The owner of the database could delete
 * the last entries and leave an intact chain; the file then names an entry that is missing. Does nothing while there is
 * no new entry.
 */
export async function anchorAuditTrail(
  deps: Pick<Deps, 'db' | 'config' | 'log' | 'outbound'>,
): Promise<void> {
  await anchorChain(deps, 'audit');
  await anchorChain(deps, 'ledger');
}

async function anchorChain(
  deps: Pick<Deps, 'db' | 'config' | 'log' | 'outbound'>,
  chain: Chain,
): Promise<void> {
  const newest = await chains[chain].newest(deps.db);
  const last = await lastAnchor(deps.config, chain);
  if (newest === null || (last !== null && BigInt(last.entry) >= BigInt(newest.entry))) return;
  await appendFile(anchorFile(deps.config, chain), `${JSON.stringify(newest)}\n`, {
    mode: 0o600,
    flush: true,
  });
  const { auditWebhookUrl } = deps.config;
  if (auditWebhookUrl !== null) await sendAnchor(deps, auditWebhookUrl, newest, chain);
}

/** A failure is logged. The next anchor covers the entries of this one, because each hash covers all before it. */
async function sendAnchor(
  deps: Pick<Deps, 'log' | 'outbound'>,
  url: string,
  anchor: AuditAnchor,
  chain: Chain,
): Promise<void> {
  const text = chains[chain].sentence(anchor);
  try {
    const response = await deps.outbound(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text, ...anchor }),
      maxBytes: 64 * 1024,
      signal: AbortSignal.timeout(webhookTimeoutMs),
    });
    await response.body?.cancel();
    if (!response.ok) deps.log.warn({ status: response.status }, 'the audit anchor was not accepted');
  } catch (error) {
    deps.log.warn({ err: error }, 'the audit anchor was not sent');
  }
}

export interface AnchorCheck {
  /** The number of anchors in the file. */
  readonly anchors: number;
  /** The first anchored entry that the trail no longer holds. */
  readonly lost: AuditAnchor | null;
}

/** Compares a chain with what was written down outside the database. */
export async function checkAnchors({ db, config }: AnchorDeps, chain: Chain = 'audit'): Promise<AnchorCheck> {
  const anchors = await anchorsOf(config, chain);
  return { anchors: anchors.length, lost: await chains[chain].firstLost(db, anchors) };
}

/**
 * Puts the anchors aside after a backup was restored: it does not hold the entries made after it. They stay
 * beside the new file as evidence. Returns the newest of the audit trail, or null.
 */
export async function setAnchorsAside(config: Deps['config'], at: Date): Promise<AuditAnchor | null> {
  const last = await lastAnchor(config, 'audit');
  for (const chain of ['audit', 'ledger'] as const) {
    const file = anchorFile(config, chain);
    if (existsSync(file)) await rename(file, `${file}.before-${at.toISOString().replace(/[:.]/g, '-')}`);
  }
  return last;
}

/** Reads the end of the file only, because it grows by a line for each check that finds a new entry. */
async function lastAnchor(config: Deps['config'], chain: Chain): Promise<AuditAnchor | null> {
  const file = anchorFile(config, chain);
  if (!existsSync(file)) return null;
  await using handle = await open(file);
  const { size } = await handle.stat();
  const length = Math.min(size, longestLine);
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  const line = buffer.toString('utf8').trimEnd().split('\n').at(-1) ?? '';
  return line === '' ? null : readAnchor(line);
}

async function anchorsOf(config: Deps['config'], chain: Chain): Promise<AuditAnchor[]> {
  const file = anchorFile(config, chain);
  if (!existsSync(file)) return [];
  await using handle = await open(file);
  const text = await readFile(handle, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(readAnchor);
}

/** A line that is not an anchor was damaged, and no entry has its hash. */
function readAnchor(line: string): AuditAnchor {
  try {
    const { entry, hash, at } = JSON.parse(line) as Partial<AuditAnchor>;
    if (/^\d{1,18}$/.test(entry ?? '')) return { entry: entry ?? '', hash: hash ?? '', at: at ?? '' };
  } catch {
    // It is reported below.
  }
  return { entry: '0', hash: 'damaged line', at: '' };
}
