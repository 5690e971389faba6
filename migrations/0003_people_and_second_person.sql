CREATE TABLE "passkey" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" text NOT NULL,
	"counter" bigint NOT NULL,
	"transports" text[] NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"last_used_at" timestamp with time zone,
	"approves_from" timestamp with time zone NOT NULL,
	CONSTRAINT "passkey_credential_id_unique" UNIQUE("credential_id")
);
--> statement-breakpoint
CREATE TABLE "person_tie" (
	"person_id" uuid NOT NULL,
	"tied_to" uuid NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "person_tie_person_id_tied_to_pk" PRIMARY KEY("person_id","tied_to")
);
--> statement-breakpoint
CREATE TABLE "recovery_request" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"code" text NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"confirmed_by" uuid,
	"confirmed_at" timestamp with time zone,
	CONSTRAINT "recovery_request_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "used_challenge" (
	"hash" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "login_link" ADD COLUMN "created_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "is_demo" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "joined_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "approves_from" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "role_granted_by" uuid;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "confirmed_by" uuid;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "confirmed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "person" ADD COLUMN "disabled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "id" uuid DEFAULT gen_random_uuid() NOT NULL;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "passkey_id" uuid;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "link_made_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "confirmed_action" text;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "confirmed_action_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "user_agent" text;--> statement-breakpoint
ALTER TABLE "passkey" ADD CONSTRAINT "passkey_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_tie" ADD CONSTRAINT "person_tie_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_tie" ADD CONSTRAINT "person_tie_tied_to_person_id_fk" FOREIGN KEY ("tied_to") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_request" ADD CONSTRAINT "recovery_request_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "passkey_person" ON "passkey" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "recovery_request_person" ON "recovery_request" USING btree ("person_id");--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_passkey_id_passkey_id_fk" FOREIGN KEY ("passkey_id") REFERENCES "public"."passkey"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "login_link_person" ON "login_link" USING btree ("person_id");--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_id_unique" UNIQUE("id");
--> statement-breakpoint
-- People of an earlier version have signed in before, and their roles have been in force since.
UPDATE "person" SET "joined_at" = "created_at", "approves_from" = "created_at";--> statement-breakpoint
-- Until now the maker of a sign-in link was shown it, and could have used it.
INSERT INTO "person_tie" ("person_id", "tied_to", "reason", "at")
SELECT e."subject_id", e."actor_id", 'was_shown_the_link', min(e."at") FROM "audit_event" e
JOIN "person" p ON p."id" = e."subject_id" JOIN "person" a ON a."id" = e."actor_id"
WHERE e."action" = 'person.invited' AND e."actor_id" <> e."subject_id" GROUP BY 1, 2, 3;--> statement-breakpoint
CREATE TRIGGER "person_tie_append_only" BEFORE UPDATE OR DELETE ON "person_tie" FOR EACH ROW EXECUTE FUNCTION "append_only"();--> statement-breakpoint
-- True when a CRM or ERP of the customer is connected, not only the sandbox. Then passkeys, waiting times and two admins are required.
CREATE FUNCTION "is_in_production"() RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT 1 FROM "connection" WHERE "settings" -> 'sandbox' IS DISTINCT FROM 'true'::jsonb)
$$;--> statement-breakpoint
-- True in production with fewer than two admins. Nothing is paid then.
CREATE FUNCTION "has_one_admin"("at" timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT is_in_production() AND (
		SELECT count(*) FROM "person"
		WHERE "role" = 'admin' AND NOT "is_demo" AND "disabled_at" IS NULL AND "joined_at" IS NOT NULL AND "approves_from" <= has_one_admin."at"
	) < 2
$$;--> statement-breakpoint
-- Why this person may not be the second pair of eyes for what the makers made; null when they may. The row is locked, so that a person is not disabled while they approve.
CREATE FUNCTION "approval_blocker"("approver" uuid, "makers" uuid[], "at" timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	p "person";
BEGIN
	SELECT * INTO p FROM "person" WHERE "id" = approver FOR SHARE;
	IF NOT FOUND THEN RETURN 'unknown'; END IF;
	IF p."disabled_at" IS NOT NULL THEN RETURN 'disabled'; END IF;
	IF p."is_demo" AND is_in_production() THEN RETURN 'demo'; END IF;
	IF p."approves_from" > approval_blocker."at" THEN RETURN 'waiting'; END IF;
	IF approver = ANY (makers) THEN RETURN 'same_person'; END IF;
	IF EXISTS (
		WITH RECURSIVE "up" ("start", "id") AS (
			SELECT s, s FROM unnest(makers || approver) s WHERE s IS NOT NULL
			UNION
			SELECT u."start", t."tied_to" FROM "up" u JOIN "person_tie" t ON t."person_id" = u."id"
		)
		SELECT 1 FROM "up" WHERE ("start" = approver AND "id" = ANY (makers)) OR ("start" = ANY (makers) AND "id" = approver)
	) THEN RETURN 'tied'; END IF;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE FUNCTION "require_second_person"("approver" uuid, "makers" uuid[], "at" timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	why text := approval_blocker(approver, makers, require_second_person."at");
BEGIN
	IF why IS NOT NULL THEN
		RAISE EXCEPTION 'person % may not approve this: %', approver, why USING ERRCODE = 'check_violation', CONSTRAINT = 'second_person';
	END IF;
END $$;--> statement-breakpoint
CREATE FUNCTION "payout_batch_second_person"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW."approved_by" IS NOT NULL AND (TG_OP = 'INSERT' OR (NEW."approved_by", NEW."created_by", NEW."submitted_by") IS DISTINCT FROM (OLD."approved_by", OLD."created_by", OLD."submitted_by")) THEN
		PERFORM require_second_person(NEW."approved_by", ARRAY[NEW."created_by", NEW."submitted_by"], coalesce(NEW."approved_at", now()));
	END IF;
	IF NEW."status" IN ('approved', 'exported') AND (TG_OP = 'INSERT' OR NEW."status" <> OLD."status") AND has_one_admin(coalesce(NEW."exported_at", NEW."approved_at", now())) THEN
		RAISE EXCEPTION 'payout batch % is not %: there is only one admin', NEW."key", NEW."status" USING ERRCODE = 'check_violation', CONSTRAINT = 'two_admins';
	END IF;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "payout_batch_second_person" AFTER INSERT OR UPDATE ON "payout_batch" FOR EACH ROW EXECUTE FUNCTION "payout_batch_second_person"();--> statement-breakpoint
-- A roll-back restores what two people approved, so it needs one person who may approve.
CREATE FUNCTION "mapping_version_second_person"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW."status" = 'live' AND (TG_OP = 'INSERT' OR OLD."status" <> 'live') THEN
		PERFORM require_second_person(
			NEW."decided_by",
			CASE WHEN NEW."restores" IS NULL THEN NEW."editors" || NEW."created_by" || NEW."submitted_by" ELSE '{}' END,
			coalesce(NEW."decided_at", now())
		);
	END IF;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "mapping_version_second_person" AFTER INSERT OR UPDATE ON "mapping_version" FOR EACH ROW EXECUTE FUNCTION "mapping_version_second_person"();--> statement-breakpoint
CREATE FUNCTION "match_adoption_second_person"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW."adopted_by" IS NOT NULL AND (TG_OP = 'INSERT' OR NEW."adopted_by" IS DISTINCT FROM OLD."adopted_by") THEN
		PERFORM require_second_person(NEW."adopted_by", ARRAY[NEW."proposed_by"], coalesce(NEW."adopted_at", now()));
	END IF;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "match_adoption_second_person" AFTER INSERT OR UPDATE ON "match_adoption" FOR EACH ROW EXECUTE FUNCTION "match_adoption_second_person"();--> statement-breakpoint
CREATE FUNCTION "period_reopening_second_person"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW."confirmed_by" IS NOT NULL AND (TG_OP = 'INSERT' OR NEW."confirmed_by" IS DISTINCT FROM OLD."confirmed_by") THEN
		PERFORM require_second_person(NEW."confirmed_by", ARRAY[NEW."requested_by"], coalesce(NEW."confirmed_at", now()));
	END IF;
	RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "period_reopening_second_person" AFTER INSERT OR UPDATE ON "period_reopening" FOR EACH ROW EXECUTE FUNCTION "period_reopening_second_person"();
