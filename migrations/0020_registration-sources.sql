CREATE TABLE "registration_source" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"sender" text NOT NULL,
	"secrets" jsonb NOT NULL,
	"previous_until" timestamp with time zone,
	"is_active" boolean NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "registration_source_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "registration_source_refusal" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"source_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"message_id" text,
	"reason" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "registration_source_refusal" ADD CONSTRAINT "registration_source_refusal_source_id_registration_source_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."registration_source"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "registration_source_refusal_source" ON "registration_source_refusal" USING btree ("source_id","id");