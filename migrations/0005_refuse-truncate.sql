-- A truncation fires no trigger of a row, so it would empty an append-only table and leave an intact chain.
CREATE TRIGGER "posting_no_truncate" BEFORE TRUNCATE ON "posting" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "journal_tx_no_truncate" BEFORE TRUNCATE ON "journal_tx" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "payout_line_no_truncate" BEFORE TRUNCATE ON "payout_line" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "audit_event_no_truncate" BEFORE TRUNCATE ON "audit_event" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "program_version_no_truncate" BEFORE TRUNCATE ON "program_version" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "mapping_version_no_truncate" BEFORE TRUNCATE ON "mapping_version" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "period_no_truncate" BEFORE TRUNCATE ON "period" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();--> statement-breakpoint
CREATE TRIGGER "period_reopening_no_truncate" BEFORE TRUNCATE ON "period_reopening" FOR EACH STATEMENT EXECUTE FUNCTION "append_only"();
