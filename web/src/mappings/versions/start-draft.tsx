import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, expectAnswer } from '../../api/client.ts';
import { EmptyState } from '../../ui/layout/states.tsx';
import { showFailure } from '../../ui/layout/toast.tsx';
import { plain } from '../../words.ts';
import { at, mappingPageQuery } from '../mapping-queries.ts';
import type { MappingPage, Place } from '../mapping-types.ts';

/** Starts a draft for an object that is not mapped, with suggestions by field name. */
export function StartDraft({ place, page }: { readonly place: Place; readonly page: MappingPage }) {
  const queries = useQueryClient();
  const start = useMutation({
    mutationFn: () => {
      const { path, query } = at(place);
      return expectAnswer(
        api.POST('/api/mappings/{connectionId}/{object}/draft', { params: { path }, body: query }),
      );
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: mappingPageQuery(place).queryKey }),
    onError: showFailure,
  });
  return (
    <EmptyState
      title={`${page.objectLabel} is not mapped yet`}
      action={
        <Button loading={start.isPending} onClick={() => start.mutate()}>
          Start with suggestions
        </Button>
      }
    >
      Fairway does not read or write it. A draft starts with the fields whose names are like those of{' '}
      {plain(page.kind)}; nothing changes until it is approved.
    </EmptyState>
  );
}
