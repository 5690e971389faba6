ALTER TABLE "account" ADD COLUMN "former" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
CREATE OR REPLACE FUNCTION "match_profile_stale"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone uuid[];
BEGIN
  -- What is compared of a record that is no more goes in the same transaction: it may have been erased.
  IF TG_OP = 'DELETE' THEN
    gone := array(SELECT id FROM before);
  ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'account' THEN
    INSERT INTO match_stale (subject_kind, subject_id)
      SELECT 1, a.id FROM after a JOIN before b USING (id)
      WHERE (a.name, a.domain, a.country, a.street, a.city, a.postcode, a.phone, a.aliases, a.former, a.vat_id, a.duns, a.lei, a.deleted)
        IS DISTINCT FROM (b.name, b.domain, b.country, b.street, b.city, b.postcode, b.phone, b.aliases, b.former, b.vat_id, b.duns, b.lei, b.deleted);
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
END $$;
