import { z } from 'zod';

export const health = z.object({ status: z.enum(['ok', 'database_unreachable']) });
