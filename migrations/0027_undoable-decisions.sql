CREATE TABLE "deferred_decision" (
	"registration_id" uuid PRIMARY KEY NOT NULL,
	"id" uuid NOT NULL,
	"by" text NOT NULL,
	"move" text NOT NULL,
	"given" jsonb NOT NULL,
	"applies_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "deferred_decision" ADD CONSTRAINT "deferred_decision_registration_id_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "public"."registration"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deferred_decision_due" ON "deferred_decision" USING btree ("applies_at");