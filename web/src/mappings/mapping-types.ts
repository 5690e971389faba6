import type { paths } from '../api/schema.d.ts';
import type { Answer, Get } from '../api/types.ts';

export type MappingPage = Get<'/api/mappings/{connectionId}/{object}'>;
export type Kind = MappingPage['kind'];
export type OpenVersion = NonNullable<MappingPage['open']>;
export type MappingVersion = MappingPage['history'][number];
export type Pack = OpenVersion['pack'];
export type MappedLine = Pack['fields'][number];
export type Step = NonNullable<MappedLine['transform']>[number];
export type CustomField = NonNullable<Pack['extra']>[number];
export type Problem = OpenVersion['problems'][number];
export type RemoteField = MappingPage['remoteFields'][number];
export type OurField = MappingPage['ourFields'][number];
export type TransformInfo = MappingPage['transforms'][number];
export type DriftFinding = NonNullable<MappingPage['drift']>['findings'][number];
export type Suggestion = Get<'/api/mappings/{connectionId}/{object}/suggestions'>['suggestions'][number];
export type LineExamples = Get<'/api/mappings/{connectionId}/{object}/examples'>;
export type ListedMapping = Get<'/api/mappings'>['mappings'][number];
export type DryRun = Get<'/api/mappings/{connectionId}/{object}/draft/dry-run'>;
export type Backfill = Get<'/api/mappings/{connectionId}/{object}/backfill'>;
export type BackfillReport = NonNullable<Backfill['report']>;
export type Restore = Get<'/api/mappings/{connectionId}/{object}/restore/{restoreId}'>;
export type Preview = Answer<paths['/api/mappings/{connectionId}/{object}/draft/preview']['post']>;
export type FittingPreview = Extract<Preview, { fits: true }>;
export type Explained = FittingPreview['inbound'][number];

/** Identifies a mapping: one object of one connection and one kind of Fairway record. */
export interface Place {
  readonly connectionId: string;
  readonly object: string;
  readonly kind: Kind | undefined;
}
