-- One row in every table of the baseline. test/db/upgrade.ts fills a database with it before it applies the later
-- migrations, so this file stays as it is when tables change.

INSERT INTO account (
  id, name, domain, country, street, city, region, postcode, phone, aliases, vat_id, duns, lei, is_partner,
  partner_code, territory, customer_since, former_names, extra, deleted
) VALUES (
  '0198f000-0000-7000-8000-000000000001', 'Acme GmbH', 'domain', 'DE', 'street', 'city', 'region', 'postcode',
  'phone', 'Acme Trading; Acme West', 'vat id', 'duns', 'lei', false, 'partner code', 'territory',
  '2026-10-15', '[{"name": "Acme Holding", "domain": null}]', '{"a": "1"}', false
);

INSERT INTO contact (
  id, account_id, first_name, last_name, email, phone, title, extra, deleted
) VALUES (
  '0198f000-0000-7000-8000-000000000002', '0198f000-0000-7000-8000-000000000001', 'first name', 'last name',
  'email', 'phone', 'title', '{"a": "1"}', false
);

INSERT INTO opportunity (
  id, account_id, name, stage, is_closed, is_won, amount_minor, currency, close_date, product_family,
  opened_at, extra, deleted
) VALUES (
  '0198f000-0000-7000-8000-000000000003', '0198f000-0000-7000-8000-000000000001', 'name', 'stage', false,
  false, 12300, 'USD', '2026-10-15', 'product family', '2026-11-01T09:00:00Z', '{"a": "1"}', false
);

INSERT INTO partner (
  id, account_id, name, code, merged_into, merged_first_into, merged_at
) VALUES (
  '0198f000-0000-7000-8000-000000000004', '0198f000-0000-7000-8000-000000000001', 'name', 'code', null, null,
  null
);

INSERT INTO product (
  id, code, name, family, is_active, extra, deleted
) VALUES (
  '0198f000-0000-7000-8000-000000000005', 'code', 'name', 'family', false, '{"a": "1"}', false
);

INSERT INTO opportunity_line (
  id, opportunity_id, product_id, name, quantity, unit_price, amount_minor, currency, extra, deleted
) VALUES (
  '0198f000-0000-7000-8000-000000000006', '0198f000-0000-7000-8000-000000000003',
  '0198f000-0000-7000-8000-000000000005', 'name', 3, 3, 12300, 'USD', '{"a": "1"}', false
);

INSERT INTO program_version (
  version, name, body, hash, published_at
) VALUES (
  2, 'name', '{"a": "1"}', 'hash', '2026-11-01T09:00:00Z'
);

INSERT INTO registration (
  id, number, partner_id, opportunity_id, customer_name, customer_domain, customer_country, contact_email,
  product_family, deal_type, amount_minor, currency, expected_close, submitted_at, status, reason, decided_at,
  decided_by, protected_until, conflict_summary, conflict_score, program_version, extra, deleted
) VALUES (
  '0198f000-0000-7000-8000-000000000007', 'number', '0198f000-0000-7000-8000-000000000004',
  '0198f000-0000-7000-8000-000000000003', 'customer name', 'customer domain', 'customer country',
  'contact email', 'product family', 'new', 12300, 'USD', '2026-10-15', '2026-11-01T09:00:00Z', 'approved',
  'reason', '2026-11-01T09:00:00Z', '0198f000-0000-7000-8000-000000000008', '2026-10-15', 'conflict summary',
  3, 3, '{"a": "1"}', false
);

INSERT INTO conflict_case (
  registration_id, decision, model_version, model_hash, normaliser_version, program_version, facts, opened_at,
  closed_at
) VALUES (
  '0198f000-0000-7000-8000-000000000007', '{"a": "1"}', 'model version', 'model hash', 'normaliser version',
  3, '{"a": "1"}', '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z'
);

INSERT INTO tier_assignment (
  partner_id, effective_from, tier, trailing_revenue_minor, currency, explanation, program_version
) VALUES (
  '0198f000-0000-7000-8000-000000000004', '2026-10-01', 'gold', 3, 'USD', 'explanation', 3
);

INSERT INTO connection (
  id, kind, name, settings, secrets, status, account, failure, calls_used, calls_allowed, paused_until,
  paused_at, pause_reason, daily_call_limit, removal_limit_percent, webhook_token_hash, checked_at,
  installed_at, created_at
) VALUES (
  '0198f000-0000-7000-8000-000000000009', 'salesforce', 'Salesforce', '{"a": "1"}', '{"a": "1"}', 'active',
  'account', '{"a": "1"}', 3, 3, '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z', 'pause reason', 3, 3,
  'webhook token hash', '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z'
);

INSERT INTO alert (
  id, connection_id, state, message, at, sent_at
) VALUES (
  '0198f000-0000-7000-8000-000000000010', '0198f000-0000-7000-8000-000000000009', 'failing', 'message',
  '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z'
);

INSERT INTO budget (
  connection_id, window_name, allowed, call_times, used, used_by_fairway, reported_at, window_started_at,
  blocked_until
) VALUES (
  '0198f000-0000-7000-8000-000000000009', 'day', 3, '{1.5,2.5}', 3, 3, '2026-11-01T09:00:00Z',
  '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z'
);

INSERT INTO connection_token (
  connection_id, tokens, exchanging, renewed_at
) VALUES (
  '0198f000-0000-7000-8000-000000000009', '{"a": "1"}', 'exchanging', '2026-11-01T09:00:00Z'
);

INSERT INTO cursor (
  connection_id, object, since, started_at, resume, done, total, read_started_at, completed_at, scanned_at
) VALUES (
  '0198f000-0000-7000-8000-000000000009', 'Account', 'since', 'started at', 'resume', 3, 3,
  '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z'
);

INSERT INTO hint (
  connection_id, object, ext_id, erased, via, token, times, first_at, last_at
) VALUES (
  '0198f000-0000-7000-8000-000000000009', 'Account', '001A', false, 'webhook',
  '0198f000-0000-7000-8000-000000000011', 3, '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z'
);

INSERT INTO link (
  connection_id, object, ext_id, kind, record_id, merged_into
) VALUES (
  '0198f000-0000-7000-8000-000000000009', 'Account', '001A', 'account',
  '0198f000-0000-7000-8000-000000000001', null
);

INSERT INTO listening (
  connection_id, position, lease_holder, leased_until, last_event_at, error
) VALUES (
  '0198f000-0000-7000-8000-000000000009', 'position', '0198f000-0000-7000-8000-000000000012',
  '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z', 'error'
);

INSERT INTO object_description (
  connection_id, object, description, described_at
) VALUES (
  '0198f000-0000-7000-8000-000000000009', 'Account', '{"a": "1"}', '2026-11-01T09:00:00Z'
);

INSERT INTO remote_change (
  connection_id, object, ext_id, what, changes, via, modified_at, at
) VALUES (
  '0198f000-0000-7000-8000-000000000009', 'Account', '001A', 'changed', '{"a": "1"}', 'read',
  '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z'
);

INSERT INTO remote_record (
  connection_id, object, ext_id, fields, hash, modified_at, deleted, merged_into, pulled_at, mapped_hash
) VALUES (
  '0198f000-0000-7000-8000-000000000009', 'Account', '001A', '{"a": "1"}', 'hash', '2026-11-01T09:00:00Z',
  false, null, '2026-11-01T09:00:00Z', 'mapped hash'
);

INSERT INTO resolution (
  id, connection_id, object, ext_id, kind, record_id, field, base, theirs, ours, policy, winner,
  mapping_version, decided_by, at, settled_at
) VALUES (
  '0198f000-0000-7000-8000-000000000013', '0198f000-0000-7000-8000-000000000009', 'Account', '001A',
  'account', '0198f000-0000-7000-8000-000000000001', 'field', '{"a": "1"}', '{"a": "1"}', '{"a": "1"}',
  'crm_wins', 'crm', 3, '0198f000-0000-7000-8000-000000000008', '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z'
);

INSERT INTO scanned (
  connection_id, object, ext_id
) VALUES (
  '0198f000-0000-7000-8000-000000000009', 'Account', '001A'
);

INSERT INTO shadow (
  connection_id, object, ext_id, fields, edits, sent, written_at, modified_at
) VALUES (
  '0198f000-0000-7000-8000-000000000009', 'Account', '001A', '{"a": "1"}', '{"a": "1"}', '{"a": "1"}',
  '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z'
);

INSERT INTO duplicate_dismissal (
  left_id, right_id, person_id, at
) VALUES (
  '0198f000-0000-7000-8000-000000000001', '0198f000-0000-7000-8000-000000000014',
  '0198f000-0000-7000-8000-000000000008', '2026-11-01T09:00:00Z'
);

INSERT INTO duplicate_report (
  id, connection_id, related, phase, after_profile, accounts, compared, groups, surplus, model_version,
  normaliser_version, started_by, started_at, finished_at
) VALUES (
  '0198f000-0000-7000-8000-000000000015', '0198f000-0000-7000-8000-000000000009', false, 'done', 3, 3, 3, 3,
  3, 'model version', 'normaliser version', '0198f000-0000-7000-8000-000000000008', '2026-11-01T09:00:00Z',
  '2026-11-01T09:00:00Z'
);

INSERT INTO duplicate_group (
  report_id, number, account_ids, near_ids
) VALUES (
  '0198f000-0000-7000-8000-000000000015', 3, array['0198f000-0000-7000-8000-000000000001']::uuid[],
  array['0198f000-0000-7000-8000-000000000002']::uuid[]
);

INSERT INTO duplicate_pair (
  report_id, left_id, right_id, verdict, bits
) VALUES (
  '0198f000-0000-7000-8000-000000000015', '0198f000-0000-7000-8000-000000000001',
  '0198f000-0000-7000-8000-000000000020', 'same', 3
);

INSERT INTO mapping_backfill (
  id, connection_id, object, kind, version, phase, after_id, report, started_by, started_at, finished_at
) VALUES (
  '0198f000-0000-7000-8000-000000000021', '0198f000-0000-7000-8000-000000000009', 'Account', 'account', 2,
  'done', 'after id', '{"a": "1"}', '0198f000-0000-7000-8000-000000000008', '2026-11-01T09:00:00Z',
  '2026-11-01T09:00:00Z'
);

INSERT INTO mapping_drift (
  connection_id, object, kind, version, baseline, findings, alert_hash, found_at, checked_at
) VALUES (
  '0198f000-0000-7000-8000-000000000009', 'Account', 'account', 2, '{"a": "1"}', '{"a": "1"}',
  'alert hash', '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z'
);

INSERT INTO mapping_restore (
  id, connection_id, object, kind, version, count, phase, report, started_by, started_at, finished_at
) VALUES (
  '0198f000-0000-7000-8000-000000000022', '0198f000-0000-7000-8000-000000000009', 'Account', 'account', 2,
  null, 'done', '{"a": "1"}', '0198f000-0000-7000-8000-000000000008', '2026-11-01T09:00:00Z',
  '2026-11-01T09:00:00Z'
);

INSERT INTO mapping_version (
  id, connection_id, object, kind, version, pack, status, based_on, restores, note, revision, editors,
  created_by, created_at, updated_by, updated_at, submitted_by, submitted_at, decided_by, decided_at,
  decision_reason, retired_at, dry_run, dry_run_at
) VALUES (
  '0198f000-0000-7000-8000-000000000023', '0198f000-0000-7000-8000-000000000009', 'Account', 'account', 2,
  '{"object": "Account", "kind": "account", "version": 2}', 'live', 1, null, 'note', 3,
  array['0198f000-0000-7000-8000-000000000017']::uuid[], '0198f000-0000-7000-8000-000000000017',
  '2026-11-01T09:00:00Z', '0198f000-0000-7000-8000-000000000017', '2026-11-01T09:00:00Z',
  '0198f000-0000-7000-8000-000000000008', '2026-11-01T09:00:00Z', '0198f000-0000-7000-8000-000000000008',
  '2026-11-01T09:00:00Z', 'decision reason', '2026-11-01T09:00:00Z', '{"a": "1"}', '2026-11-01T09:00:00Z'
);

INSERT INTO match_key (
  key, subject_kind, country, profile_id
) VALUES (
  11, 1, 17477, 1
);

INSERT INTO match_model (
  hash, version, body, first_used_at
) VALUES (
  'model', 'version', '{"a": "1"}', '2026-11-01T09:00:00Z'
);

INSERT INTO match_profile (
  subject_kind, subject_id, country, normal, keys, normaliser_version
) VALUES (
  1, '0198f000-0000-7000-8000-000000000001', 17477, '{"a": "1"}', '{11,12}', 'normaliser version'
);

INSERT INTO match_slip (
  slip, key
) VALUES (
  12, 11
);

INSERT INTO match_stale (
  subject_kind, subject_id
) VALUES (
  1, '0198f000-0000-7000-8000-000000000001'
);

INSERT INTO payout_batch (
  id, key, period, currency, status, total_minor, item_count, content_hash, approved_hash, created_by,
  submitted_by, approved_by, created_at, submitted_at, approved_at, exported_at, file_written_at
) VALUES (
  '0198f000-0000-7000-8000-000000000025', '2026-10-USD', '2026-10', 'USD', 'exported', 3, 3, 'content',
  'content', null, '0198f000-0000-7000-8000-000000000008', '0198f000-0000-7000-8000-000000000026',
  '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z',
  '2026-11-01T09:00:00Z'
);

INSERT INTO payout_item (
  id, batch_id, key, partner_id, period, currency, amount_minor, line_count
) VALUES (
  '0198f000-0000-7000-8000-000000000027', '0198f000-0000-7000-8000-000000000025', 'key',
  '0198f000-0000-7000-8000-000000000004', '2026-10', 'USD', 12300, 3
);

INSERT INTO period (
  period, closed_at
) VALUES (
  '2026-10', '2026-11-01T09:00:00Z'
);

INSERT INTO source_document (
  id, connection_id, number, kind, partner_id, customer_name, currency, amount_minor, issued_on, paid_on,
  applies_to
) VALUES (
  '0198f000-0000-7000-8000-000000000028', '0198f000-0000-7000-8000-000000000009', 'number', 'invoice',
  '0198f000-0000-7000-8000-000000000004', 'customer name', 'USD', 12300, '2026-10-15', '2026-10-15',
  'applies to'
);

INSERT INTO journal_tx (
  id, reason, document_id, partner_id, component, currency, period, program_version, trace, run_id, created_at
) VALUES (
  '0198f000-0000-7000-8000-000000000029', 'accrual', '0198f000-0000-7000-8000-000000000028',
  '0198f000-0000-7000-8000-000000000004', 'component', 'USD', '2026-10', 3, '{"a": "1"}',
  '0198f000-0000-7000-8000-000000000030', '2026-11-01T09:00:00Z'
);

INSERT INTO payout_line (
  tx_id, item_id
) VALUES (
  '0198f000-0000-7000-8000-000000000029', '0198f000-0000-7000-8000-000000000027'
);

INSERT INTO posting (tx_id, account, partner_id, currency, amount_minor) VALUES
  ('0198f000-0000-7000-8000-000000000029', 'expense', '0198f000-0000-7000-8000-000000000004', 'USD', 12300),
  ('0198f000-0000-7000-8000-000000000029', 'accrued', '0198f000-0000-7000-8000-000000000004', 'USD', -12300);

INSERT INTO audit_event (
  at, actor_id, action, subject_kind, subject_id, before, after, reason, previous_hash, hash
) VALUES (
  '2026-11-01T09:00:00Z', null, 'action', 'account', '0198f000-0000-7000-8000-000000000001', '{"a": "1"}',
  '{"a": "1"}', 'reason', 'previous hash', 'hash'
);

INSERT INTO person (id, email, name, role, created_at) VALUES
  ('0198f000-0000-7000-8000-000000000008', 'email', 'name', 'admin', '2026-11-01T09:00:00Z'),
  ('0198f000-0000-7000-8000-000000000026', 'second@vendor.test', 'name', 'admin', '2026-11-01T09:00:00Z');

INSERT INTO match_adoption (
  id, model_hash, proposed_by, proposed_at, adopted_by, adopted_at
) VALUES (
  '0198f000-0000-7000-8000-000000000031', 'model', '0198f000-0000-7000-8000-000000000008',
  '2026-11-01T09:00:00Z', '0198f000-0000-7000-8000-000000000026', '2026-11-01T09:00:00Z'
);

INSERT INTO match_label (
  id, registration_id, rival_kind, rival_id, origin, ours, theirs, model_hash, bits, probability, verdict,
  weight, compared_at, answer, answered_by, answered_at
) VALUES (
  '0198f000-0000-7000-8000-000000000032', '0198f000-0000-7000-8000-000000000007', 'account',
  '0198f000-0000-7000-8000-000000000001', 'sample', '{"a": "1"}', '{"a": "1"}', 'model hash', 3, 3, 'same', 4,
  '2026-11-01T09:00:00Z', 'same', '0198f000-0000-7000-8000-000000000008', '2026-11-01T09:00:00Z'
);

INSERT INTO login_link (
  token_hash, person_id, expires_at, used_at
) VALUES (
  'link', '0198f000-0000-7000-8000-000000000008', '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z'
);

INSERT INTO session (
  token_hash, person_id, created_at, seen_at, expires_at
) VALUES (
  'session', '0198f000-0000-7000-8000-000000000008', '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z',
  '2026-11-01T09:00:00Z'
);

INSERT INTO bulk_job (
  connection_id, ticket, object, operation, key_field, intent_ids, record_ids, sent_at
) VALUES (
  '0198f000-0000-7000-8000-000000000009', 'ticket', 'Account', 'update', 'key field',
  array['0198f000-0000-7000-8000-000000000016']::uuid[],
  array['0198f000-0000-7000-8000-000000000001']::uuid[], '2026-11-01T09:00:00Z'
);

INSERT INTO problem (
  id, source, connection_id, object, ref, code, class, message, fix, status, occurrences, first_seen_at,
  last_seen_at, resolved_at
) VALUES (
  '0198f000-0000-7000-8000-000000000035', 'map', '0198f000-0000-7000-8000-000000000009', 'Account', 'ref',
  'code', 'class', 'message', 'fix', 'open', 3, '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z',
  '2026-11-01T09:00:00Z'
);

INSERT INTO run (
  id, trigger, stage, status, started_at, finished_at, summary, error
) VALUES (
  '0198f000-0000-7000-8000-000000000030', 'start', 'push', 'done', '2026-11-01T09:00:00Z',
  '2026-11-01T09:00:00Z', '{"a": "1"}', 'error'
);

INSERT INTO job (
  id, run_id, stage, name, key, payload, status, attempts, error, progress, created_at, queued_at,
  heartbeat_at, finished_at
) VALUES (
  '0198f000-0000-7000-8000-000000000036', '0198f000-0000-7000-8000-000000000030', 'pull', 'pull', null,
  '{"a": "1"}', 'done', 3, 'error', '{"a": "1"}', '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z',
  '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z'
);

INSERT INTO run_tally (
  run_id, connection_id, measure, count
) VALUES (
  '0198f000-0000-7000-8000-000000000030', '0198f000-0000-7000-8000-000000000009', 'measure', 3
);

INSERT INTO write_intent (
  id, connection_id, object, kind, record_id, operation, ext_id, key_field, key_value, fields, base, parent,
  urgent, mapping_version, status, attempts, failure, run_id, created_at, settled_at
) VALUES (
  '0198f000-0000-7000-8000-000000000016', '0198f000-0000-7000-8000-000000000009', 'Account', 'account',
  '0198f000-0000-7000-8000-000000000001', 'update', '001A', 'key field', 'key value', '{"a": "1"}',
  '{"a": "1"}', 'parent', false, 3, 'done', 3, '{"a": "1"}', '0198f000-0000-7000-8000-000000000030',
  '2026-11-01T09:00:00Z', '2026-11-01T09:00:00Z'
);
