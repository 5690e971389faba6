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
    async send({ to, subject, text }) {
      try {
        // An address as an object is always one recipient, also with commas in it.
        await transport.sendMail({ from: settings.from, to: { ...to }, subject, text });
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        throw new AppError(
          'connection_failed',
          `The mail server ${hostname} did not accept the mail to ${to.address}. Check SMTP_URL, then send it again.`,
          { words },
        );
      }
    },
  };
}
