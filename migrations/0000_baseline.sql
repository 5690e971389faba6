CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
CREATE TABLE "account" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"domain" text,
	"country" text,
	"street" text,
	"city" text,
	"region" text,
	"postcode" text,
	"phone" text,
	"aliases" text,
	"vat_id" text,
	"duns" text,
	"lei" text,
	"is_partner" boolean DEFAULT false NOT NULL,
	"partner_code" text,
	"territory" text,
	"customer_since" date,
	"former_names" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"core" text,
	"match_domain" text,
	"normaliser_version" text,
	"extra" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"deleted" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "conflict_case" (
	"registration_id" uuid PRIMARY KEY NOT NULL,
	"decision" jsonb NOT NULL,
	"model_version" text NOT NULL,
	"model_hash" text,
	"normaliser_version" text NOT NULL,
	"program_version" integer NOT NULL,
	"facts" jsonb,
	"opened_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "contact" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid,
	"first_name" text,
	"last_name" text,
	"email" text,
	"phone" text,
	"title" text,
	"extra" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"deleted" boolean DEFAULT false NOT NULL
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
	"product_family" text,
	"opened_at" timestamp with time zone,
	"extra" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"deleted" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "opportunity_line" (
	"id" uuid PRIMARY KEY NOT NULL,
	"opportunity_id" uuid NOT NULL,
	"product_id" uuid,
	"name" text,
	"quantity" numeric,
	"unit_price" numeric,
	"amount_minor" bigint,
	"currency" text,
	"extra" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"deleted" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "partner" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"name" text NOT NULL,
	"code" text,
	"merged_into" uuid,
	"merged_first_into" uuid,
	"merged_at" timestamp with time zone,
	CONSTRAINT "partner_merge_complete" CHECK (num_nulls("partner"."merged_into", "partner"."merged_first_into", "partner"."merged_at") in (0, 3))
);
--> statement-breakpoint
CREATE TABLE "product" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text,
	"name" text NOT NULL,
	"family" text,
	"is_active" boolean DEFAULT true NOT NULL,
	"extra" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"deleted" boolean DEFAULT false NOT NULL
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
	"core" text,
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
	"extra" jsonb DEFAULT '{}'::jsonb NOT NULL,
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
CREATE TABLE "alert" (
	"id" uuid PRIMARY KEY NOT NULL,
	"connection_id" uuid NOT NULL,
	"state" text NOT NULL,
	"message" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "budget" (
	"connection_id" uuid NOT NULL,
	"window_name" text NOT NULL,
	"allowed" integer NOT NULL,
	"call_times" double precision[] DEFAULT '{}' NOT NULL,
	"used" integer DEFAULT 0 NOT NULL,
	"used_by_fairway" integer DEFAULT 0 NOT NULL,
	"reported_at" timestamp with time zone,
	"window_started_at" timestamp with time zone NOT NULL,
	"blocked_until" timestamp with time zone,
	CONSTRAINT "budget_connection_id_window_name_pk" PRIMARY KEY("connection_id","window_name")
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
	"paused_until" timestamp with time zone,
	"paused_at" timestamp with time zone,
	"pause_reason" text,
	"daily_call_limit" integer,
	"removal_limit_percent" integer DEFAULT 5 NOT NULL,
	"webhook_token_hash" text,
	"checked_at" timestamp with time zone,
	"installed_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "connection_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "connection_token" (
	"connection_id" uuid PRIMARY KEY NOT NULL,
	"tokens" jsonb NOT NULL,
	"exchanging" text,
	"renewed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cursor" (
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"since" text,
	"started_at" text,
	"resume" text,
	"done" integer DEFAULT 0 NOT NULL,
	"total" integer,
	"read_started_at" timestamp with time zone,
	"completed_at" timestamp with time zone,
	"scanned_at" timestamp with time zone,
	CONSTRAINT "cursor_connection_id_object_pk" PRIMARY KEY("connection_id","object")
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
CREATE TABLE "link" (
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"ext_id" text NOT NULL,
	"kind" text NOT NULL,
	"record_id" uuid NOT NULL,
	"merged_into" text,
	CONSTRAINT "link_connection_id_object_ext_id_pk" PRIMARY KEY("connection_id","object","ext_id")
);
--> statement-breakpoint
CREATE TABLE "listening" (
	"connection_id" uuid PRIMARY KEY NOT NULL,
	"position" text,
	"lease_holder" uuid,
	"leased_until" timestamp with time zone,
	"last_event_at" timestamp with time zone,
	"error" text
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
CREATE TABLE "remote_record" (
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"ext_id" text NOT NULL,
	"fields" jsonb NOT NULL,
	"hash" text NOT NULL,
	"modified_at" timestamp with time zone NOT NULL,
	"deleted" boolean DEFAULT false NOT NULL,
	"merged_into" text,
	"pulled_at" timestamp with time zone NOT NULL,
	"mapped_hash" text,
	CONSTRAINT "remote_record_connection_id_object_ext_id_pk" PRIMARY KEY("connection_id","object","ext_id")
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
CREATE TABLE "shadow" (
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"ext_id" text NOT NULL,
	"fields" jsonb NOT NULL,
	"edits" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"sent" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"written_at" timestamp with time zone,
	"modified_at" timestamp with time zone,
	CONSTRAINT "shadow_connection_id_object_ext_id_pk" PRIMARY KEY("connection_id","object","ext_id")
);
--> statement-breakpoint
CREATE TABLE "duplicate_dismissal" (
	"left_id" uuid NOT NULL,
	"right_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "duplicate_dismissal_left_id_right_id_pk" PRIMARY KEY("left_id","right_id")
);
--> statement-breakpoint
CREATE TABLE "duplicate_group" (
	"report_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"account_ids" uuid[] NOT NULL,
	"near_ids" uuid[] NOT NULL,
	CONSTRAINT "duplicate_group_report_id_number_pk" PRIMARY KEY("report_id","number")
);
--> statement-breakpoint
CREATE TABLE "duplicate_pair" (
	"report_id" uuid NOT NULL,
	"left_id" uuid NOT NULL,
	"right_id" uuid NOT NULL,
	"verdict" text NOT NULL,
	"bits" double precision NOT NULL,
	CONSTRAINT "duplicate_pair_report_id_left_id_right_id_pk" PRIMARY KEY("report_id","left_id","right_id")
);
--> statement-breakpoint
CREATE TABLE "duplicate_report" (
	"id" uuid PRIMARY KEY NOT NULL,
	"connection_id" uuid NOT NULL,
	"related" boolean NOT NULL,
	"phase" text DEFAULT 'compare' NOT NULL,
	"after_profile" integer DEFAULT 0 NOT NULL,
	"accounts" integer DEFAULT 0 NOT NULL,
	"compared" integer DEFAULT 0 NOT NULL,
	"groups" integer DEFAULT 0 NOT NULL,
	"surplus" integer DEFAULT 0 NOT NULL,
	"model_version" text NOT NULL,
	"normaliser_version" text NOT NULL,
	"started_by" uuid,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
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
	"alert_hash" text,
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
CREATE TABLE "mapping_version" (
	"id" uuid PRIMARY KEY NOT NULL,
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"kind" text NOT NULL,
	"version" integer NOT NULL,
	"pack" json NOT NULL,
	"status" text NOT NULL,
	"based_on" integer,
	"restores" integer,
	"note" text,
	"revision" integer DEFAULT 1 NOT NULL,
	"editors" uuid[] NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_by" uuid NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"submitted_by" uuid,
	"submitted_at" timestamp with time zone,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	"decision_reason" text,
	"retired_at" timestamp with time zone,
	"dry_run" jsonb,
	"dry_run_at" timestamp with time zone,
	CONSTRAINT "mapping_version_pack_matches" CHECK ("mapping_version"."pack"->>'object' = "mapping_version"."object" and "mapping_version"."pack"->>'kind' = "mapping_version"."kind" and ("mapping_version"."pack"->>'version')::int = "mapping_version"."version"),
	CONSTRAINT "mapping_version_two_people" CHECK ("mapping_version"."status" not in ('live', 'retired') or "mapping_version"."restores" is not null or ("mapping_version"."decided_by" is not null and "mapping_version"."decided_by" <> all ("mapping_version"."editors")))
);
--> statement-breakpoint
CREATE TABLE "match_adoption" (
	"id" uuid PRIMARY KEY NOT NULL,
	"model_hash" text NOT NULL,
	"proposed_by" uuid NOT NULL,
	"proposed_at" timestamp with time zone NOT NULL,
	"adopted_by" uuid,
	"adopted_at" timestamp with time zone,
	CONSTRAINT "match_adoption_two_people" CHECK ("match_adoption"."adopted_by" <> "match_adoption"."proposed_by"),
	CONSTRAINT "match_adoption_complete" CHECK (num_nulls("match_adoption"."adopted_by", "match_adoption"."adopted_at") in (0, 2))
);
--> statement-breakpoint
CREATE TABLE "match_key" (
	"key" bigint NOT NULL,
	"subject_kind" smallint NOT NULL,
	"country" smallint DEFAULT 0 NOT NULL,
	"profile_id" integer NOT NULL,
	CONSTRAINT "match_key_key_subject_kind_country_profile_id_pk" PRIMARY KEY("key","subject_kind","country","profile_id")
);
--> statement-breakpoint
CREATE TABLE "match_label" (
	"id" uuid PRIMARY KEY NOT NULL,
	"registration_id" uuid NOT NULL,
	"rival_kind" text NOT NULL,
	"rival_id" uuid NOT NULL,
	"origin" text NOT NULL,
	"ours" jsonb NOT NULL,
	"theirs" jsonb NOT NULL,
	"model_hash" text NOT NULL,
	"bits" double precision NOT NULL,
	"probability" double precision NOT NULL,
	"verdict" text NOT NULL,
	"weight" double precision NOT NULL,
	"compared_at" timestamp with time zone NOT NULL,
	"answer" text,
	"answered_by" uuid,
	"answered_at" timestamp with time zone,
	CONSTRAINT "match_label_answer_complete" CHECK (num_nulls("match_label"."answer", "match_label"."answered_by", "match_label"."answered_at") in (0, 3)),
	CONSTRAINT "match_label_weight_at_least_one" CHECK ("match_label"."weight" >= 1)
);
--> statement-breakpoint
CREATE TABLE "match_model" (
	"hash" text PRIMARY KEY NOT NULL,
	"version" text NOT NULL,
	"body" jsonb NOT NULL,
	"first_used_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "match_profile" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "match_profile_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"subject_kind" smallint NOT NULL,
	"subject_id" uuid NOT NULL,
	"country" smallint DEFAULT 0 NOT NULL,
	"normal" jsonb NOT NULL,
	"keys" bigint[] NOT NULL,
	"normaliser_version" text NOT NULL,
	CONSTRAINT "match_profile_subject_id_unique" UNIQUE("subject_id")
);
--> statement-breakpoint
CREATE TABLE "match_slip" (
	"slip" bigint NOT NULL,
	"key" bigint NOT NULL,
	CONSTRAINT "match_slip_slip_key_pk" PRIMARY KEY("slip","key")
);
--> statement-breakpoint
CREATE TABLE "match_stale" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "match_stale_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"subject_kind" smallint NOT NULL,
	"subject_id" uuid NOT NULL
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
CREATE TABLE "bulk_job" (
	"connection_id" uuid NOT NULL,
	"ticket" text NOT NULL,
	"object" text NOT NULL,
	"operation" text NOT NULL,
	"key_field" text,
	"intent_ids" uuid[] NOT NULL,
	"record_ids" uuid[] NOT NULL,
	"sent_at" timestamp with time zone NOT NULL,
	CONSTRAINT "bulk_job_connection_id_ticket_pk" PRIMARY KEY("connection_id","ticket")
);
--> statement-breakpoint
CREATE TABLE "job" (
	"id" uuid PRIMARY KEY NOT NULL,
	"run_id" uuid,
	"stage" text,
	"name" text NOT NULL,
	"key" text,
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
	"base" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"parent" text,
	"urgent" boolean DEFAULT false NOT NULL,
	"mapping_version" integer DEFAULT 1 NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"failure" jsonb,
	"run_id" uuid,
	"created_at" timestamp with time zone NOT NULL,
	"settled_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "conflict_case" ADD CONSTRAINT "conflict_case_registration_id_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "public"."registration"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contact" ADD CONSTRAINT "contact_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "opportunity" ADD CONSTRAINT "opportunity_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "opportunity_line" ADD CONSTRAINT "opportunity_line_opportunity_id_opportunity_id_fk" FOREIGN KEY ("opportunity_id") REFERENCES "public"."opportunity"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "opportunity_line" ADD CONSTRAINT "opportunity_line_product_id_product_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."product"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "partner" ADD CONSTRAINT "partner_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "partner" ADD CONSTRAINT "partner_merged_into_partner_id_fk" FOREIGN KEY ("merged_into") REFERENCES "public"."partner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "partner" ADD CONSTRAINT "partner_merged_first_into_partner_id_fk" FOREIGN KEY ("merged_first_into") REFERENCES "public"."partner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registration" ADD CONSTRAINT "registration_partner_id_partner_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registration" ADD CONSTRAINT "registration_opportunity_id_opportunity_id_fk" FOREIGN KEY ("opportunity_id") REFERENCES "public"."opportunity"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tier_assignment" ADD CONSTRAINT "tier_assignment_partner_id_partner_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert" ADD CONSTRAINT "alert_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget" ADD CONSTRAINT "budget_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connection_token" ADD CONSTRAINT "connection_token_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cursor" ADD CONSTRAINT "cursor_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hint" ADD CONSTRAINT "hint_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "listening" ADD CONSTRAINT "listening_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "object_description" ADD CONSTRAINT "object_description_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "remote_change" ADD CONSTRAINT "remote_change_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resolution" ADD CONSTRAINT "resolution_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shadow" ADD CONSTRAINT "shadow_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "duplicate_group" ADD CONSTRAINT "duplicate_group_report_id_duplicate_report_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."duplicate_report"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "duplicate_pair" ADD CONSTRAINT "duplicate_pair_report_id_duplicate_report_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."duplicate_report"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "duplicate_report" ADD CONSTRAINT "duplicate_report_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mapping_backfill" ADD CONSTRAINT "mapping_backfill_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mapping_drift" ADD CONSTRAINT "mapping_drift_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mapping_restore" ADD CONSTRAINT "mapping_restore_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mapping_version" ADD CONSTRAINT "mapping_version_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "match_adoption" ADD CONSTRAINT "match_adoption_model_hash_match_model_hash_fk" FOREIGN KEY ("model_hash") REFERENCES "public"."match_model"("hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "match_adoption" ADD CONSTRAINT "match_adoption_proposed_by_person_id_fk" FOREIGN KEY ("proposed_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "match_adoption" ADD CONSTRAINT "match_adoption_adopted_by_person_id_fk" FOREIGN KEY ("adopted_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "match_label" ADD CONSTRAINT "match_label_registration_id_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "public"."registration"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "match_label" ADD CONSTRAINT "match_label_answered_by_person_id_fk" FOREIGN KEY ("answered_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
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
ALTER TABLE "bulk_job" ADD CONSTRAINT "bulk_job_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "problem" ADD CONSTRAINT "problem_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_tally" ADD CONSTRAINT "run_tally_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_tally" ADD CONSTRAINT "run_tally_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "write_intent" ADD CONSTRAINT "write_intent_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_name" ON "account" USING btree (lower("name") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "contact_account" ON "contact" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "contact_last_name" ON "contact" USING btree (lower("last_name") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "opportunity_account" ON "opportunity" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "opportunity_name" ON "opportunity" USING btree (lower("name") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "opportunity_line_opportunity" ON "opportunity_line" USING btree ("opportunity_id");--> statement-breakpoint
CREATE INDEX "opportunity_line_product" ON "opportunity_line" USING btree ("product_id");--> statement-breakpoint
CREATE INDEX "opportunity_line_name" ON "opportunity_line" USING btree (lower("name") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "partner_code" ON "partner" USING btree ("code");--> statement-breakpoint
CREATE UNIQUE INDEX "partner_account" ON "partner" USING btree ("account_id") WHERE "partner"."merged_into" is null;--> statement-breakpoint
CREATE INDEX "product_code" ON "product" USING btree ("code");--> statement-breakpoint
CREATE INDEX "product_name" ON "product" USING btree (lower("name") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "registration_status" ON "registration" USING btree ("status");--> statement-breakpoint
CREATE INDEX "registration_opportunity" ON "registration" USING btree ("opportunity_id");--> statement-breakpoint
CREATE INDEX "registration_number" ON "registration" USING btree (lower("number") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "link_record" ON "link" USING btree ("record_id");--> statement-breakpoint
CREATE INDEX "remote_change_record" ON "remote_change" USING btree ("connection_id","object","ext_id","at");--> statement-breakpoint
CREATE INDEX "remote_record_unmapped" ON "remote_record" USING btree ("connection_id","object","ext_id") WHERE "remote_record"."mapped_hash" is distinct from "remote_record"."hash";--> statement-breakpoint
CREATE UNIQUE INDEX "resolution_open" ON "resolution" USING btree ("connection_id","object","ext_id","field") WHERE "resolution"."winner" is null;--> statement-breakpoint
CREATE INDEX "resolution_record" ON "resolution" USING btree ("record_id","at");--> statement-breakpoint
CREATE INDEX "shadow_edited" ON "shadow" USING btree ("connection_id","object") WHERE "shadow"."edits" <> '{}'::jsonb;--> statement-breakpoint
CREATE INDEX "duplicate_dismissal_right" ON "duplicate_dismissal" USING btree ("right_id");--> statement-breakpoint
CREATE INDEX "duplicate_pair_order" ON "duplicate_pair" USING btree ("report_id","verdict","bits");--> statement-breakpoint
CREATE UNIQUE INDEX "duplicate_report_running" ON "duplicate_report" USING btree ("connection_id") WHERE "duplicate_report"."phase" not in ('done', 'failed');--> statement-breakpoint
CREATE INDEX "duplicate_report_latest" ON "duplicate_report" USING btree ("connection_id","started_at");--> statement-breakpoint
CREATE UNIQUE INDEX "mapping_backfill_running" ON "mapping_backfill" USING btree ("connection_id","object","kind") WHERE "mapping_backfill"."phase" not in ('done', 'failed');--> statement-breakpoint
CREATE INDEX "mapping_backfill_latest" ON "mapping_backfill" USING btree ("connection_id","object","kind","started_at");--> statement-breakpoint
CREATE UNIQUE INDEX "mapping_restore_running" ON "mapping_restore" USING btree ("connection_id","object","kind") WHERE "mapping_restore"."phase" not in ('done', 'failed');--> statement-breakpoint
CREATE UNIQUE INDEX "mapping_version_number" ON "mapping_version" USING btree ("connection_id","object","version");--> statement-breakpoint
CREATE UNIQUE INDEX "mapping_version_live" ON "mapping_version" USING btree ("connection_id","kind") WHERE "mapping_version"."status" = 'live';--> statement-breakpoint
CREATE UNIQUE INDEX "mapping_version_open" ON "mapping_version" USING btree ("connection_id","object","kind") WHERE "mapping_version"."status" in ('draft', 'submitted');--> statement-breakpoint
CREATE UNIQUE INDEX "match_label_pair" ON "match_label" USING btree ("registration_id","rival_id");--> statement-breakpoint
CREATE INDEX "match_label_rival" ON "match_label" USING btree ("rival_id");--> statement-breakpoint
CREATE INDEX "match_label_month" ON "match_label" USING btree ("compared_at");--> statement-breakpoint
CREATE INDEX "match_label_question" ON "match_label" USING btree ("id") WHERE "match_label"."answer" is null;--> statement-breakpoint
CREATE INDEX "match_profile_normaliser" ON "match_profile" USING btree ("normaliser_version");--> statement-breakpoint
CREATE INDEX "journal_tx_document" ON "journal_tx" USING btree ("document_id","component");--> statement-breakpoint
CREATE INDEX "journal_tx_partner" ON "journal_tx" USING btree ("partner_id","period");--> statement-breakpoint
CREATE INDEX "payout_item_batch" ON "payout_item" USING btree ("batch_id");--> statement-breakpoint
CREATE INDEX "payout_line_item" ON "payout_line" USING btree ("item_id");--> statement-breakpoint
CREATE INDEX "posting_tx" ON "posting" USING btree ("tx_id");--> statement-breakpoint
CREATE INDEX "source_document_partner" ON "source_document" USING btree ("partner_id","issued_on");--> statement-breakpoint
CREATE INDEX "source_document_customer" ON "source_document" USING btree (lower("customer_name"));--> statement-breakpoint
CREATE INDEX "audit_event_subject" ON "audit_event" USING btree ("subject_id");--> statement-breakpoint
CREATE INDEX "session_person" ON "session" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "job_open" ON "job" USING btree ("created_at") WHERE "job"."status" in ('waiting', 'queued');--> statement-breakpoint
CREATE INDEX "job_run" ON "job" USING btree ("run_id","stage");--> statement-breakpoint
CREATE UNIQUE INDEX "job_once" ON "job" USING btree ("key") WHERE "job"."status" in ('waiting', 'queued');--> statement-breakpoint
CREATE INDEX "job_failed" ON "job" USING btree ("key") WHERE "job"."status" = 'failed';--> statement-breakpoint
CREATE UNIQUE INDEX "problem_once" ON "problem" USING btree ("source","connection_id","object","ref","code");--> statement-breakpoint
CREATE INDEX "problem_open" ON "problem" USING btree ("last_seen_at") WHERE "problem"."status" = 'open';--> statement-breakpoint
CREATE UNIQUE INDEX "run_one_at_a_time" ON "run" USING btree ("status") WHERE "run"."status" = 'running';--> statement-breakpoint
CREATE UNIQUE INDEX "write_intent_open" ON "write_intent" USING btree ("connection_id","object","record_id") WHERE "write_intent"."status" in ('pending', 'dead');--> statement-breakpoint
CREATE INDEX "write_intent_record" ON "write_intent" USING btree ("record_id","created_at");--> statement-breakpoint
CREATE INDEX "write_intent_run" ON "write_intent" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "write_intent_landed" ON "write_intent" USING btree ("connection_id","object","mapping_version","record_id") WHERE "write_intent"."status" = 'done';
--> statement-breakpoint
-- Every journal entry balances in each currency. The check runs at commit.
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
-- Rows of the ledger, the audit trail and published programmes are added and never changed.
CREATE FUNCTION "append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;--> statement-breakpoint
CREATE TRIGGER "posting_append_only" BEFORE UPDATE OR DELETE ON "posting" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "journal_tx_append_only" BEFORE UPDATE OR DELETE ON "journal_tx" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "payout_line_append_only" BEFORE UPDATE OR DELETE ON "payout_line" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "audit_event_append_only" BEFORE UPDATE OR DELETE ON "audit_event" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "program_version_append_only" BEFORE UPDATE OR DELETE ON "program_version" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
-- These tables get rows by the hundred thousand. This trigger deletes the rows of a removed connection; foreign keys would be checked row by row.
CREATE FUNCTION "delete_connection_rows"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM "remote_record" WHERE "connection_id" = OLD."id";
	DELETE FROM "link" WHERE "connection_id" = OLD."id";
	DELETE FROM "scanned" WHERE "connection_id" = OLD."id";
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "connection_deleted" AFTER DELETE ON "connection" FOR EACH ROW EXECUTE FUNCTION "delete_connection_rows"();--> statement-breakpoint
-- A submitted mapping version was dry run and approved as it is, and writes name it: only its status changes, and only forward. Another order of the pack's keys counts as a change.
CREATE FUNCTION "mapping_version_immutable"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	changeable CONSTANT text[] := ARRAY['status', 'decided_by', 'decided_at', 'decision_reason', 'retired_at', 'dry_run', 'dry_run_at'];
BEGIN
	IF OLD."status" = 'draft' THEN
		RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
	END IF;
	IF TG_OP = 'DELETE' THEN
		-- It is deleted with its connection only.
		IF EXISTS (SELECT 1 FROM "connection" WHERE "id" = OLD."connection_id") THEN
			RAISE EXCEPTION 'mapping version % of % is % and cannot be deleted', OLD."version", OLD."object", OLD."status";
		END IF;
		RETURN OLD;
	END IF;
	IF to_jsonb(NEW) - changeable <> to_jsonb(OLD) - changeable OR NEW."pack"::text <> OLD."pack"::text THEN
		RAISE EXCEPTION 'mapping version % of % is % and cannot be changed', OLD."version", OLD."object", OLD."status";
	END IF;
	IF NEW."status" <> OLD."status" AND (OLD."status", NEW."status") NOT IN (('submitted', 'live'), ('submitted', 'rejected'), ('live', 'retired')) THEN
		RAISE EXCEPTION 'mapping version % of % is % and cannot become %', OLD."version", OLD."object", OLD."status", NEW."status";
	END IF;
	RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER "mapping_version_immutable" BEFORE UPDATE OR DELETE ON "mapping_version" FOR EACH ROW EXECUTE FUNCTION "mapping_version_immutable"();--> statement-breakpoint
-- Match profiles follow accounts and registrations: every change is listed in match_stale, in its own transaction. The profile of a deleted record goes at once, because the record may have been erased.
CREATE FUNCTION "delete_match_profiles"("ids" uuid[]) RETURNS void LANGUAGE sql AS $$
  WITH gone AS (DELETE FROM match_profile WHERE subject_id = ANY (ids) RETURNING id, subject_kind, country, keys),
  had AS (SELECT unnest(keys) AS key, subject_kind, country, id FROM gone)
  DELETE FROM match_key k USING had
  WHERE (k.key, k.subject_kind, k.profile_id) = (had.key, had.subject_kind, had.id) AND k.country IN (had.country, 0)
$$;--> statement-breakpoint
CREATE FUNCTION "mark_match_profiles_stale"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone uuid[];
BEGIN
  IF TG_OP = 'DELETE' THEN
    gone := array(SELECT id FROM before);
  ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'account' THEN
    INSERT INTO match_stale (subject_kind, subject_id)
      SELECT 1, a.id FROM after a JOIN before b USING (id)
      WHERE (a.name, a.domain, a.country, a.street, a.city, a.postcode, a.phone, a.aliases, a.former_names, a.vat_id, a.duns, a.lei, a.deleted)
        IS DISTINCT FROM (b.name, b.domain, b.country, b.street, b.city, b.postcode, b.phone, b.aliases, b.former_names, b.vat_id, b.duns, b.lei, b.deleted);
    gone := array(SELECT id FROM after WHERE deleted);
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO match_stale (subject_kind, subject_id)
      SELECT 2, a.id FROM after a JOIN before b USING (id)
      WHERE (a.customer_name, a.customer_domain, a.customer_country, a.contact_email, a.deleted)
        IS DISTINCT FROM (b.customer_name, b.customer_domain, b.customer_country, b.contact_email, b.deleted);
    gone := array(SELECT id FROM after WHERE deleted);
  ELSE
    INSERT INTO match_stale (subject_kind, subject_id)
      SELECT CASE TG_TABLE_NAME WHEN 'account' THEN 1 ELSE 2 END, id FROM after WHERE NOT deleted;
  END IF;
  IF cardinality(gone) > 0 THEN
    PERFORM delete_match_profiles(gone);
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "account_match_insert" AFTER INSERT ON "account" REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION "mark_match_profiles_stale"();--> statement-breakpoint
CREATE TRIGGER "account_match_update" AFTER UPDATE ON "account" REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION "mark_match_profiles_stale"();--> statement-breakpoint
CREATE TRIGGER "account_match_delete" AFTER DELETE ON "account" REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION "mark_match_profiles_stale"();--> statement-breakpoint
CREATE TRIGGER "registration_match_insert" AFTER INSERT ON "registration" REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION "mark_match_profiles_stale"();--> statement-breakpoint
CREATE TRIGGER "registration_match_update" AFTER UPDATE ON "registration" REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION "mark_match_profiles_stale"();--> statement-breakpoint
CREATE TRIGGER "registration_match_delete" AFTER DELETE ON "registration" REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION "mark_match_profiles_stale"();
