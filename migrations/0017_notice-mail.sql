CREATE TABLE "notice_mail" (
	"id" uuid PRIMARY KEY NOT NULL,
	"notice_id" uuid NOT NULL,
	"person" text NOT NULL,
	"status" text NOT NULL,
	"reason" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"started_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "notice_mail_once" UNIQUE("notice_id","person")
);
--> statement-breakpoint
CREATE TABLE "notice_preference" (
	"person" text PRIMARY KEY NOT NULL,
	"language" text DEFAULT 'en' NOT NULL,
	"unsubscribed_at" timestamp with time zone,
	"token" text NOT NULL,
	CONSTRAINT "notice_preference_token_unique" UNIQUE("token")
);
--> statement-breakpoint
ALTER TABLE "notice_mail" ADD CONSTRAINT "notice_mail_notice_id_lifecycle_notice_id_fk" FOREIGN KEY ("notice_id") REFERENCES "public"."lifecycle_notice"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notice_mail_open" ON "notice_mail" USING btree ("next_attempt_at") WHERE "notice_mail"."status" in ('waiting', 'sending');--> statement-breakpoint
CREATE INDEX "notice_mail_created" ON "notice_mail" USING btree ("created_at");