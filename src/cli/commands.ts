import type { CommandTable } from './command.ts';

/** Every command of `npm run fairway --`, in the order in which help lists them. */
export const commands: CommandTable = {
  start: {
    summary: 'start everything on this machine, run the main job and serve the console',
    load: async () => (await import('./start.ts')).startCommand,
  },
  serve: {
    summary: 'serve only the API and the console, for a deployment with separate workers',
    load: async () => (await import('./serve.ts')).serveCommand,
  },
  migrate: {
    summary: 'update the database schema; safe while the previous version still runs',
    load: async () => (await import('./migrate.ts')).migrateCommand,
  },
  login: {
    summary: 'print a link that signs a person in once',
    load: async () => (await import('./login.ts')).loginCommand,
  },
  connect: {
    summary: 'connect a CRM or an ERP',
    commands: async () => (await import('./connect.ts')).connectCommands(),
  },
  sandbox: {
    summary: 'start only the sandbox CRMs, to try `connect` and its checks on them',
    load: async () => (await import('./local/try-sandbox.ts')).trySandbox,
  },
  sync: {
    summary: 'show and control synchronisation',
    commands: async () => ({
      status: {
        summary: 'show the state of each connection; exit code 1 when one needs attention',
        load: async () => (await import('./sync/status.ts')).syncStatus,
      },
      run: {
        summary: 'run the main job on the running service and follow it to its end',
        load: async () => (await import('./sync/run.ts')).runSync,
      },
      reconcile: {
        summary: 'compare everything the CRMs hold with what Fairway holds',
        load: async () => (await import('./sync/reconcile.ts')).reconcileSync,
      },
      replay: {
        summary: 'send refused writes again after you have removed the cause',
        load: async () => (await import('./sync/replay.ts')).replaySync,
      },
      explain: {
        summary: 'show the history of one record: what arrived, what won and why, what was sent',
        load: async () => (await import('./sync/explain.ts')).explainSync,
      },
    }),
  },
  match: {
    summary: 'evaluate, explain and improve the matching of companies',
    commands: async () => ({
      explain: {
        summary: 'show why a registration conflicts, worked out again from the stored facts',
        load: async () => (await import('./match/explain.ts')).explainMatchCommand,
      },
      duplicates: {
        summary: 'list accounts of one CRM that are the same customer',
        load: async () => (await import('./match/duplicates.ts')).duplicatesCommand,
      },
      eval: {
        summary: 'measure the matcher on labelled data; the last line is JSON',
        load: async () => (await import('./match/eval.ts')).evalMatch,
      },
      fit: {
        summary: 'fit a matching model to reviewers’ answers or to a list of companies',
        load: async () => (await import('./match/fit.ts')).fitMatch,
      },
      rescore: {
        summary: 'show what another model would change; propose or apply it',
        load: async () => (await import('./match/rescore.ts')).rescoreCommand,
      },
    }),
  },
  registrations: {
    summary: 'submit deal registrations',
    commands: async () => ({
      import: {
        summary: 'submit the registrations of a CSV file, or preview what would happen to each row',
        load: async () => (await import('./registrations/import.ts')).importRegistrations,
      },
      source: {
        summary:
          'add a system that submits registrations by signed webhooks, or rotate, disable or enable it',
        load: async () => (await import('./registrations/source.ts')).registrationSource,
      },
    }),
  },
  clock: {
    summary: 'check how service-level clocks count',
    commands: async () => ({
      cases: {
        summary: 'run worked cases of service-level clocks; exit code 1 when one fails',
        load: async () => (await import('./cases/clock.ts')).clockCases,
      },
    }),
  },
  lifecycle: {
    summary: 'check how registrations are decided, from submission to outcome',
    commands: async () => ({
      cases: {
        summary: 'play worked scenarios on a scratch database; exit code 1 when one fails',
        load: async () => (await import('./cases/lifecycle.ts')).lifecycleCases,
      },
    }),
  },
  incentive: {
    summary: 'explain incentives, and check how they are calculated and posted',
    commands: async () => ({
      explain: {
        summary: 'say in words what a line of a document has earned and why; write a proof',
        load: async () => (await import('./incentive/explain.ts')).explainIncentive,
      },
      verify: {
        summary: 'check a proof without a database; exit code 1 when it is wrong',
        load: async () => (await import('./incentive/verify.ts')).verifyProof,
      },
      cases: {
        summary: 'run published single calculations; exit code 1 when one fails',
        load: async () => (await import('./cases/incentive-rules.ts')).incentiveRules,
      },
      histories: {
        summary: 'run worked histories of facts, closes and payouts; exit code 1 when one fails',
        load: async () => (await import('./cases/incentive-histories.ts')).incentiveHistories,
      },
    }),
  },
  ledger: {
    summary: 'check the ledger, and export it for the general ledger',
    commands: async () => ({
      verify: {
        summary: 'check that nothing was changed and that the books follow from their events',
        load: async () => (await import('./ledger/verify.ts')).verifyLedger,
      },
      'trial-balance': {
        summary: 'show the balance of each account at the end of a month',
        load: async () => (await import('./ledger/trial-balance.ts')).trialBalanceCommand,
      },
      export: {
        summary: 'write the journal as CSV, one line for each posting',
        load: async () => (await import('./ledger/export.ts')).exportLedger,
      },
    }),
  },
  mappings: {
    summary: 'manage mappings as YAML files, for example in git',
    commands: async () => ({
      init: {
        summary: 'write one file per mapping, with suggestions for your custom fields',
        load: async () => (await import('./mappings/init.ts')).initMappings,
      },
      validate: {
        summary: 'check the files against the CRM; exit code 1 when one does not fit',
        load: async () => (await import('./mappings/validate.ts')).validateMappings,
      },
      diff: {
        summary: 'describe how the files differ from the live mappings',
        load: async () => (await import('./mappings/diff.ts')).diffMappings,
      },
      plan: {
        summary: 'show what the files would change in every record, without changing it',
        load: async () => (await import('./mappings/plan.ts')).planMappings,
      },
      apply: {
        summary: 'submit the files’ changes for approval by another person',
        load: async () => (await import('./mappings/apply.ts')).applyMappings,
      },
      drift: {
        summary: 'for CI: exit code 1 when live mappings, files and CRM do not agree',
        load: async () => (await import('./mappings/drift.ts')).mappingsDrift,
      },
      export: {
        summary: 'overwrite the files with the live mappings',
        load: async () => (await import('./mappings/export.ts')).exportMappings,
      },
      rollback: {
        summary: 'make an earlier version live again at once',
        load: async () => (await import('./mappings/rollback.ts')).rollBackMappings,
      },
    }),
  },
  program: {
    summary: 'check, compare and publish the partner programme',
    commands: async () => ({
      validate: {
        summary: 'check a programme file; exit code 1 when something is wrong in it',
        load: async () => (await import('./program/validate.ts')).validateProgram,
      },
      test: {
        summary: 'run the tests in a programme file; exit code 1 when one fails',
        load: async () => (await import('./program/test.ts')).testProgram,
      },
      diff: {
        summary: 'describe the difference between two programmes in sentences',
        load: async () => (await import('./program/diff.ts')).diffProgram,
      },
      simulate: {
        summary: 'show what a programme file would have decided last quarter, without changing anything',
        load: async () => (await import('./program/simulate.ts')).simulateProgramFile,
      },
      publish: {
        summary: 'submit a programme file for approval by another person',
        load: async () => (await import('./program/publish.ts')).publishProgramFile,
      },
      export: {
        summary: 'print a version as YAML, or the JSON Schema of programmes',
        load: async () => (await import('./program/export.ts')).exportProgram,
      },
      list: {
        summary: 'list the versions, and the draft that is open',
        load: async () => (await import('./program/list.ts')).listProgramVersions,
      },
    }),
  },
  webhook: {
    summary: 'create or close the secret webhook address of a CRM that does not sign its calls',
    load: async () => (await import('./webhook.ts')).webhookCommand,
  },
  schema: {
    summary: 'write the objects and fields that Fairway adds to a CRM as source files',
    load: async () => (await import('./schema.ts')).schemaCommand,
  },
  backup: {
    summary: 'write everything that only Fairway knows to an encrypted file; works while it runs',
    load: async () => (await import('./backup/backup.ts')).backupCommand,
  },
  restore: {
    summary: 'fill an empty database from a backup',
    load: async () => (await import('./backup/restore.ts')).restoreCommand,
  },
  verify: {
    summary: 'check that the ledger balances and the audit trail is unchanged and complete',
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
};
