CREATE TABLE "registration_source_move" (
	"source_id" uuid NOT NULL,
	"message_id" text NOT NULL,
	"registration_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "registration_source_move_source_id_message_id_pk" PRIMARY KEY("source_id","message_id")
);
--> statement-breakpoint
ALTER TABLE "lifecycle_partner" ADD COLUMN "set_by" text;--> statement-breakpoint
ALTER TABLE "lifecycle_person" ADD COLUMN "id" uuid DEFAULT gen_random_uuid() NOT NULL;--> statement-breakpoint
ALTER TABLE "registration_source_move" ADD CONSTRAINT "registration_source_move_source_id_registration_source_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."registration_source"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lifecycle_person" ADD CONSTRAINT "lifecycle_person_id_unique" UNIQUE("id");