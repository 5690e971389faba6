ALTER TABLE "account" ADD COLUMN "territory" text;--> statement-breakpoint
ALTER TABLE "account" ADD COLUMN "customer_since" date;--> statement-breakpoint
CREATE INDEX "source_document_customer" ON "source_document" USING btree (lower("customer_name"));