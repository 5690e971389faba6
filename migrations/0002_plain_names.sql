-- Stored names follow the code's: jobs that wait, open problems, alerts and the summaries of runs.
UPDATE "job" SET "name" = 'process-hints', "key" = replace("key", 'freshen:', 'process-hints:') WHERE "name" = 'freshen';--> statement-breakpoint
UPDATE "problem" SET "code" = 'mass_deletion', "object" = replace("object", ' that vanished', ' missing in the CRM') WHERE "code" = 'records_vanishing';--> statement-breakpoint
UPDATE "alert" SET "state" = 'mass_deletion' WHERE "state" = 'vanishing';--> statement-breakpoint
UPDATE "run" SET "summary" = replace("summary"::text, '"why":', '"reason":')::json WHERE "summary" IS NOT NULL;
