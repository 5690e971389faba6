import type { CrmObject } from '#src/domain/crm-schema.ts';
import type { ConnectCommand } from './connect-command.ts';
import type { CrmConnector } from './crm.ts';
import type { ErpConnector, PayoutBatchContent, PayoutFile } from './erp.ts';
import type { RemoteFields } from './records.ts';
import type { ConnectorInput, SystemKind } from './remote-system.ts';

/** Everything the rest of Fairway knows about a vendor. One line per vendor in `connectors/registry.ts`. */
export type RegistryEntry = CrmEntry | ErpEntry;

interface SystemEntry {
  readonly kind: SystemKind;
  /** The name that people read. */
  readonly label: string;
  /** The setting with the address or folder of the system, which people may see. */
  readonly addressSetting: string;
  readonly connectCommand: ConnectCommand;
}

export interface CrmEntry extends SystemEntry {
  readonly role: 'crm';
  /** @throws ConnectorError or AppError when a setting or a secret is missing or malformed */
  readonly create: (input: ConnectorInput) => CrmConnector;
  /**
   * The address of a record's page in the CRM, from the connection's settings alone. Null when it has none.
   */
  readonly recordUrl: (record: RecordPlace) => string | null;
  /** The vendor's object for decisions that are records. Hints about it are followed like those of registrations. */
  readonly decisionObject?: string;
  /** For admins who deploy Fairway's objects and fields themselves. */
  readonly schemaSource?: SchemaSource;
}

export interface ErpEntry extends SystemEntry {
  readonly role: 'erp';
  /** @throws ConnectorError or AppError when a setting or a secret is missing or malformed */
  readonly create: (input: ConnectorInput) => ErpConnector;
  /** The ERP can hold a draft without paying it. Other ERPs only get released batches. */
  readonly acceptsDrafts: boolean;
  /**
   * The payouts of a batch as a file for download. Absent when this ERP has no format for such a file.
   * @throws ConnectorError when a payout cannot be in the file
   */
  readonly payoutFile?: (batch: PayoutBatchContent) => PayoutFile;
}

export interface RecordPlace {
  readonly settings: RemoteFields;
  readonly object: string;
  readonly extId: string;
}

/** The objects and fields that Fairway adds to a CRM, as files for the vendor's deployment tool. */
export interface SchemaSource {
  /** The folder to write to unless another one is given. */
  readonly folder: string;
  /** The command that deploys the files, run inside the folder. */
  readonly deployCommand: string;
  /** Text by path. */
  readonly files: (schema: readonly CrmObject[]) => Readonly<Record<string, string>>;
}
