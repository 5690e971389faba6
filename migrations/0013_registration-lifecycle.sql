CREATE TABLE "lifecycle_absence" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"delegate" text NOT NULL,
	"next_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "lifecycle_notice" (
	"id" uuid PRIMARY KEY NOT NULL,
	"registration_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"event" text NOT NULL,
	"recipients" jsonb NOT NULL,
	"redacted" boolean DEFAULT false NOT NULL,
	"must_not_contain" jsonb NOT NULL,
	"days" integer,
	"sent_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "lifecycle_partner" (
	"partner_id" uuid PRIMARY KEY NOT NULL,
	"status" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifecycle_person" (
	"name" text PRIMARY KEY NOT NULL,
	"role" text NOT NULL,
	"partner_id" uuid,
	"crm_user" text,
	"left_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "lifecycle_programme" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"version" integer NOT NULL,
	"hash" text NOT NULL,
	"body" jsonb NOT NULL,
	"published_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lifecycle_timer" (
	"registration_id" uuid NOT NULL,
	"timer" text NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	CONSTRAINT "lifecycle_timer_registration_id_timer_pk" PRIMARY KEY("registration_id","timer")
);
--> statement-breakpoint
CREATE TABLE "registration_event" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"registration_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"move" text NOT NULL,
	"actor" text,
	"role" text,
	"via" text,
	"reason_code" text,
	"refusal" text,
	"before" jsonb,
	"after" jsonb NOT NULL,
	"changed_terms" jsonb NOT NULL,
	"program_version" integer NOT NULL,
	"version" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "registration_event_evidence" (
	"event_id" bigint PRIMARY KEY NOT NULL,
	"given" jsonb NOT NULL,
	"terms_before" jsonb NOT NULL,
	"terms_after" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "registration_lifecycle" (
	"registration_id" uuid PRIMARY KEY NOT NULL,
	"partner_id" uuid NOT NULL,
	"opportunity_id" uuid,
	"deal" text NOT NULL,
	"state" text NOT NULL,
	"version" integer NOT NULL,
	"programme_id" bigint NOT NULL,
	"terms" jsonb NOT NULL,
	"body" jsonb NOT NULL,
	"crm_fields" jsonb NOT NULL,
	"crm_opportunity_fields" jsonb,
	"crm_put_back" jsonb NOT NULL,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "submission_key" (
	"sender" text NOT NULL,
	"key" text NOT NULL,
	"registration_id" uuid NOT NULL,
	CONSTRAINT "submission_key_sender_key_pk" PRIMARY KEY("sender","key")
);
--> statement-breakpoint
ALTER TABLE "lifecycle_notice" ADD CONSTRAINT "lifecycle_notice_registration_id_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "public"."registration"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifecycle_partner" ADD CONSTRAINT "lifecycle_partner_partner_id_partner_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifecycle_person" ADD CONSTRAINT "lifecycle_person_partner_id_partner_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifecycle_timer" ADD CONSTRAINT "lifecycle_timer_registration_id_registration_lifecycle_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "public"."registration_lifecycle"("registration_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registration_event" ADD CONSTRAINT "registration_event_registration_id_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "public"."registration"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registration_event_evidence" ADD CONSTRAINT "registration_event_evidence_event_id_registration_event_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."registration_event"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registration_lifecycle" ADD CONSTRAINT "registration_lifecycle_registration_id_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "public"."registration"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registration_lifecycle" ADD CONSTRAINT "registration_lifecycle_partner_id_partner_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registration_lifecycle" ADD CONSTRAINT "registration_lifecycle_opportunity_id_opportunity_id_fk" FOREIGN KEY ("opportunity_id") REFERENCES "public"."opportunity"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registration_lifecycle" ADD CONSTRAINT "registration_lifecycle_programme_id_lifecycle_programme_id_fk" FOREIGN KEY ("programme_id") REFERENCES "public"."lifecycle_programme"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "submission_key" ADD CONSTRAINT "submission_key_registration_id_registration_lifecycle_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "public"."registration_lifecycle"("registration_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "lifecycle_absence_name" ON "lifecycle_absence" USING btree ("name");--> statement-breakpoint
CREATE INDEX "lifecycle_absence_next" ON "lifecycle_absence" USING btree ("next_at");--> statement-breakpoint
CREATE INDEX "lifecycle_notice_unsent" ON "lifecycle_notice" USING btree ("at") WHERE "lifecycle_notice"."sent_at" is null;--> statement-breakpoint
CREATE INDEX "lifecycle_notice_registration" ON "lifecycle_notice" USING btree ("registration_id");--> statement-breakpoint
CREATE INDEX "lifecycle_person_partner" ON "lifecycle_person" USING btree ("partner_id");--> statement-breakpoint
CREATE INDEX "lifecycle_person_crm_user" ON "lifecycle_person" USING btree ("crm_user");--> statement-breakpoint
CREATE INDEX "lifecycle_timer_due" ON "lifecycle_timer" USING btree ("due_at","registration_id");--> statement-breakpoint
CREATE INDEX "registration_event_registration" ON "registration_event" USING btree ("registration_id","id");--> statement-breakpoint
CREATE INDEX "registration_lifecycle_deal" ON "registration_lifecycle" USING btree ("deal");--> statement-breakpoint
CREATE INDEX "registration_lifecycle_partner" ON "registration_lifecycle" USING btree ("partner_id");--> statement-breakpoint
CREATE INDEX "registration_lifecycle_opportunity" ON "registration_lifecycle" USING btree ("opportunity_id");--> statement-breakpoint
CREATE INDEX "registration_lifecycle_waiting" ON "registration_lifecycle" USING btree ("registration_id") WHERE "registration_lifecycle"."state" in ('in_review', 'appealed');--> statement-breakpoint
CREATE TRIGGER "lifecycle_programme_append_only" BEFORE UPDATE OR DELETE ON "lifecycle_programme" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "lifecycle_programme_no_truncate" BEFORE TRUNCATE ON "lifecycle_programme" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "registration_event_append_only" BEFORE UPDATE OR DELETE ON "registration_event" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "registration_event_no_truncate" BEFORE TRUNCATE ON "registration_event" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
-- Evidence may be deleted, because a vendor may erase a registration for privacy, and is never changed.
CREATE TRIGGER "registration_event_evidence_append_only" BEFORE UPDATE ON "registration_event_evidence" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "registration_event_evidence_no_truncate" BEFORE TRUNCATE ON "registration_event_evidence" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();
