import type { z } from 'zod';
import type { DeferredMove } from '#src/domain/registrations/lifecycle/registration.ts';
import type { deferredMove } from './lifecycle-schema.ts';

export function deferredAnswer({ move, by, at, until }: DeferredMove): z.infer<typeof deferredMove> {
  return { move, by, at: new Date(at * 1000), until: new Date(until * 1000) };
}
