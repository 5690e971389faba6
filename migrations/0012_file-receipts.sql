CREATE TABLE "file_receipt" (
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"file" text NOT NULL,
	"reading" json NOT NULL,
	"read_at" timestamp with time zone NOT NULL,
	"receipt" json,
	"delivered" boolean DEFAULT false NOT NULL,
	CONSTRAINT "file_receipt_connection_id_object_file_pk" PRIMARY KEY("connection_id","object","file")
);
--> statement-breakpoint
ALTER TABLE "record_origin" ADD COLUMN "amount" text DEFAULT '0' NOT NULL;--> statement-breakpoint
ALTER TABLE "record_origin" ADD COLUMN "currency" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "file_receipt" ADD CONSTRAINT "file_receipt_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;