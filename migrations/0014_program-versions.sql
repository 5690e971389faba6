CREATE TABLE "program_draft" (
	"id" uuid PRIMARY KEY NOT NULL,
	"text" text NOT NULL,
	"document" json,
	"hash" text,
	"based_on" integer NOT NULL,
	"status" text NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"editors" uuid[] NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_by" uuid NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"note" text,
	"effective_on" date,
	"submitted_by" uuid,
	"submitted_at" timestamp with time zone,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	"decision_reason" text,
	CONSTRAINT "program_draft_complete" CHECK ("program_draft"."status" = 'draft' or ("program_draft"."document" is not null and "program_draft"."hash" is not null and "program_draft"."submitted_by" is not null))
);
--> statement-breakpoint
ALTER TABLE "program_version" ADD COLUMN "effective_from" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "program_version" ADD COLUMN "effective_on" date;--> statement-breakpoint
ALTER TABLE "program_version" ADD COLUMN "draft_id" uuid;--> statement-breakpoint
ALTER TABLE "program_version" ADD COLUMN "approved_by" uuid;--> statement-breakpoint
CREATE UNIQUE INDEX "program_draft_open" ON "program_draft" USING btree ((true)) WHERE "program_draft"."status" in ('draft', 'submitted');--> statement-breakpoint
ALTER TABLE "program_version" ADD CONSTRAINT "program_version_draft_id_program_draft_id_fk" FOREIGN KEY ("draft_id") REFERENCES "public"."program_draft"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
-- A submitted programme was tested and is approved as it is: only the decision is added, once.
CREATE FUNCTION "program_draft_immutable"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	changeable CONSTANT text[] := ARRAY['status', 'decided_by', 'decided_at', 'decision_reason'];
BEGIN
	IF OLD."status" = 'draft' THEN
		RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
	END IF;
	IF TG_OP = 'DELETE' THEN
		RAISE EXCEPTION 'a programme that is % cannot be deleted', OLD."status";
	END IF;
	IF OLD."status" <> 'submitted' OR NEW."status" NOT IN ('published', 'rejected') OR to_jsonb(NEW) - changeable <> to_jsonb(OLD) - changeable OR NEW."document"::text <> OLD."document"::text THEN
		RAISE EXCEPTION 'a programme that is % cannot be changed', OLD."status";
	END IF;
	RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER "program_draft_immutable" BEFORE UPDATE OR DELETE ON "program_draft" FOR EACH ROW EXECUTE FUNCTION "program_draft_immutable"();--> statement-breakpoint
CREATE TRIGGER "program_draft_no_truncate" BEFORE TRUNCATE ON "program_draft" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
-- A version is what a second person approved, and it never begins in the past. The first version of an installation is Fairway's own.
CREATE FUNCTION "program_version_second_person"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	d "program_draft";
BEGIN
	IF NEW."version" = 1 THEN RETURN NEW; END IF;
	SELECT * INTO d FROM "program_draft" WHERE "id" = NEW."draft_id";
	IF NOT FOUND OR d."status" <> 'published' OR d."hash" <> NEW."hash" OR d."document"::jsonb <> NEW."body" OR d."decided_by" IS DISTINCT FROM NEW."approved_by" THEN
		RAISE EXCEPTION 'programme version % is not an approved draft', NEW."version" USING ERRCODE = 'check_violation', CONSTRAINT = 'second_person';
	END IF;
	IF EXISTS (SELECT 1 FROM "program_version" WHERE "draft_id" = NEW."draft_id" OR "version" >= NEW."version" OR "effective_from" > NEW."effective_from")
		OR NEW."effective_from" IS NULL OR NEW."effective_on" IS NULL OR NEW."effective_from" < NEW."published_at" THEN
		RAISE EXCEPTION 'programme version % begins before another version or before its approval', NEW."version" USING ERRCODE = 'check_violation', CONSTRAINT = 'program_version_in_order';
	END IF;
	PERFORM require_second_person(NEW."approved_by", d."editors" || d."created_by" || d."submitted_by", NEW."published_at");
	RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER "program_version_second_person" BEFORE INSERT ON "program_version" FOR EACH ROW EXECUTE FUNCTION "program_version_second_person"();
