import type { Systems } from './contract/systems.ts';
import { files } from './files/entry.ts';
import { hubspot } from './hubspot/entry.ts';
import { salesforce } from './salesforce/entry.ts';

/** The systems Fairway can connect to. A new CRM or ERP is a folder, a mapping pack and a line here. */
export const shippedSystems: Systems = [salesforce, hubspot, files];
