CREATE TABLE "mapping_backfill" (
	"id" uuid PRIMARY KEY NOT NULL,
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"kind" text NOT NULL,
	"version" integer NOT NULL,
	"phase" text DEFAULT 'read' NOT NULL,
	"after_id" text DEFAULT '' NOT NULL,
	"report" jsonb,
	"started_by" uuid,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "mapping_drift" (
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"kind" text NOT NULL,
	"version" integer NOT NULL,
	"baseline" jsonb NOT NULL,
	"findings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"told" text,
	"found_at" timestamp with time zone,
	"checked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "mapping_drift_connection_id_object_kind_pk" PRIMARY KEY("connection_id","object","kind")
);
--> statement-breakpoint
CREATE TABLE "mapping_restore" (
	"id" uuid PRIMARY KEY NOT NULL,
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"kind" text NOT NULL,
	"version" integer,
	"count" integer,
	"phase" text DEFAULT 'plan' NOT NULL,
	"report" jsonb,
	"started_by" uuid,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "mapping_backfill" ADD CONSTRAINT "mapping_backfill_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mapping_drift" ADD CONSTRAINT "mapping_drift_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mapping_restore" ADD CONSTRAINT "mapping_restore_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "mapping_backfill_running" ON "mapping_backfill" USING btree ("connection_id","object","kind") WHERE "mapping_backfill"."phase" not in ('done', 'failed');--> statement-breakpoint
CREATE INDEX "mapping_backfill_latest" ON "mapping_backfill" USING btree ("connection_id","object","kind","started_at");--> statement-breakpoint
CREATE UNIQUE INDEX "mapping_restore_running" ON "mapping_restore" USING btree ("connection_id","object","kind") WHERE "mapping_restore"."phase" not in ('done', 'failed');