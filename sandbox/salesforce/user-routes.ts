import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { issueAccessToken } from './auth/access-tokens.ts';
import { adminUser } from './bootstrap.ts';
import type { Org } from './records/org.ts';
import { readInput } from './rest/read-input.ts';
import { rowError } from './rest/api-error.ts';
import { Writer } from './records/writer.ts';

const userSchema = z.strictObject({
  username: z.string().min(3),
  lastName: z.string().min(1),
  /** Null: the user has none. */
  email: z.string().min(3).nullable().default(null),
  /** The names of the permission sets to assign. */
  permissionSets: z.array(z.string()).default([]),
  /** No client may write it. `AutomatedProcess` runs platform events and some flows. Source: Object Reference, User. */
  userType: z.enum(['Standard', 'AutomatedProcess']).default('Standard'),
});

/**
 * An administrator adds a user, assigns permission sets, and signs in as that user. The API shows the user only
 * the fields that the permission sets show.
 */
export function orgUserRoutes(app: FastifyInstance, org: Org): void {
  app.post('/sandbox/users', (request, reply) => {
    const { username, lastName, email, permissionSets, userType } = readInput(userSchema, request.body);
    const id = org.store.batch(() => {
      const userId = insert(org, 'User', {
        Username: username,
        LastName: lastName,
        Email: email,
        IsActive: true,
      });
      for (const name of permissionSets)
        insert(org, 'PermissionSetAssignment', { PermissionSetId: idOfSet(org, name), AssigneeId: userId });
      const [user, row] = [org.schema().object('User'), org.row('User', userId)];
      if (user && row) org.save(user, { ...row, UserType: userType });
      return userId;
    });
    return reply.send({ id, accessToken: org.store.batch(() => issueAccessToken(org, id)) });
  });
}

function insert(org: Org, objectName: string, fields: Record<string, unknown>): string {
  const object = org.schema().object(objectName);
  if (!object) throw new Error(`no object ${objectName}`);
  return new Writer(org, org.schema(), { userId: adminUser(org).Id }).insert(object, fields);
}

function idOfSet(org: Org, name: string): string {
  const set = org
    .rows('PermissionSet')
    .values()
    .find((row) => row['Name'] === name);
  if (!set) throw rowError('INVALID_CROSS_REFERENCE_KEY', `no permission set named ${name}`);
  return set.Id;
}
