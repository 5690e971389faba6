import type { MappedLine } from '../../mapping-types.ts';
import type { Row } from '../rows.ts';

/** The props of each part of a line's editor. */
export interface LinePartProps {
  readonly row: Row;
  readonly field: MappedLine;
  readonly change: (next: (field: MappedLine) => MappedLine) => void;
}
