import { createContext, useContext } from 'react';
import type { Draft } from './use-draft.ts';
import type { Kind, OurField, Place, RemoteField, TransformInfo } from '../mapping-types.ts';

/** The values that every part of the editor needs. */
export interface EditorParts {
  readonly place: Place;
  /** The connection's name, for sentences. */
  readonly crm: string;
  readonly kind: Kind;
  /** False for people who may only view, and for submitted versions. */
  readonly editable: boolean;
  readonly edit: Draft['edit'];
  readonly ourFields: readonly OurField[];
  readonly remoteFields: readonly RemoteField[];
  readonly transforms: readonly TransformInfo[];
}

export const EditorContext = createContext<EditorParts | null>(null);

export function useEditor(): EditorParts {
  const parts = useContext(EditorContext);
  if (!parts) throw new Error('useEditor works only inside a mapping editor');
  return parts;
}
