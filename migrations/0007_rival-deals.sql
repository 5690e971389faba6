CREATE TABLE "rival_deal" (
	"registration_id" uuid NOT NULL,
	"opportunity_id" uuid NOT NULL,
	"verdict" text NOT NULL,
	"evidence" text NOT NULL,
	"found_at" timestamp with time zone NOT NULL,
	CONSTRAINT "rival_deal_registration_id_opportunity_id_pk" PRIMARY KEY("registration_id","opportunity_id")
);
--> statement-breakpoint
CREATE TABLE "crm_owner" (
	"connection_id" uuid NOT NULL,
	"ext_id" text NOT NULL,
	"name" text,
	"email" text,
	"read_at" timestamp with time zone NOT NULL,
	CONSTRAINT "crm_owner_connection_id_ext_id_pk" PRIMARY KEY("connection_id","ext_id")
);
--> statement-breakpoint
ALTER TABLE "account" ADD COLUMN "owner" text;--> statement-breakpoint
ALTER TABLE "opportunity" ADD COLUMN "owner" text;--> statement-breakpoint
ALTER TABLE "rival_deal" ADD CONSTRAINT "rival_deal_registration_id_registration_id_fk" FOREIGN KEY ("registration_id") REFERENCES "public"."registration"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rival_deal" ADD CONSTRAINT "rival_deal_opportunity_id_opportunity_id_fk" FOREIGN KEY ("opportunity_id") REFERENCES "public"."opportunity"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "crm_owner" ADD CONSTRAINT "crm_owner_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "rival_deal_opportunity" ON "rival_deal" USING btree ("opportunity_id");