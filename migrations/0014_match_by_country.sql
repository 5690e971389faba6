ALTER TABLE "account" ALTER COLUMN "core" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "account" ALTER COLUMN "normaliser_version" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "registration" ALTER COLUMN "core" DROP NOT NULL;--> statement-breakpoint
-- Whoever brings profiles up to date waits, and then finds the new table; whoever reads does, too.
SELECT pg_advisory_xact_lock(4700005);--> statement-breakpoint
LOCK TABLE "match_key" IN ACCESS EXCLUSIVE MODE;--> statement-breakpoint
ALTER TABLE "match_profile" ADD COLUMN "country" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE "match_profile" SET "country" = ascii(normal ->> 'country') * 256 + ascii(right(normal ->> 'country', 1)) WHERE normal ->> 'country' IS NOT NULL;--> statement-breakpoint
-- Made anew, not altered: the country has its place between two others only where it takes no room. A version before leaves it 0, which is looked at for every country.
DROP TABLE "match_key";--> statement-breakpoint
CREATE TABLE "match_key" (
	"key" bigint NOT NULL,
	"subject_kind" smallint NOT NULL,
	"country" smallint DEFAULT 0 NOT NULL,
	"profile_id" integer NOT NULL
);
--> statement-breakpoint
INSERT INTO "match_key" ("key", "subject_kind", "country", "profile_id") SELECT k.key, p.subject_kind, p.country, p.id FROM "match_profile" p CROSS JOIN LATERAL unnest(p.keys) k (key);--> statement-breakpoint
ALTER TABLE "match_key" ADD CONSTRAINT "match_key_key_subject_kind_country_profile_id_pk" PRIMARY KEY("key","subject_kind","country","profile_id");--> statement-breakpoint
CREATE OR REPLACE FUNCTION "forget_match_profiles"("ids" uuid[]) RETURNS void LANGUAGE sql AS $$
  WITH gone AS (DELETE FROM match_profile WHERE subject_id = ANY (ids) RETURNING id, subject_kind, country, keys),
  had AS (SELECT unnest(keys) AS key, subject_kind, country, id FROM gone)
  DELETE FROM match_key k USING had
  WHERE (k.key, k.subject_kind, k.profile_id) = (had.key, had.subject_kind, had.id) AND k.country IN (had.country, 0)
$$;
