ALTER TABLE "opportunity" ADD COLUMN "lost_reason" text;--> statement-breakpoint
ALTER TABLE "registration" ADD COLUMN "named_opportunity_id" uuid;--> statement-breakpoint
ALTER TABLE "registration_lifecycle" ADD COLUMN "seen_opportunity" jsonb;--> statement-breakpoint
ALTER TABLE "registration" ADD CONSTRAINT "registration_named_opportunity_id_opportunity_id_fk" FOREIGN KEY ("named_opportunity_id") REFERENCES "public"."opportunity"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "registration_named_opportunity" ON "registration" USING btree ("named_opportunity_id");
--> statement-breakpoint
UPDATE "registration" SET "named_opportunity_id" = "opportunity_id" WHERE "opportunity_id" IS NOT NULL AND EXISTS (SELECT FROM "link" WHERE "link"."kind" = 'registration' AND "link"."record_id" = "registration"."id");
