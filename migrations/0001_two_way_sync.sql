CREATE TABLE "alert" (
	"id" uuid PRIMARY KEY NOT NULL,
	"connection_id" uuid NOT NULL,
	"state" text NOT NULL,
	"message" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"told_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "budget" (
	"connection_id" uuid NOT NULL,
	"window_name" text NOT NULL,
	"allowed" integer NOT NULL,
	"taken" double precision[] DEFAULT '{}' NOT NULL,
	"used" integer DEFAULT 0 NOT NULL,
	"ours" integer DEFAULT 0 NOT NULL,
	"told_at" timestamp with time zone,
	"window_started_at" timestamp with time zone NOT NULL,
	"held_until" timestamp with time zone,
	CONSTRAINT "budget_connection_id_window_name_pk" PRIMARY KEY("connection_id","window_name")
);
--> statement-breakpoint
CREATE TABLE "connection_token" (
	"connection_id" uuid PRIMARY KEY NOT NULL,
	"tokens" jsonb NOT NULL,
	"exchanging" text,
	"renewed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hint" (
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"ext_id" text NOT NULL,
	"erased" boolean DEFAULT false NOT NULL,
	"via" text NOT NULL,
	"token" uuid NOT NULL,
	"times" integer DEFAULT 1 NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	CONSTRAINT "hint_connection_id_object_ext_id_pk" PRIMARY KEY("connection_id","object","ext_id")
);
--> statement-breakpoint
CREATE TABLE "listening" (
	"connection_id" uuid PRIMARY KEY NOT NULL,
	"position" text,
	"lease_holder" uuid,
	"leased_until" timestamp with time zone,
	"heard_at" timestamp with time zone,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "remote_change" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"ext_id" text NOT NULL,
	"what" text NOT NULL,
	"changes" jsonb NOT NULL,
	"via" text NOT NULL,
	"modified_at" timestamp with time zone NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "resolution" (
	"id" uuid PRIMARY KEY NOT NULL,
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"ext_id" text NOT NULL,
	"kind" text NOT NULL,
	"record_id" uuid NOT NULL,
	"field" text NOT NULL,
	"base" jsonb,
	"theirs" jsonb,
	"ours" jsonb,
	"policy" text NOT NULL,
	"winner" text,
	"mapping_version" integer NOT NULL,
	"decided_by" uuid,
	"at" timestamp with time zone NOT NULL,
	"settled_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "scanned" (
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"ext_id" text NOT NULL,
	CONSTRAINT "scanned_connection_id_object_ext_id_pk" PRIMARY KEY("connection_id","object","ext_id")
);
--> statement-breakpoint
ALTER TABLE "link" DROP CONSTRAINT "link_connection_id_connection_id_fk";--> statement-breakpoint
ALTER TABLE "remote_record" DROP CONSTRAINT "remote_record_connection_id_connection_id_fk";--> statement-breakpoint
ALTER TABLE "partner" DROP CONSTRAINT "partner_account_id_unique";--> statement-breakpoint
ALTER TABLE "shadow" ALTER COLUMN "written_at" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "connection" ADD COLUMN "paused_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "connection" ADD COLUMN "paused_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "connection" ADD COLUMN "pause_reason" text;--> statement-breakpoint
ALTER TABLE "connection" ADD COLUMN "daily_allotment" integer;--> statement-breakpoint
ALTER TABLE "connection" ADD COLUMN "vanish_limit_percent" integer DEFAULT 5 NOT NULL;--> statement-breakpoint
ALTER TABLE "cursor" RENAME COLUMN "after_id" TO "resume";--> statement-breakpoint
ALTER TABLE "cursor" ADD COLUMN "done" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "cursor" ADD COLUMN "total" integer;--> statement-breakpoint
ALTER TABLE "cursor" ADD COLUMN "began_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "cursor" ADD COLUMN "scanned_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "link" ADD COLUMN "merged_into" text;--> statement-breakpoint
ALTER TABLE "partner" ADD COLUMN "merged_into" uuid;--> statement-breakpoint
ALTER TABLE "partner" ADD COLUMN "merged_first_into" uuid;--> statement-breakpoint
ALTER TABLE "partner" ADD COLUMN "merged_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "remote_record" ADD COLUMN "merged_into" text;--> statement-breakpoint
ALTER TABLE "shadow" ADD COLUMN "edits" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "shadow" ADD COLUMN "sent" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "shadow" ADD COLUMN "modified_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "key" text;--> statement-breakpoint
ALTER TABLE "write_intent" ADD COLUMN "base" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "write_intent" ADD COLUMN "parent" text;--> statement-breakpoint
ALTER TABLE "write_intent" ADD COLUMN "urgent" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "write_intent" ADD COLUMN "mapping_version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "alert" ADD CONSTRAINT "alert_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget" ADD CONSTRAINT "budget_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connection_token" ADD CONSTRAINT "connection_token_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hint" ADD CONSTRAINT "hint_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "listening" ADD CONSTRAINT "listening_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remote_change" ADD CONSTRAINT "remote_change_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resolution" ADD CONSTRAINT "resolution_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "partner" ADD CONSTRAINT "partner_merged_into_partner_id_fk" FOREIGN KEY ("merged_into") REFERENCES "public"."partner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "partner" ADD CONSTRAINT "partner_merged_first_into_partner_id_fk" FOREIGN KEY ("merged_first_into") REFERENCES "public"."partner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "partner" ADD CONSTRAINT "partner_merge_is_dated" CHECK (num_nulls("partner"."merged_into", "partner"."merged_first_into", "partner"."merged_at") in (0, 3));--> statement-breakpoint
CREATE UNIQUE INDEX "partner_account" ON "partner" USING btree ("account_id") WHERE "partner"."merged_into" is null;--> statement-breakpoint
CREATE INDEX "remote_change_record" ON "remote_change" USING btree ("connection_id","object","ext_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "resolution_open" ON "resolution" USING btree ("connection_id","object","ext_id","field") WHERE "resolution"."winner" is null;--> statement-breakpoint
CREATE INDEX "resolution_record" ON "resolution" USING btree ("record_id","at");--> statement-breakpoint
CREATE INDEX "shadow_edited" ON "shadow" USING btree ("connection_id","object") WHERE "shadow"."edits" <> '{}'::jsonb;--> statement-breakpoint
CREATE UNIQUE INDEX "job_once" ON "job" USING btree ("key") WHERE "job"."status" in ('waiting', 'queued');--> statement-breakpoint
CREATE INDEX "job_failed" ON "job" USING btree ("key") WHERE "job"."status" = 'failed';--> statement-breakpoint
-- Rows that come by the hundred thousand go with their connection by this instead of by foreign keys, which are looked up row by row.
CREATE FUNCTION "forget_connection"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM "remote_record" WHERE "connection_id" = OLD."id";
	DELETE FROM "link" WHERE "connection_id" = OLD."id";
	DELETE FROM "scanned" WHERE "connection_id" = OLD."id";
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "connection_forgotten" AFTER DELETE ON "connection" FOR EACH ROW EXECUTE FUNCTION "forget_connection"();
