CREATE TABLE "match_key" (
	"key" bigint NOT NULL,
	"subject_kind" smallint NOT NULL,
	"profile_id" integer NOT NULL,
	CONSTRAINT "match_key_key_subject_kind_profile_id_pk" PRIMARY KEY("key","subject_kind","profile_id")
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
DROP INDEX "account_core_trgm";--> statement-breakpoint
DROP INDEX "account_match_domain";--> statement-breakpoint
DROP INDEX "account_core";--> statement-breakpoint
DROP INDEX "registration_core_trgm";--> statement-breakpoint
DROP INDEX "registration_match_domain";--> statement-breakpoint
ALTER TABLE "conflict_case" ADD COLUMN "model_hash" text;--> statement-breakpoint
ALTER TABLE "conflict_case" ADD COLUMN "facts" jsonb;--> statement-breakpoint
CREATE INDEX "match_profile_normaliser" ON "match_profile" USING btree ("normaliser_version");--> statement-breakpoint
CREATE FUNCTION "forget_match_profiles"("ids" uuid[]) RETURNS void LANGUAGE sql AS $$
  WITH gone AS (DELETE FROM match_profile WHERE subject_id = ANY (ids) RETURNING id, subject_kind, keys),
  had AS (SELECT unnest(keys) AS key, subject_kind, id FROM gone)
  DELETE FROM match_key k USING had WHERE (k.key, k.subject_kind, k.profile_id) = (had.key, had.subject_kind, had.id)
$$;--> statement-breakpoint
CREATE FUNCTION "match_profile_stale"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone uuid[];
BEGIN
  -- What is compared of a record that is no more goes in the same transaction: it may have been erased.
  IF TG_OP = 'DELETE' THEN
    gone := array(SELECT id FROM before);
  ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'account' THEN
    INSERT INTO match_stale (subject_kind, subject_id)
      SELECT 1, a.id FROM after a JOIN before b USING (id)
      WHERE (a.name, a.domain, a.country, a.street, a.city, a.postcode, a.phone, a.aliases, a.vat_id, a.duns, a.lei, a.deleted)
        IS DISTINCT FROM (b.name, b.domain, b.country, b.street, b.city, b.postcode, b.phone, b.aliases, b.vat_id, b.duns, b.lei, b.deleted);
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
    PERFORM forget_match_profiles(gone);
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "account_match_insert" AFTER INSERT ON "account" REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION "match_profile_stale"();--> statement-breakpoint
CREATE TRIGGER "account_match_update" AFTER UPDATE ON "account" REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION "match_profile_stale"();--> statement-breakpoint
CREATE TRIGGER "account_match_delete" AFTER DELETE ON "account" REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION "match_profile_stale"();--> statement-breakpoint
CREATE TRIGGER "registration_match_insert" AFTER INSERT ON "registration" REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION "match_profile_stale"();--> statement-breakpoint
CREATE TRIGGER "registration_match_update" AFTER UPDATE ON "registration" REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION "match_profile_stale"();--> statement-breakpoint
CREATE TRIGGER "registration_match_delete" AFTER DELETE ON "registration" REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION "match_profile_stale"();--> statement-breakpoint
INSERT INTO "match_stale" ("subject_kind", "subject_id") SELECT 1, "id" FROM "account" WHERE NOT "deleted" UNION ALL SELECT 2, "id" FROM "registration" WHERE NOT "deleted";
