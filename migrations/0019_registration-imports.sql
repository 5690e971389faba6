CREATE TABLE "registration_import" (
	"id" uuid PRIMARY KEY NOT NULL,
	"file_name" text NOT NULL,
	"sha256" text NOT NULL,
	"person_id" uuid NOT NULL,
	"is_preview" boolean NOT NULL,
	"encoding" text,
	"rows" integer NOT NULL,
	"content" "bytea",
	"created_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "registration_import_row" (
	"import_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"result" text NOT NULL,
	"registration_id" uuid,
	"problems" jsonb NOT NULL,
	CONSTRAINT "registration_import_row_import_id_line_pk" PRIMARY KEY("import_id","line")
);
--> statement-breakpoint
ALTER TABLE "registration_import" ADD CONSTRAINT "registration_import_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registration_import_row" ADD CONSTRAINT "registration_import_row_import_id_registration_import_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."registration_import"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "registration_import_created" ON "registration_import" USING btree ("created_at");