CREATE TABLE "vendor_clock" (
	"connection_id" uuid PRIMARY KEY NOT NULL,
	"ahead_ms" bigint NOT NULL,
	"read_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "period_reopening" (
	"id" uuid PRIMARY KEY NOT NULL,
	"period" text NOT NULL,
	"closed_at" timestamp with time zone NOT NULL,
	"reason" text NOT NULL,
	"batches" jsonb NOT NULL,
	"requested_by" uuid NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"confirmed_by" uuid,
	"confirmed_at" timestamp with time zone,
	"confirmed_tx" text,
	CONSTRAINT "period_reopening_two_people" CHECK ("period_reopening"."confirmed_by" is null or "period_reopening"."confirmed_by" <> "period_reopening"."requested_by")
);
--> statement-breakpoint
ALTER TABLE "vendor_clock" ADD CONSTRAINT "vendor_clock_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "period_reopening_open" ON "period_reopening" USING btree ("period") WHERE "period_reopening"."confirmed_by" is null;--> statement-breakpoint
-- The rows of a close are deleted only in the transaction in which a second person confirms to take it back, and only while nothing of it is approved.
CREATE FUNCTION "may_reopen"("closed" text) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT 1 FROM "period_reopening" WHERE "period" = "closed" AND "confirmed_by" IS NOT NULL AND "confirmed_tx" = pg_current_xact_id()::text)
		AND NOT EXISTS (SELECT 1 FROM "payout_batch" WHERE "period" = "closed" AND "status" NOT IN ('draft', 'submitted'))
$$;--> statement-breakpoint
CREATE FUNCTION "period_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' AND may_reopen(OLD."period") THEN
		RETURN OLD;
	END IF;
	RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;--> statement-breakpoint
CREATE TRIGGER "period_append_only" BEFORE UPDATE OR DELETE ON "period" FOR EACH ROW EXECUTE FUNCTION "period_append_only"();--> statement-breakpoint
CREATE FUNCTION "payout_line_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' AND may_reopen((SELECT b."period" FROM "payout_item" i JOIN "payout_batch" b ON b."id" = i."batch_id" WHERE i."id" = OLD."item_id")) THEN
		RETURN OLD;
	END IF;
	RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;--> statement-breakpoint
DROP TRIGGER "payout_line_append_only" ON "payout_line";--> statement-breakpoint
CREATE TRIGGER "payout_line_append_only" BEFORE UPDATE OR DELETE ON "payout_line" FOR EACH ROW EXECUTE FUNCTION "payout_line_append_only"();--> statement-breakpoint
-- A confirmed request is the record of what was taken back.
CREATE FUNCTION "period_reopening_immutable"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD."confirmed_by" IS NOT NULL THEN
		RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
	END IF;
	RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;--> statement-breakpoint
CREATE TRIGGER "period_reopening_immutable" BEFORE UPDATE OR DELETE ON "period_reopening" FOR EACH ROW EXECUTE FUNCTION "period_reopening_immutable"();
