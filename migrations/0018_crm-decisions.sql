CREATE TABLE "crm_decision" (
	"connection_id" uuid NOT NULL,
	"key" text NOT NULL,
	"ext_id" text,
	"made_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"decision" text NOT NULL,
	"reason_code" text,
	"text" text,
	"seen_version" integer,
	"author_email" text,
	"problem" text,
	"handled_at" timestamp with time zone,
	"outcome" text,
	"cleared_at" timestamp with time zone,
	CONSTRAINT "crm_decision_connection_id_key_pk" PRIMARY KEY("connection_id","key")
);
--> statement-breakpoint
ALTER TABLE "crm_decision" ADD CONSTRAINT "crm_decision_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "crm_decision_waiting" ON "crm_decision" USING btree ("connection_id") WHERE "crm_decision"."handled_at" is null;--> statement-breakpoint
CREATE INDEX "crm_decision_shown" ON "crm_decision" USING btree ("connection_id") WHERE "crm_decision"."handled_at" is not null and "crm_decision"."cleared_at" is null;--> statement-breakpoint
CREATE INDEX "crm_decision_changed" ON "crm_decision" USING btree ("connection_id","changed_at");