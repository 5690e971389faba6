CREATE TABLE "billed_customer" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "billed_customer_name" ON "billed_customer" USING btree (md5(lower("name")));
--> statement-breakpoint
-- The names on the documents that are already there.
INSERT INTO "billed_customer" ("name") SELECT DISTINCT ON (lower("customer_name")) "customer_name" FROM "source_document" WHERE "customer_name" IS NOT NULL ORDER BY lower("customer_name");--> statement-breakpoint
INSERT INTO "match_stale" ("subject_kind", "subject_id") SELECT 3, "id" FROM "billed_customer";
