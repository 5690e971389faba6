CREATE TABLE "record_origin" (
	"connection_id" uuid NOT NULL,
	"object" text NOT NULL,
	"ext_id" text NOT NULL,
	"file" text NOT NULL,
	"line" integer NOT NULL,
	"position" text NOT NULL,
	"replaced" jsonb,
	CONSTRAINT "record_origin_connection_id_object_ext_id_pk" PRIMARY KEY("connection_id","object","ext_id")
);
--> statement-breakpoint
CREATE TABLE "document_answer" (
	"connection_id" uuid NOT NULL,
	"ext_id" text NOT NULL,
	"hash" text NOT NULL,
	"answer" text NOT NULL,
	"answered_by" uuid NOT NULL,
	"answered_at" timestamp with time zone NOT NULL,
	CONSTRAINT "document_answer_connection_id_ext_id_pk" PRIMARY KEY("connection_id","ext_id")
);
--> statement-breakpoint
ALTER TABLE "source_document" DROP CONSTRAINT "source_document_connection_id_number_unique";--> statement-breakpoint
ALTER TABLE "source_document" ADD COLUMN "company" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "source_document" ADD COLUMN "number_key" text;--> statement-breakpoint
-- Two numbers that differ only in letter case, width or spaces were two documents so far, and stay two.
UPDATE "source_document" d SET "number_key" = k."key" || CASE WHEN k."place" > 1 THEN ' ' || d."id" ELSE '' END
FROM (
  SELECT "id", "key", row_number() OVER (PARTITION BY "connection_id", "kind", "key" ORDER BY "id") AS "place"
  FROM (SELECT "id", "connection_id", "kind", upper(regexp_replace(normalize("number", NFKC), '\s+', '', 'g')) AS "key" FROM "source_document") n
) k WHERE k."id" = d."id";--> statement-breakpoint
ALTER TABLE "source_document" ALTER COLUMN "number_key" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "source_document" ADD COLUMN "number_year" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "source_document" ADD COLUMN "separate" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "source_document" ADD COLUMN "applies_to_id" uuid;--> statement-breakpoint
ALTER TABLE "record_origin" ADD CONSTRAINT "record_origin_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_answer" ADD CONSTRAINT "document_answer_connection_id_connection_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connection"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "record_origin_file" ON "record_origin" USING btree ("connection_id","object","file");--> statement-breakpoint
CREATE INDEX "source_document_applies_to" ON "source_document" USING btree ("applies_to_id") WHERE "source_document"."applies_to_id" is not null;--> statement-breakpoint
ALTER TABLE "source_document" ADD CONSTRAINT "source_document_identity" UNIQUE("number_key","connection_id","kind","company","number_year","separate");--> statement-breakpoint
-- Credit memos that were rated by their invoice so far go on to be.
UPDATE "source_document" m SET "applies_to_id" = i."id"
FROM "source_document" i
WHERE m."kind" = 'credit_memo' AND i."kind" = 'invoice' AND i."connection_id" = m."connection_id" AND i."partner_id" = m."partner_id"
  AND i."currency" = m."currency" AND i."number" = m."applies_to";
