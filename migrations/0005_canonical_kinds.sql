CREATE TABLE "contact" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid,
	"first_name" text,
	"last_name" text,
	"email" text,
	"phone" text,
	"title" text,
	"extra" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"deleted" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "opportunity_line" (
	"id" uuid PRIMARY KEY NOT NULL,
	"opportunity_id" uuid NOT NULL,
	"product_id" uuid,
	"name" text,
	"quantity" numeric,
	"unit_price" numeric,
	"amount_minor" bigint,
	"currency" text,
	"extra" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"deleted" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "product" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text,
	"name" text NOT NULL,
	"family" text,
	"is_active" boolean DEFAULT true NOT NULL,
	"extra" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"deleted" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
ALTER TABLE "account" ADD COLUMN "street" text;--> statement-breakpoint
ALTER TABLE "account" ADD COLUMN "region" text;--> statement-breakpoint
ALTER TABLE "account" ADD COLUMN "aliases" text;--> statement-breakpoint
ALTER TABLE "account" ADD COLUMN "vat_id" text;--> statement-breakpoint
ALTER TABLE "account" ADD COLUMN "duns" text;--> statement-breakpoint
ALTER TABLE "account" ADD COLUMN "lei" text;--> statement-breakpoint
ALTER TABLE "account" ADD COLUMN "extra" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "opportunity" ADD COLUMN "extra" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "registration" ADD COLUMN "extra" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "contact" ADD CONSTRAINT "contact_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "opportunity_line" ADD CONSTRAINT "opportunity_line_opportunity_id_opportunity_id_fk" FOREIGN KEY ("opportunity_id") REFERENCES "public"."opportunity"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "opportunity_line" ADD CONSTRAINT "opportunity_line_product_id_product_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."product"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "contact_account" ON "contact" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "opportunity_line_opportunity" ON "opportunity_line" USING btree ("opportunity_id");--> statement-breakpoint
CREATE INDEX "opportunity_line_product" ON "opportunity_line" USING btree ("product_id");--> statement-breakpoint
CREATE INDEX "product_code" ON "product" USING btree ("code");