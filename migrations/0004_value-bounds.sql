CREATE TABLE "placing_failure" (
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"ext_id" text NOT NULL,
	"hash" text NOT NULL,
	"runs" integer NOT NULL,
	"run_id" uuid,
	CONSTRAINT "placing_failure_connection_id_object_ext_id_pk" PRIMARY KEY("connection_id","object","ext_id")
);
--> statement-breakpoint
DROP INDEX "account_name";--> statement-breakpoint
DROP INDEX "contact_last_name";--> statement-breakpoint
DROP INDEX "opportunity_name";--> statement-breakpoint
DROP INDEX "opportunity_line_name";--> statement-breakpoint
DROP INDEX "product_name";--> statement-breakpoint
DROP INDEX "registration_number";--> statement-breakpoint
DROP INDEX "source_document_customer";--> statement-breakpoint
ALTER TABLE "tier_assignment" ALTER COLUMN "trailing_revenue_minor" SET DATA TYPE numeric(38, 0);--> statement-breakpoint
ALTER TABLE "payout_batch" ALTER COLUMN "total_minor" SET DATA TYPE numeric(38, 0);--> statement-breakpoint
ALTER TABLE "payout_item" ALTER COLUMN "amount_minor" SET DATA TYPE numeric(38, 0);--> statement-breakpoint
ALTER TABLE "posting" ALTER COLUMN "amount_minor" SET DATA TYPE numeric(38, 0);--> statement-breakpoint
ALTER TABLE "placing_failure" ADD CONSTRAINT "placing_failure_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_name" ON "account" USING btree (lower("left"("name", 200)) text_pattern_ops);--> statement-breakpoint
CREATE INDEX "contact_last_name" ON "contact" USING btree (lower("left"("last_name", 200)) text_pattern_ops);--> statement-breakpoint
CREATE INDEX "opportunity_name" ON "opportunity" USING btree (lower("left"("name", 200)) text_pattern_ops);--> statement-breakpoint
CREATE INDEX "opportunity_line_name" ON "opportunity_line" USING btree (lower("left"("name", 200)) text_pattern_ops);--> statement-breakpoint
CREATE INDEX "product_name" ON "product" USING btree (lower("left"("name", 200)) text_pattern_ops);--> statement-breakpoint
CREATE INDEX "registration_number" ON "registration" USING btree (lower("left"("number", 200)) text_pattern_ops);--> statement-breakpoint
CREATE INDEX "source_document_customer" ON "source_document" USING hash (lower("customer_name"));