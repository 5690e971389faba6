import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../api/queries.ts';
import type { Permission } from '../api/types.ts';

/**
 * True when the signed-in person has the permission. The API decides; this only hides buttons that it would
 * refuse.
 */
export function useMay(permission: Permission): boolean {
  return useQuery(meQuery).data?.permissions.includes(permission) ?? false;
}
