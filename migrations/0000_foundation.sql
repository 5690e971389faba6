CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
CREATE TABLE "account" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"domain" text,
	"country" text,
	"city" text,
	"postcode" text,
	"phone" text,
	"is_partner" boolean DEFAULT false NOT NULL,
	"partner_code" text,
	"core" text NOT NULL,
	"match_domain" text,
	"normaliser_version" text NOT NULL,
	"deleted" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "conflict_case" (
	"registration_id" uuid PRIMARY KEY NOT NULL,
	"decision" jsonb NOT NULL,
	"model_version" text NOT NULL,
	"normaliser_version" text NOT NULL,
	"program_version" integer NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "opportunity" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid,
	"name" text NOT NULL,
	"stage" text,
	"is_closed" boolean DEFAULT false NOT NULL,
	"is_won" boolean DEFAULT false NOT NULL,
	"amount_minor" bigint,
	"currency" text,
	"close_date" date,
	"opened_at" timestamp with time zone,
	"deleted" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "partner" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"name" text NOT NULL,
	"code" text,
	CONSTRAINT "partner_account_id_unique" UNIQUE("account_id")
);
--> statement-breakpoint
CREATE TABLE "program_version" (
	"version" integer PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"body" jsonb NOT NULL,
	"hash" text NOT NULL,
	"published_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "registration" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" text NOT NULL,
	"partner_id" uuid NOT NULL,
	"opportunity_id" uuid,
	"customer_name" text NOT NULL,
	"customer_domain" text,
	"customer_country" text,
	"contact_email" text,
	"product_family" text,
	"deal_type" text DEFAULT 'new' NOT NULL,
	"amount_minor" bigint,
	"currency" text,
	"expected_close" date,
	"submitted_at" timestamp with time zone NOT NULL,
	"core" text NOT NULL,
	"match_domain" text,
	"match_country" text,
	"status" text DEFAULT 'submitted' NOT NULL,
	"reason" text,
	"decided_at" timestamp with time zone,
	"decided_by" uuid,
	"protected_until" date,
	"conflict_summary" text,
	"conflict_score" integer,
	"program_version" integer,
	"deleted" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tier_assignment" (
	"partner_id" uuid NOT NULL,
	"effective_from" date NOT NULL,
	"tier" text NOT NULL,
	"trailing_revenue_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"explanation" text NOT NULL,
	"program_version" integer NOT NULL,
	CONSTRAINT "tier_assignment_partner_id_effective_from_pk" PRIMARY KEY("partner_id","effective_from")
);
--> statement-breakpoint
CREATE TABLE "connection" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"settings" jsonb NOT NULL,
	"secrets" jsonb NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"account" text,
	"failure" jsonb,
	"calls_used" integer,
	"calls_allowed" integer,
	"checked_at" timestamp with time zone,
	"installed_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "connection_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "cursor" (
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"since" text,
	"started_at" text,
	"after_id" text,
	"completed_at" timestamp with time zone,
	CONSTRAINT "cursor_connection_id_object_pk" PRIMARY KEY("connection_id","object")
);
--> statement-breakpoint
CREATE TABLE "link" (
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"ext_id" text NOT NULL,
	"kind" text NOT NULL,
	"record_id" uuid NOT NULL,
	CONSTRAINT "link_connection_id_object_ext_id_pk" PRIMARY KEY("connection_id","object","ext_id")
);
--> statement-breakpoint
CREATE TABLE "object_description" (
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"description" jsonb NOT NULL,
	"described_at" timestamp with time zone NOT NULL,
	CONSTRAINT "object_description_connection_id_object_pk" PRIMARY KEY("connection_id","object")
);
--> statement-breakpoint
CREATE TABLE "remote_record" (
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"ext_id" text NOT NULL,
	"fields" jsonb NOT NULL,
	"hash" text NOT NULL,
	"modified_at" timestamp with time zone NOT NULL,
	"deleted" boolean DEFAULT false NOT NULL,
	"pulled_at" timestamp with time zone NOT NULL,
	"mapped_hash" text,
	CONSTRAINT "remote_record_connection_id_object_ext_id_pk" PRIMARY KEY("connection_id","object","ext_id")
);
--> statement-breakpoint
CREATE TABLE "shadow" (
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"ext_id" text NOT NULL,
	"fields" jsonb NOT NULL,
	"written_at" timestamp with time zone NOT NULL,
	CONSTRAINT "shadow_connection_id_object_ext_id_pk" PRIMARY KEY("connection_id","object","ext_id")
);
--> statement-breakpoint
CREATE TABLE "journal_tx" (
	"id" uuid PRIMARY KEY NOT NULL,
	"reason" text NOT NULL,
	"document_id" uuid,
	"partner_id" uuid NOT NULL,
	"component" text NOT NULL,
	"currency" text NOT NULL,
	"period" text NOT NULL,
	"program_version" integer NOT NULL,
	"trace" jsonb,
	"run_id" uuid,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payout_batch" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"period" text NOT NULL,
	"currency" text NOT NULL,
	"status" text DEFAULT 'draft' NOT NULL,
	"total_minor" bigint NOT NULL,
	"item_count" integer NOT NULL,
	"content_hash" text NOT NULL,
	"approved_hash" text,
	"created_by" uuid,
	"submitted_by" uuid,
	"approved_by" uuid,
	"created_at" timestamp with time zone NOT NULL,
	"submitted_at" timestamp with time zone,
	"approved_at" timestamp with time zone,
	"exported_at" timestamp with time zone,
	"file_written_at" timestamp with time zone,
	CONSTRAINT "payout_batch_key_unique" UNIQUE("key"),
	CONSTRAINT "payout_batch_two_people" CHECK ("payout_batch"."approved_by" is null or ("payout_batch"."submitted_by" is not null and "payout_batch"."approved_by" <> "payout_batch"."submitted_by" and "payout_batch"."approved_by" is distinct from "payout_batch"."created_by")),
	CONSTRAINT "payout_batch_approved_as_is" CHECK ("payout_batch"."status" in ('draft', 'submitted') or ("payout_batch"."approved_by" is not null and "payout_batch"."approved_hash" = "payout_batch"."content_hash"))
);
--> statement-breakpoint
CREATE TABLE "payout_item" (
	"id" uuid PRIMARY KEY NOT NULL,
	"batch_id" uuid NOT NULL,
	"key" text NOT NULL,
	"partner_id" uuid NOT NULL,
	"period" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"line_count" integer NOT NULL,
	CONSTRAINT "payout_item_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "payout_line" (
	"tx_id" uuid NOT NULL,
	"item_id" uuid NOT NULL,
	CONSTRAINT "payout_line_tx_id_pk" PRIMARY KEY("tx_id")
);
--> statement-breakpoint
CREATE TABLE "period" (
	"period" text PRIMARY KEY NOT NULL,
	"closed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "posting" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"tx_id" uuid NOT NULL,
	"account" text NOT NULL,
	"partner_id" uuid NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "source_document" (
	"id" uuid PRIMARY KEY NOT NULL,
	"connection_id" uuid NOT NULL,
	"number" text NOT NULL,
	"kind" text NOT NULL,
	"partner_id" uuid NOT NULL,
	"customer_name" text,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"issued_on" date NOT NULL,
	"paid_on" date,
	"applies_to" text,
	CONSTRAINT "source_document_connection_id_number_unique" UNIQUE("connection_id","number")
);
--> statement-breakpoint
CREATE TABLE "audit_event" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"actor_id" uuid,
	"action" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"reason" text,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "login_link" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "person" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "person_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "session" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job" (
	"id" uuid PRIMARY KEY NOT NULL,
	"run_id" uuid,
	"stage" text,
	"name" text NOT NULL,
	"payload" jsonb NOT NULL,
	"status" text DEFAULT 'waiting' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"error" text,
	"progress" jsonb,
	"created_at" timestamp with time zone NOT NULL,
	"queued_at" timestamp with time zone,
	"heartbeat_at" timestamp with time zone,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "problem" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"ref" text NOT NULL,
	"code" text NOT NULL,
	"class" text NOT NULL,
	"message" text NOT NULL,
	"fix" text NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"occurrences" integer DEFAULT 1 NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	"resolved_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "run" (
	"id" uuid PRIMARY KEY NOT NULL,
	"trigger" text NOT NULL,
	"stage" text NOT NULL,
	"status" text DEFAULT 'running' NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"summary" json,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "run_tally" (
	"run_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"measure" text NOT NULL,
	"count" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "run_tally_run_id_connection_id_measure_pk" PRIMARY KEY("run_id","connection_id","measure")
);
--> statement-breakpoint
CREATE TABLE "write_intent" (
	"id" uuid PRIMARY KEY NOT NULL,
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"kind" text NOT NULL,
	"record_id" uuid NOT NULL,
	"operation" text NOT NULL,
	"ext_id" text,
	"key_field" text,
	"key_value" text,
	"fields" jsonb NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"failure" jsonb,
	"run_id" uuid,
	"created_at" timestamp with time zone NOT NULL,
	"settled_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "conflict_case" ADD CONSTRAINT "conflict_case_registration_id_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "public"."registration"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "opportunity" ADD CONSTRAINT "opportunity_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "partner" ADD CONSTRAINT "partner_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registration" ADD CONSTRAINT "registration_partner_id_partner_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registration" ADD CONSTRAINT "registration_opportunity_id_opportunity_id_fk" FOREIGN KEY ("opportunity_id") REFERENCES "public"."opportunity"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tier_assignment" ADD CONSTRAINT "tier_assignment_partner_id_partner_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cursor" ADD CONSTRAINT "cursor_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "link" ADD CONSTRAINT "link_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "object_description" ADD CONSTRAINT "object_description_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remote_record" ADD CONSTRAINT "remote_record_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shadow" ADD CONSTRAINT "shadow_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "journal_tx" ADD CONSTRAINT "journal_tx_document_id_source_document_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."source_document"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "journal_tx" ADD CONSTRAINT "journal_tx_partner_id_partner_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_item" ADD CONSTRAINT "payout_item_batch_id_payout_batch_id_fk" FOREIGN KEY ("batch_id") REFERENCES "public"."payout_batch"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_item" ADD CONSTRAINT "payout_item_partner_id_partner_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_line" ADD CONSTRAINT "payout_line_tx_id_journal_tx_id_fk" FOREIGN KEY ("tx_id") REFERENCES "public"."journal_tx"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_line" ADD CONSTRAINT "payout_line_item_id_payout_item_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."payout_item"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "posting" ADD CONSTRAINT "posting_tx_id_journal_tx_id_fk" FOREIGN KEY ("tx_id") REFERENCES "public"."journal_tx"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "source_document" ADD CONSTRAINT "source_document_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "source_document" ADD CONSTRAINT "source_document_partner_id_partner_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "login_link" ADD CONSTRAINT "login_link_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "problem" ADD CONSTRAINT "problem_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_tally" ADD CONSTRAINT "run_tally_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_tally" ADD CONSTRAINT "run_tally_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "write_intent" ADD CONSTRAINT "write_intent_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_core_trgm" ON "account" USING gin ("core" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "account_match_domain" ON "account" USING btree ("match_domain");--> statement-breakpoint
CREATE INDEX "account_core" ON "account" USING btree ("core");--> statement-breakpoint
CREATE INDEX "opportunity_account" ON "opportunity" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "partner_code" ON "partner" USING btree ("code");--> statement-breakpoint
CREATE INDEX "registration_core_trgm" ON "registration" USING gin ("core" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "registration_match_domain" ON "registration" USING btree ("match_domain");--> statement-breakpoint
CREATE INDEX "registration_status" ON "registration" USING btree ("status");--> statement-breakpoint
CREATE INDEX "registration_opportunity" ON "registration" USING btree ("opportunity_id");--> statement-breakpoint
CREATE INDEX "link_record" ON "link" USING btree ("record_id");--> statement-breakpoint
CREATE INDEX "remote_record_unmapped" ON "remote_record" USING btree ("connection_id","object","ext_id") WHERE "remote_record"."mapped_hash" is distinct from "remote_record"."hash";--> statement-breakpoint
CREATE INDEX "journal_tx_document" ON "journal_tx" USING btree ("document_id","component");--> statement-breakpoint
CREATE INDEX "journal_tx_partner" ON "journal_tx" USING btree ("partner_id","period");--> statement-breakpoint
CREATE INDEX "payout_item_batch" ON "payout_item" USING btree ("batch_id");--> statement-breakpoint
CREATE INDEX "payout_line_item" ON "payout_line" USING btree ("item_id");--> statement-breakpoint
CREATE INDEX "posting_tx" ON "posting" USING btree ("tx_id");--> statement-breakpoint
CREATE INDEX "source_document_partner" ON "source_document" USING btree ("partner_id","issued_on");--> statement-breakpoint
CREATE INDEX "audit_event_subject" ON "audit_event" USING btree ("subject_id");--> statement-breakpoint
CREATE INDEX "session_person" ON "session" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "job_open" ON "job" USING btree ("created_at") WHERE "job"."status" in ('waiting', 'queued');--> statement-breakpoint
CREATE INDEX "job_run" ON "job" USING btree ("run_id","stage");--> statement-breakpoint
CREATE UNIQUE INDEX "problem_once" ON "problem" USING btree ("source","connection_id","object","ref","code");--> statement-breakpoint
CREATE INDEX "problem_open" ON "problem" USING btree ("last_seen_at") WHERE "problem"."status" = 'open';--> statement-breakpoint
CREATE UNIQUE INDEX "run_one_at_a_time" ON "run" USING btree ("status") WHERE "run"."status" = 'running';--> statement-breakpoint
CREATE UNIQUE INDEX "write_intent_open" ON "write_intent" USING btree ("connection_id","object","record_id") WHERE "write_intent"."status" in ('pending', 'dead');--> statement-breakpoint
CREATE INDEX "write_intent_record" ON "write_intent" USING btree ("record_id","created_at");--> statement-breakpoint
CREATE INDEX "write_intent_run" ON "write_intent" USING btree ("run_id");
--> statement-breakpoint
-- Every journal entry balances, per currency, at commit.
CREATE FUNCTION "journal_tx_balances"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	off record;
BEGIN
	SELECT "currency", sum("amount_minor") AS "sum" INTO off FROM "posting" WHERE "tx_id" = NEW."tx_id" GROUP BY "currency" HAVING sum("amount_minor") <> 0 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'journal entry % is out of balance by % %', NEW."tx_id", off."sum", off."currency";
	END IF;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE CONSTRAINT TRIGGER "posting_balances" AFTER INSERT ON "posting" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "journal_tx_balances"();--> statement-breakpoint
-- The ledger, the audit trail and published programmes are appended to, never changed.
CREATE FUNCTION "append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;--> statement-breakpoint
CREATE TRIGGER "posting_append_only" BEFORE UPDATE OR DELETE ON "posting" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "journal_tx_append_only" BEFORE UPDATE OR DELETE ON "journal_tx" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "payout_line_append_only" BEFORE UPDATE OR DELETE ON "payout_line" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "audit_event_append_only" BEFORE UPDATE OR DELETE ON "audit_event" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "program_version_append_only" BEFORE UPDATE OR DELETE ON "program_version" FOR EACH ROW EXECUTE FUNCTION "append_only"();
