CREATE TABLE "mapping_version" (
	"id" uuid PRIMARY KEY NOT NULL,
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"kind" text NOT NULL,
	"version" integer NOT NULL,
	"pack" jsonb NOT NULL,
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
	CONSTRAINT "mapping_version_names_itself" CHECK ("mapping_version"."pack"->>'object' = "mapping_version"."object" and "mapping_version"."pack"->>'kind' = "mapping_version"."kind" and ("mapping_version"."pack"->>'version')::int = "mapping_version"."version"),
	CONSTRAINT "mapping_version_takes_two" CHECK ("mapping_version"."status" not in ('live', 'retired') or "mapping_version"."restores" is not null or ("mapping_version"."decided_by" is not null and "mapping_version"."decided_by" <> all ("mapping_version"."editors")))
);
--> statement-breakpoint
ALTER TABLE "mapping_version" ADD CONSTRAINT "mapping_version_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "mapping_version_number" ON "mapping_version" USING btree ("connection_id","object","version");--> statement-breakpoint
CREATE UNIQUE INDEX "mapping_version_live" ON "mapping_version" USING btree ("connection_id","kind") WHERE "mapping_version"."status" = 'live';--> statement-breakpoint
CREATE UNIQUE INDEX "mapping_version_open" ON "mapping_version" USING btree ("connection_id","object","kind") WHERE "mapping_version"."status" in ('draft', 'submitted');--> statement-breakpoint
-- What was submitted is what was looked at, dry run and approved, and what writes name: from then on only its status moves, and only onward.
CREATE FUNCTION "mapping_version_stays"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	fate CONSTANT text[] := ARRAY['status', 'decided_by', 'decided_at', 'decision_reason', 'retired_at', 'dry_run', 'dry_run_at'];
BEGIN
	IF OLD."status" = 'draft' THEN
		RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
	END IF;
	IF TG_OP = 'DELETE' THEN
		-- It goes with its connection only.
		IF EXISTS (SELECT 1 FROM "connection" WHERE "id" = OLD."connection_id") THEN
			RAISE EXCEPTION 'mapping version % of % is % and stays', OLD."version", OLD."object", OLD."status";
		END IF;
		RETURN OLD;
	END IF;
	IF to_jsonb(NEW) - fate <> to_jsonb(OLD) - fate THEN
		RAISE EXCEPTION 'mapping version % of % is % and cannot be changed', OLD."version", OLD."object", OLD."status";
	END IF;
	IF NEW."status" <> OLD."status" AND (OLD."status", NEW."status") NOT IN (('submitted', 'live'), ('submitted', 'rejected'), ('live', 'retired')) THEN
		RAISE EXCEPTION 'mapping version % of % is % and cannot become %', OLD."version", OLD."object", OLD."status", NEW."status";
	END IF;
	RETURN NEW;
END $$;--> statement-breakpoint
CREATE TRIGGER "mapping_version_stays" BEFORE UPDATE OR DELETE ON "mapping_version" FOR EACH ROW EXECUTE FUNCTION "mapping_version_stays"();
