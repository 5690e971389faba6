CREATE TABLE "registration_creator" (
	"connection_id" uuid NOT NULL,
	"ext_id" text NOT NULL,
	"email" text,
	"read_at" timestamp with time zone NOT NULL,
	CONSTRAINT "registration_creator_connection_id_ext_id_pk" PRIMARY KEY("connection_id","ext_id")
);
--> statement-breakpoint
ALTER TABLE "registration_creator" ADD CONSTRAINT "registration_creator_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;