CREATE TABLE "book_close" (
	"book_id" uuid NOT NULL,
	"period" text NOT NULL,
	"status" text NOT NULL,
	"watermark" integer NOT NULL,
	"result_hash" text NOT NULL,
	"started_by" uuid NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"closed_by" uuid,
	"closed_at" timestamp with time zone,
	CONSTRAINT "book_close_book_id_period_pk" PRIMARY KEY("book_id","period"),
	CONSTRAINT "book_close_two_people" CHECK ("book_close"."closed_by" is null or "book_close"."closed_by" <> "book_close"."started_by"),
	CONSTRAINT "book_close_complete" CHECK (("book_close"."status" = 'closed') = ("book_close"."closed_by" is not null and "book_close"."closed_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "book_event" (
	"book_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"kind" text NOT NULL,
	"ref" text,
	"version" integer,
	"business_date" date,
	"known_at" timestamp with time zone NOT NULL,
	"payload" jsonb NOT NULL,
	"hash" text NOT NULL,
	"refused" text,
	"chain" text NOT NULL,
	CONSTRAINT "book_event_book_id_seq_pk" PRIMARY KEY("book_id","seq")
);
--> statement-breakpoint
CREATE TABLE "book_state" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"book_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"value" jsonb
);
--> statement-breakpoint
CREATE TABLE "incentive_line" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"bucket_id" uuid NOT NULL,
	"period" text NOT NULL,
	"document" text NOT NULL,
	"line" integer NOT NULL,
	"partner" text NOT NULL,
	"amount_minor" numeric(38, 0),
	"trace" jsonb
);
--> statement-breakpoint
CREATE TABLE "ledger_book" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"program" jsonb NOT NULL,
	"program_hash" text NOT NULL,
	"open_period" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "ledger_book_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "ledger_bucket" (
	"id" uuid PRIMARY KEY NOT NULL,
	"book_id" uuid NOT NULL,
	"component" text NOT NULL,
	"payee" text NOT NULL,
	"currency" text NOT NULL,
	"window_key" text NOT NULL,
	"window_first" text NOT NULL,
	"window_last" text NOT NULL,
	CONSTRAINT "ledger_bucket_identity" UNIQUE("book_id","component","payee","currency","window_key")
);
--> statement-breakpoint
CREATE TABLE "ledger_seal" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"last_posting" bigint NOT NULL,
	"unsealed_before" integer NOT NULL,
	"digest" text NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "journal_tx" ALTER COLUMN "partner_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "journal_tx" ALTER COLUMN "program_version" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "posting" ALTER COLUMN "partner_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "journal_tx" ADD COLUMN "bucket_id" uuid;--> statement-breakpoint
ALTER TABLE "journal_tx" ADD COLUMN "book_id" uuid;--> statement-breakpoint
ALTER TABLE "journal_tx" ADD COLUMN "event_seq" integer;--> statement-breakpoint
ALTER TABLE "journal_tx" ADD COLUMN "payee" text;--> statement-breakpoint
ALTER TABLE "book_close" ADD CONSTRAINT "book_close_book_id_ledger_book_id_fk" FOREIGN KEY ("book_id") REFERENCES "public"."ledger_book"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_event" ADD CONSTRAINT "book_event_book_id_ledger_book_id_fk" FOREIGN KEY ("book_id") REFERENCES "public"."ledger_book"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "book_state" ADD CONSTRAINT "book_state_book_id_ledger_book_id_fk" FOREIGN KEY ("book_id") REFERENCES "public"."ledger_book"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incentive_line" ADD CONSTRAINT "incentive_line_bucket_id_ledger_bucket_id_fk" FOREIGN KEY ("bucket_id") REFERENCES "public"."ledger_bucket"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_bucket" ADD CONSTRAINT "ledger_bucket_book_id_ledger_book_id_fk" FOREIGN KEY ("book_id") REFERENCES "public"."ledger_book"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "book_event_ref" ON "book_event" USING btree ("book_id","kind","ref");--> statement-breakpoint
CREATE INDEX "book_state_key" ON "book_state" USING btree ("book_id","kind","key","id");--> statement-breakpoint
CREATE INDEX "incentive_line_bucket" ON "incentive_line" USING btree ("bucket_id","document","line");--> statement-breakpoint
CREATE INDEX "incentive_line_document" ON "incentive_line" USING btree ("document");--> statement-breakpoint
ALTER TABLE "journal_tx" ADD CONSTRAINT "journal_tx_bucket_id_ledger_bucket_id_fk" FOREIGN KEY ("bucket_id") REFERENCES "public"."ledger_bucket"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "journal_tx" ADD CONSTRAINT "journal_tx_book_id_ledger_book_id_fk" FOREIGN KEY ("book_id") REFERENCES "public"."ledger_book"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "journal_tx_bucket" ON "journal_tx" USING btree ("book_id","bucket_id") WHERE "journal_tx"."book_id" is not null;--> statement-breakpoint
ALTER TABLE "journal_tx" ADD CONSTRAINT "journal_tx_owner" CHECK (num_nulls("journal_tx"."book_id", "journal_tx"."bucket_id", "journal_tx"."event_seq", "journal_tx"."payee") = case when "journal_tx"."partner_id" is null then 0 else 4 end);--> statement-breakpoint
-- Events, buckets, fixed values, lines and seals are added and never changed.
CREATE TRIGGER "book_event_append_only" BEFORE UPDATE OR DELETE ON "book_event" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "book_event_no_truncate" BEFORE TRUNCATE ON "book_event" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "book_state_append_only" BEFORE UPDATE OR DELETE ON "book_state" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "book_state_no_truncate" BEFORE TRUNCATE ON "book_state" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "ledger_bucket_append_only" BEFORE UPDATE OR DELETE ON "ledger_bucket" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "ledger_bucket_no_truncate" BEFORE TRUNCATE ON "ledger_bucket" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "incentive_line_append_only" BEFORE UPDATE OR DELETE ON "incentive_line" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "incentive_line_no_truncate" BEFORE TRUNCATE ON "incentive_line" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "ledger_seal_append_only" BEFORE UPDATE OR DELETE ON "ledger_seal" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "ledger_seal_no_truncate" BEFORE TRUNCATE ON "ledger_seal" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
-- Of the books of a programme only the open period changes, and only forward.
CREATE FUNCTION "ledger_book_moves_forward"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'open_period' <> to_jsonb(OLD) - 'open_period' OR NEW."open_period" < OLD."open_period" THEN
		RAISE EXCEPTION 'the books % cannot be changed: only their open period moves forward', OLD."name";
	END IF;
	RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER "ledger_book_moves_forward" BEFORE UPDATE OR DELETE ON "ledger_book" FOR EACH ROW EXECUTE FUNCTION "ledger_book_moves_forward"();--> statement-breakpoint
CREATE TRIGGER "ledger_book_no_truncate" BEFORE TRUNCATE ON "ledger_book" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE FUNCTION "book_close_immutable"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD."status" = 'closed' THEN
		RAISE EXCEPTION 'period % is closed and cannot be changed', OLD."period";
	END IF;
	RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;--> statement-breakpoint
CREATE TRIGGER "book_close_immutable" BEFORE UPDATE OR DELETE ON "book_close" FOR EACH ROW EXECUTE FUNCTION "book_close_immutable"();--> statement-breakpoint
CREATE TRIGGER "book_close_no_truncate" BEFORE TRUNCATE ON "book_close" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
-- Nothing is posted into a closed period. The lock on the books makes a poster wait for a close under way, and a close for a poster.
CREATE FUNCTION "refuse_closed_periods"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	closed text;
BEGIN
	PERFORM 1 FROM "ledger_book" WHERE "id" IN (SELECT "book_id" FROM "added") FOR SHARE;
	SELECT a."period" INTO closed FROM "added" a JOIN "ledger_book" b ON b."id" = a."book_id" WHERE a."period" < b."open_period" LIMIT 1;
	IF closed IS NULL THEN
		SELECT a."period" INTO closed FROM "added" a WHERE a."book_id" IS NULL AND a."period" <= (SELECT max("period") FROM "period") LIMIT 1;
	END IF;
	IF closed IS NOT NULL THEN
		RAISE EXCEPTION 'period % is closed: post into the open period', closed;
	END IF;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "journal_tx_open_period" AFTER INSERT ON "journal_tx" REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_closed_periods"();--> statement-breakpoint
-- An entry of a closed period gets no further posting either.
CREATE FUNCTION "refuse_closed_postings"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	closed text;
BEGIN
	SELECT t."period" INTO closed FROM "added" a JOIN "journal_tx" t ON t."id" = a."tx_id" JOIN "ledger_book" b ON b."id" = t."book_id"
	WHERE t."period" < b."open_period" LIMIT 1;
	IF closed IS NOT NULL THEN
		RAISE EXCEPTION 'period % is closed: post into the open period', closed;
	END IF;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "posting_open_period" AFTER INSERT ON "posting" REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_closed_postings"();
