CREATE INDEX "account_name" ON "account" USING btree (lower("name") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "contact_last_name" ON "contact" USING btree (lower("last_name") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "opportunity_name" ON "opportunity" USING btree (lower("name") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "opportunity_line_name" ON "opportunity_line" USING btree (lower("name") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "product_name" ON "product" USING btree (lower("name") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "registration_number" ON "registration" USING btree (lower("number") text_pattern_ops);--> statement-breakpoint
CREATE INDEX "write_intent_landed" ON "write_intent" USING btree ("connection_id","object","mapping_version","record_id") WHERE "write_intent"."status" = 'done';