CREATE TABLE "lead" (
	"id" uuid PRIMARY KEY NOT NULL,
	"company" text,
	"domain" text,
	"email_domain" text,
	"country" text,
	"account_id" uuid,
	"status" text,
	"is_closed" boolean DEFAULT false NOT NULL,
	"is_converted" boolean DEFAULT false NOT NULL,
	"opportunity_id" uuid,
	"opened_at" timestamp with time zone,
	"owner" text,
	"extra" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"deleted" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
ALTER TABLE "lead" ADD CONSTRAINT "lead_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead" ADD CONSTRAINT "lead_opportunity_id_opportunity_id_fk" FOREIGN KEY ("opportunity_id") REFERENCES "public"."opportunity"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "lead_account" ON "lead" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "lead_opportunity" ON "lead" USING btree ("opportunity_id");--> statement-breakpoint
CREATE INDEX "lead_company" ON "lead" USING btree (lower("left"("company", 200)) text_pattern_ops);--> statement-breakpoint
-- Match profiles follow leads as well. A lead that refers to an account has no profile of its own: it is found by the account.
CREATE OR REPLACE FUNCTION "mark_match_profiles_stale"() RETURNS trigger LANGUAGE plpgsql AS $$
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
  ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'lead' THEN
    INSERT INTO match_stale (subject_kind, subject_id)
      SELECT 4, a.id FROM after a JOIN before b USING (id)
      WHERE (a.company, a.domain, a.email_domain, a.country, a.account_id, a.deleted)
        IS DISTINCT FROM (b.company, b.domain, b.email_domain, b.country, b.account_id, b.deleted);
    gone := array(SELECT id FROM after WHERE deleted OR account_id IS NOT NULL);
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO match_stale (subject_kind, subject_id)
      SELECT 2, a.id FROM after a JOIN before b USING (id)
      WHERE (a.customer_name, a.customer_domain, a.customer_country, a.contact_email, a.deleted)
        IS DISTINCT FROM (b.customer_name, b.customer_domain, b.customer_country, b.contact_email, b.deleted);
    gone := array(SELECT id FROM after WHERE deleted);
  ELSE
    INSERT INTO match_stale (subject_kind, subject_id)
      SELECT CASE TG_TABLE_NAME WHEN 'account' THEN 1 WHEN 'lead' THEN 4 ELSE 2 END, id FROM after WHERE NOT deleted;
  END IF;
  IF cardinality(gone) > 0 THEN
    PERFORM delete_match_profiles(gone);
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "lead_match_insert" AFTER INSERT ON "lead" REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION "mark_match_profiles_stale"();--> statement-breakpoint
CREATE TRIGGER "lead_match_update" AFTER UPDATE ON "lead" REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION "mark_match_profiles_stale"();--> statement-breakpoint
CREATE TRIGGER "lead_match_delete" AFTER DELETE ON "lead" REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION "mark_match_profiles_stale"();
