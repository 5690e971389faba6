import { createTransport } from 'nodemailer';
import { AppError } from '#src/domain/errors.ts';

export interface MailSettings {
  /** An smtp:// or smtps:// address, which may contain a password. */
  readonly url: string;
  readonly from: string;
}

export interface Mail {
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  /** With the brackets. Made by the mail package when absent. */
  readonly messageId?: string;
  /** The address that ends such mails with one click (RFC 8058). */
  readonly unsubscribeUrl?: string | null;
}

export interface Mailer {
  /** @throws AppError `connection_failed` when the mail server does not accept the mail */
  send(mail: Mail): Promise<void>;
}

const timeoutMs = 10_000;

/** Null when no mail server is configured. */
export function openMailer(settings: MailSettings | null): Mailer | null {
  if (settings === null) return null;
  const { hostname, username } = new URL(settings.url);
  const transport = createTransport({
    url: settings.url,
    // Without this, a server that offers no encryption would receive the password in the clear.
    requireTLS: username !== '',
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  return {
    async send({ to, subject, text, messageId, unsubscribeUrl = null }) {
      try {
        // An address as an object is always one recipient, also with commas in it.
        await transport.sendMail({
          from: settings.from,
          to: { ...to },
          subject,
          text,
          ...(messageId === undefined ? {} : { messageId }),
          headers: {
            // https://www.rfc-editor.org/rfc/rfc3834: no vacation notes come back.
            'Auto-Submitted': 'auto-generated',
            ...(unsubscribeUrl === null
              ? {}
              : {
                  'List-Unsubscribe': `<${unsubscribeUrl}>`,
                  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
                }),
          },
        });
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        throw new AppError(
          'connection_failed',
          `The mail server ${hostname} did not accept the mail to ${to.address}. Check SMTP_URL, then send it again.`,
          { words, outcome: outcomeOf(error) },
        );
      }
    },
  };
}

/**
 * `not_now`: the mail server did not get it or refused it for now. `refused`: it will always refuse it. `unknown`:
 * the mail may have been accepted.
 */
export type MailOutcome = 'not_now' | 'refused' | 'unknown';

/** What an error of `send` says about the mail. */
export function mailOutcome(error: unknown): MailOutcome {
  const outcome = error instanceof AppError ? error.detail['outcome'] : null;
  return outcome === 'not_now' || outcome === 'refused' ? outcome : 'unknown';
}

/** Messages of nodemailer for a connection that never carried a mail. */
const neverConnected = /^(Connection timeout|Greeting never received)/;

function outcomeOf(error: unknown): MailOutcome {
  if (!(error instanceof Error)) return 'unknown';
  const { code, syscall, responseCode } = error as {
    code?: unknown;
    syscall?: unknown;
    responseCode?: unknown;
  };
  // The server's answer: 4yz is temporary and 5yz permanent, RFC 5321 4.2.1.
  if (typeof responseCode === 'number') return responseCode >= 500 ? 'refused' : 'not_now';
  const isBefore = syscall === 'connect' || code === 'EDNS' || code === 'EAUTH' || code === 'ETLS';
  return isBefore || neverConnected.test(error.message) ? 'not_now' : 'unknown';
}
