CREATE TABLE "match_adoption" (
	"id" uuid PRIMARY KEY NOT NULL,
	"model_hash" text NOT NULL,
	"proposed_by" uuid NOT NULL,
	"proposed_at" timestamp with time zone NOT NULL,
	"adopted_by" uuid,
	"adopted_at" timestamp with time zone,
	CONSTRAINT "match_adoption_takes_two" CHECK ("match_adoption"."adopted_by" <> "match_adoption"."proposed_by"),
	CONSTRAINT "match_adoption_is_dated" CHECK (num_nulls("match_adoption"."adopted_by", "match_adoption"."adopted_at") in (0, 2))
);
--> statement-breakpoint
CREATE TABLE "match_label" (
	"id" uuid PRIMARY KEY NOT NULL,
	"registration_id" uuid NOT NULL,
	"rival_kind" text NOT NULL,
	"rival_id" uuid NOT NULL,
	"origin" text NOT NULL,
	"ours" jsonb NOT NULL,
	"theirs" jsonb NOT NULL,
	"model_hash" text NOT NULL,
	"bits" double precision NOT NULL,
	"probability" double precision NOT NULL,
	"verdict" text NOT NULL,
	"weight" double precision NOT NULL,
	"compared_at" timestamp with time zone NOT NULL,
	"answer" text,
	"answered_by" uuid,
	"answered_at" timestamp with time zone,
	CONSTRAINT "match_label_is_signed" CHECK (num_nulls("match_label"."answer", "match_label"."answered_by", "match_label"."answered_at") in (0, 3)),
	CONSTRAINT "match_label_stands_for_one" CHECK ("match_label"."weight" >= 1)
);
--> statement-breakpoint
ALTER TABLE "match_adoption" ADD CONSTRAINT "match_adoption_model_hash_match_model_hash_fk" FOREIGN KEY ("model_hash") REFERENCES "public"."match_model"("hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "match_adoption" ADD CONSTRAINT "match_adoption_proposed_by_person_id_fk" FOREIGN KEY ("proposed_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "match_adoption" ADD CONSTRAINT "match_adoption_adopted_by_person_id_fk" FOREIGN KEY ("adopted_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "match_label" ADD CONSTRAINT "match_label_registration_id_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "public"."registration"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "match_label" ADD CONSTRAINT "match_label_answered_by_person_id_fk" FOREIGN KEY ("answered_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "match_label_pair" ON "match_label" USING btree ("registration_id","rival_id");--> statement-breakpoint
CREATE INDEX "match_label_rival" ON "match_label" USING btree ("rival_id");--> statement-breakpoint
CREATE INDEX "match_label_month" ON "match_label" USING btree ("compared_at");--> statement-breakpoint
CREATE INDEX "match_label_question" ON "match_label" USING btree ("id") WHERE "match_label"."answer" is null;