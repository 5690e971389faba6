ALTER TABLE "account" ADD COLUMN "partner_suspended" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "registration" ADD COLUMN "merged_partner_id" uuid;--> statement-breakpoint
ALTER TABLE "registration" ADD COLUMN "created_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "registration" ADD COLUMN "received_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "registration" ADD COLUMN "confirmed_submitted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "registration" ADD COLUMN "approved_terms" jsonb;--> statement-breakpoint
ALTER TABLE "registration" ADD COLUMN "edited_terms" jsonb;--> statement-breakpoint
ALTER TABLE "registration" ADD COLUMN "terms_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "registration" ADD CONSTRAINT "registration_merged_partner_id_partner_id_fk" FOREIGN KEY ("merged_partner_id") REFERENCES "public"."partner"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- What was approved before is protected by its present terms.
UPDATE "registration" r SET "approved_terms" = jsonb_build_object(
  'partnerId', r."partner_id", 'partnerName', p."name", 'customerName', r."customer_name", 'customerDomain', r."customer_domain",
  'customerCountry', r."customer_country", 'productFamily', r."product_family", 'dealType', r."deal_type",
  'amountMinor', r."amount_minor"::text, 'currency', r."currency", 'termsSince', NULL,
  'since', to_char(r."submitted_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
FROM "partner" p WHERE p."id" = r."partner_id" AND r."status" = 'approved' AND NOT r."deleted";
