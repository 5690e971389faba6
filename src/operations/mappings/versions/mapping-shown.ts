import { differenceOf } from '#mappings/engine/pack/difference.ts';
import type { MappingPack } from '#mappings/engine/pack/pack.ts';
import type { MappingVersion } from '#src/db/mappings/mapping-version-store.ts';
import { contentHash } from '#src/domain/content-hash.ts';
import type { ShownContent } from '#src/domain/shown-content.ts';

/** The content that an approval or a rejection decides on: the version, and its changes to the live one. */
export function openMappingShown(open: MappingVersion, inForce: MappingPack | null): ShownContent {
  const lines = differenceOf(inForce, open.pack).lines.map(
    ({ local, change, message }, place): [string, string] => [
      local === null ? `mapping ${place}` : `${local} ${change} ${message}`,
      message,
    ],
  );
  return {
    version: `Version ${open.version}, revision ${open.revision}, ${open.status}`,
    note: `Note: ${open.note ?? 'none'}`,
    content: `Content ${contentHash(open.pack).slice(0, 12)}`,
    ...liveMappingShown(inForce),
    ...Object.fromEntries(lines),
  };
}

/** The content that a roll-back replaces. */
export function liveMappingShown(inForce: MappingPack | null): ShownContent {
  return { live: inForce === null ? 'No version is live' : `Version ${inForce.version} is live` };
}
