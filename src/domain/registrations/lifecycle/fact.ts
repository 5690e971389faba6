import type { RulesVerdict } from './command.ts';
import type { OpportunityFact } from './moves/outcome.ts';
import type { Absence } from './registration.ts';

/** News from outside the lifecycle. */
export type LifecycleFact =
  | { readonly fact: 'person.away'; readonly person: string; readonly absence: Absence }
  | { readonly fact: 'person.left'; readonly person: string }
  | {
      readonly fact: 'opportunity';
      readonly event: OpportunityFact;
      readonly opportunity: string;
      /** The registration to link. For other news, the only one that changes; null for all that are linked to it. */
      readonly registration: string | null;
      readonly reasonCode: string | null;
      /** Why it was lost, in words of the CRM that the list of reasons does not have. */
      readonly reasonText?: string | undefined;
    }
  | {
      readonly fact: 'partner.suspended' | 'partner.reinstated' | 'partner.terminated';
      readonly partner: string;
    }
  | { readonly fact: 'partner.merged'; readonly from: string; readonly into: string }
  | {
      readonly fact: 'crm.edited';
      readonly registration: string;
      /** All terms as the record in the CRM has them now. */
      readonly terms: Readonly<Record<string, string>>;
    }
  | {
      /** Locked fields that were changed in the CRM and get their values back there. */
      readonly fact: 'crm.put_back';
      readonly registration: string;
      readonly fields: readonly string[];
    }
  | {
      readonly fact: 'rules.done';
      readonly registration: string;
      readonly rules: RulesVerdict;
      readonly rulesCode: string | undefined;
    };
