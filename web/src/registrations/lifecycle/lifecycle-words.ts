import type { Lifecycle } from '../../api/types.ts';
import type { Label } from '../../words.ts';

type State = Lifecycle['state'];
export type Move = Lifecycle['legalMoves'][number];

export const stateNames: Readonly<Record<State, Label>> = {
  submitted: { label: 'Submitted', tone: 'info' },
  in_review: { label: 'In review', tone: 'warn' },
  info_requested: { label: 'Information requested', tone: 'warn' },
  approved: { label: 'Approved', tone: 'good' },
  converted: { label: 'Converted', tone: 'good' },
  rejected: { label: 'Rejected', tone: 'bad' },
  appealed: { label: 'Appealed', tone: 'warn' },
  expired: { label: 'Expired', tone: 'quiet' },
  withdrawn: { label: 'Withdrawn', tone: 'quiet' },
  superseded: { label: 'Superseded', tone: 'quiet' },
  won: { label: 'Won', tone: 'good' },
  lost: { label: 'Lost', tone: 'quiet' },
};

/** The words of a button, and of its event. */
export const moveNames: Readonly<Record<Move, { readonly button: string; readonly done: string }>> = {
  approve: { button: 'Approve', done: 'approved' },
  reject: { button: 'Reject', done: 'rejected' },
  request_info: { button: 'Request information', done: 'requested information' },
  answer_info: { button: 'Answer the question', done: 'answered the question' },
  appeal: { button: 'Appeal', done: 'appealed' },
  uphold: { button: 'Uphold the rejection', done: 'upheld the rejection' },
  overturn: { button: 'Overturn the rejection', done: 'overturned the rejection' },
  withdraw: { button: 'Withdraw', done: 'withdrew it' },
  resubmit: { button: 'Submit again', done: 'submitted it again' },
  reopen: { button: 'Reopen', done: 'reopened it' },
  request_extension: { button: 'Request an extension', done: 'requested an extension' },
  grant_extension: { button: 'Grant the extension', done: 'granted the extension' },
  deny_extension: { button: 'Deny the extension', done: 'denied the extension' },
  report_activity: { button: 'Report activity', done: 'reported activity' },
  convert: { button: 'Convert', done: 'converted it' },
  supersede: { button: 'Supersede', done: 'replaced it by another registration' },
};

const otherEvents: Readonly<Record<string, string>> = {
  submit: 'submitted it',
  edit: 'edited it',
  undo: 'undid the decision',
  clock: 'moved it',
  'crm.edited': 'read an edit in the CRM',
  'crm.put_back': 'put a locked value back in the CRM',
  'rules.done': 'applied the rules',
  no_response: 'rejected it: no answer in time',
  expire: 'ended the protection',
  lapse: 'ended the protection: no activity',
};

/** Timers have a number after their name, such as `escalation_80`. */
export function eventText(move: string): string {
  return moveNames[move as Move]?.done ?? otherEvents[move] ?? move.replaceAll(/[._]/g, ' ');
}
