CREATE TABLE "sent_job" (
	"connection_id" uuid NOT NULL,
	"ticket" text NOT NULL,
	"object" text NOT NULL,
	"operation" text NOT NULL,
	"key_field" text,
	"intent_ids" uuid[] NOT NULL,
	"record_ids" uuid[] NOT NULL,
	"sent_at" timestamp with time zone NOT NULL,
	CONSTRAINT "sent_job_connection_id_ticket_pk" PRIMARY KEY("connection_id","ticket")
);
--> statement-breakpoint
ALTER TABLE "sent_job" ADD CONSTRAINT "sent_job_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;