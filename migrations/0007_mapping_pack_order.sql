ALTER TABLE "mapping_version" ALTER COLUMN "pack" SET DATA TYPE json;--> statement-breakpoint
-- The same, where another order counts as another mapping.
CREATE OR REPLACE FUNCTION "mapping_version_stays"() RETURNS trigger LANGUAGE plpgsql AS $$
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
	IF to_jsonb(NEW) - fate <> to_jsonb(OLD) - fate OR NEW."pack"::text <> OLD."pack"::text THEN
		RAISE EXCEPTION 'mapping version % of % is % and cannot be changed', OLD."version", OLD."object", OLD."status";
	END IF;
	IF NEW."status" <> OLD."status" AND (OLD."status", NEW."status") NOT IN (('submitted', 'live'), ('submitted', 'rejected'), ('live', 'retired')) THEN
		RAISE EXCEPTION 'mapping version % of % is % and cannot become %', OLD."version", OLD."object", OLD."status", NEW."status";
	END IF;
	RETURN NEW;
END $$;
