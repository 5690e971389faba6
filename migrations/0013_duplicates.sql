CREATE TABLE "duplicate_dismissal" (
	"left_id" uuid NOT NULL,
	"right_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "duplicate_dismissal_left_id_right_id_pk" PRIMARY KEY("left_id","right_id")
);
--> statement-breakpoint
CREATE TABLE "duplicate_group" (
	"report_id" uuid NOT NULL,
	"no" integer NOT NULL,
	"account_ids" uuid[] NOT NULL,
	"near_ids" uuid[] NOT NULL,
	CONSTRAINT "duplicate_group_report_id_no_pk" PRIMARY KEY("report_id","no")
);
--> statement-breakpoint
CREATE TABLE "duplicate_pair" (
	"report_id" uuid NOT NULL,
	"left_id" uuid NOT NULL,
	"right_id" uuid NOT NULL,
	"verdict" text NOT NULL,
	"bits" double precision NOT NULL,
	CONSTRAINT "duplicate_pair_report_id_left_id_right_id_pk" PRIMARY KEY("report_id","left_id","right_id")
);
--> statement-breakpoint
CREATE TABLE "duplicate_report" (
	"id" uuid PRIMARY KEY NOT NULL,
	"connection_id" uuid NOT NULL,
	"related" boolean NOT NULL,
	"phase" text DEFAULT 'compare' NOT NULL,
	"after_profile" integer DEFAULT 0 NOT NULL,
	"accounts" integer DEFAULT 0 NOT NULL,
	"compared" integer DEFAULT 0 NOT NULL,
	"groups" integer DEFAULT 0 NOT NULL,
	"surplus" integer DEFAULT 0 NOT NULL,
	"model_version" text NOT NULL,
	"normaliser_version" text NOT NULL,
	"started_by" uuid,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "duplicate_group" ADD CONSTRAINT "duplicate_group_report_id_duplicate_report_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."duplicate_report"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "duplicate_pair" ADD CONSTRAINT "duplicate_pair_report_id_duplicate_report_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."duplicate_report"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "duplicate_report" ADD CONSTRAINT "duplicate_report_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "duplicate_dismissal_right" ON "duplicate_dismissal" USING btree ("right_id");--> statement-breakpoint
CREATE INDEX "duplicate_pair_surest" ON "duplicate_pair" USING btree ("report_id","verdict","bits");--> statement-breakpoint
CREATE UNIQUE INDEX "duplicate_report_running" ON "duplicate_report" USING btree ("connection_id") WHERE "duplicate_report"."phase" not in ('done', 'failed');--> statement-breakpoint
CREATE INDEX "duplicate_report_latest" ON "duplicate_report" USING btree ("connection_id","started_at");