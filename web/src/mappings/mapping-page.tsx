import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { useMay } from '../shell/session.ts';
import { EmptyState, QueryView } from '../ui/layout/states.tsx';
import { Page } from '../ui/layout/page.tsx';
import { Pill } from '../ui/pill.tsx';
import { plain, sentence } from '../words.ts';
import { MappingEditor } from './editor/mapping-editor.tsx';
import { mappingPageQuery } from './mapping-queries.ts';
import type { Kind, MappingPage as PageData } from './mapping-types.ts';
import { versionStatus } from './mapping-words.ts';
import { StartDraft } from './versions/start-draft.tsx';

const parent = { to: '/mappings', label: 'Mappings' };

/** One mapping: the fields of one CRM object and the Fairway fields they become. */
export function MappingPage() {
  const { connectionId = '', object = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const kind = (search.get('kind') as Kind | null) ?? undefined;
  const place = useMemo(() => ({ connectionId, object, kind }), [connectionId, object, kind]);
  const query = useQuery(mappingPageQuery(place));
  const page = query.data;
  const mayDraft = useMay('draft_mappings');
  return (
    <Page
      parent={parent}
      title={page ? `${page.objectLabel} in ${page.connection.name}` : object}
      mark={page && <Mark page={page} />}
      lead={
        page &&
        `How its fields become fields of a Fairway ${plain(page.kind)}. A change takes effect when another person has approved it.`
      }
      actions={
        page &&
        page.kinds.length > 1 && (
          <Select
            aria-label="Kind of record"
            data={page.kinds.map((one) => ({ value: one, label: sentence(plain(one)) }))}
            value={page.kind}
            allowDeselect={false}
            onChange={(value) => value !== null && setSearch({ kind: value })}
          />
        )
      }
    >
      <QueryView query={query} rows={14}>
        {(data) =>
          data.live === null && data.open === null ? (
            mayDraft ? (
              <StartDraft place={place} page={data} />
            ) : (
              <EmptyState title="Not mapped yet">
                No record of {data.objectLabel} is read or written. Operations or an admin can map it.
              </EmptyState>
            )
          ) : (
            <MappingEditor key={`${connectionId} ${object} ${data.kind}`} place={place} page={data} />
          )
        }
      </QueryView>
    </Page>
  );
}

function Mark({ page: { live, open } }: { readonly page: PageData }) {
  const state = versionStatus[open?.status ?? live?.status ?? 'draft'];
  return <Pill tone={state.tone}>{live === null && open === null ? 'Not mapped' : state.label}</Pill>;
}
