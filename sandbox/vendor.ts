import type { FastifyInstance } from 'fastify';
import type { Faults } from './faults.ts';
import type { Profile } from './profiles/profile.ts';
import type { CrmSample } from './sample.ts';
import type { Store } from './store.ts';

export interface VendorOptions {
  readonly store: Store;
  /** The vendor's clock. Tests move it. */
  readonly now: () => Date;
  /** The faults that strike its calls; without them it is always well. */
  readonly faults?: Faults;
  /** The customer it plays; the default one when missing. */
  readonly profile?: Profile;
}

/** One stand-in: an HTTP server that answers as the vendor documents, with a method to fill it. */
export interface Vendor {
  readonly app: FastifyInstance;
  /**
   * Loads sample records through the same validation the API uses. Throws when a field is not in the org. Returns the
   * ids of accounts and opportunities by their keys.
   */
  seed(sample: CrmSample): ReadonlyMap<string, string>;
  /**
   * Gives the accounts of a sample their partner codes and territories, and adds its registrations, as people do after
   * an integration was installed. Does nothing and returns false while its objects and fields are not there.
   */
  addPartnerData(sample: CrmSample, ids: ReadonlyMap<string, string>): boolean;
  /** Adds custom fields to its deals: the first ones of `customFields`. */
  addCustomFields(count: number): void;
  /** Fills them on part of the existing deals without publishing changes. */
  fillCustomFields(count: number): void;
  /** Settings and secrets with which an integration can connect, e.g. a HubSpot private app token. */
  credentials(input: { readonly publicKeyPem: string }): {
    readonly settings: Record<string, string>;
    readonly secrets: Record<string, string>;
    /** For an app that signs in by OAuth. */
    readonly tokens?: { readonly accessToken: string; readonly refreshToken: string };
  };
}

/** A stand-in that also publishes changes as a stream of events. */
export interface StreamingVendor extends Vendor {
  /**
   * Serves the stream over TLS on the loopback address. @param port 0 for any; rejects when it is taken.
   * Gives the port.
   */
  listenForEvents(port: number): Promise<number>;
}
