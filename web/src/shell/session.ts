import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../api/queries.ts';
import type { Permission } from '../api/types.ts';

/**
 * Whether the signed-in person may do something. The API decides; this only keeps buttons that would be
 * refused off the screen.
 */
export function useMay(permission: Permission): boolean {
  return useQuery(meQuery).data?.permissions.includes(permission) ?? false;
}
