CREATE TABLE "automatic_stop" (
	"id" uuid PRIMARY KEY NOT NULL,
	"stopped_at" timestamp with time zone NOT NULL,
	"program_version" integer NOT NULL,
	"decided" integer NOT NULL,
	"overturned" integer NOT NULL,
	"resumed_at" timestamp with time zone,
	"resumed_by" uuid,
	"counted_after" bigint
);
--> statement-breakpoint
CREATE UNIQUE INDEX "automatic_stop_open" ON "automatic_stop" USING btree ((true)) WHERE "automatic_stop"."resumed_at" is null;--> statement-breakpoint
CREATE INDEX "registration_event_automatic" ON "registration_event" USING btree ("id") WHERE "registration_event"."after" ->> 'state' = 'approved' and "registration_event"."after" ->> 'lastDecider' is null;