-- The writer of events: a batch in one round trip, each event on its own merits.

-- At the first installation the tables of later models are not there yet.
SET LOCAL check_function_bodies = off;

-- Bytes of hex text in the other order.
CREATE OR REPLACE FUNCTION access_reversed(p_hex text) RETURNS text AS $$
    SELECT string_agg(substr(p_hex, i, 2), '' ORDER BY i DESC)
      FROM generate_series(1, length(p_hex), 2) AS i
$$ LANGUAGE sql IMMUTABLE STRICT;

-- Whose card a controller has read, by the card registers: for cards that are not on its
-- list, blocked and lost ones too. `bits` and `byte_order` are those of the reader (NULL:
-- any). A card of the site's school goes before one of another, one in use before one
-- that is not; two people with equal claims are nobody.
CREATE OR REPLACE FUNCTION access_card_owner(
    p_card text, p_bits text, p_byte_order text, p_school integer, p_company integer,
    p_at timestamp
) RETURNS TABLE (person_id integer, student_id integer, verdict text) AS $$
    WITH read AS (
        SELECT CASE WHEN p_byte_order = 'reversed' AND p_bits = '26'
                    THEN '000000' || access_reversed(right(p_card, 6))
                    WHEN p_byte_order = 'reversed' AND p_bits = '34'
                         OR p_byte_order = 'reversed' AND p_card LIKE '0000%'
                    THEN '0000' || access_reversed(right(p_card, 8))
                    WHEN p_byte_order = 'reversed' AND p_card LIKE '00%'
                    THEN '00' || access_reversed(right(p_card, 10))
                    ELSE p_card END AS code
    ), form AS MATERIALIZED (
        SELECT CASE WHEN coalesce(p_bits, '26') = '26' THEN code END AS z5r,
               CASE WHEN coalesce(p_bits, '34') = '34' AND code LIKE '0000%'
                    THEN right(code, 8) END AS low,
               CASE WHEN coalesce(p_bits, '0') = '0' THEN array[
                    code,
                    CASE WHEN code LIKE '00%' THEN right(code, 10) END,
                    CASE WHEN code LIKE '0000%' THEN right(code, 8) END] END AS whole
          FROM read
    ), owner AS (
        SELECT p.id, p.student_id, p.school_id, k.state IN ('blocked', 'lost', 'replaced')
               AS is_blocked, false AS is_expired
          FROM form
          JOIN school_card k
            ON k.key_z5r = form.z5r
            OR k.key_dec10 = lpad(('x' || form.low)::bit(32)::bigint::text, 10, '0')
            OR right(k.uid, 12) = ANY(form.whole)
          JOIN access_person p ON p.student_id = k.student_id
         WHERE k.company_id = p_company
         UNION ALL
        SELECT p.id, p.student_id, p.school_id, k.state <> 'active',
               k.valid_from > p_at OR k.valid_to < p_at
          FROM form
          JOIN access_pass k
            ON k.key_z5r = form.z5r
            OR k.key_dec10 = lpad(('x' || form.low)::bit(32)::bigint::text, 10, '0')
            OR right(k.uid, 12) = ANY(form.whole)
          JOIN access_person p ON p.id = k.person_id
         WHERE k.company_id = p_company
    ), ranked AS (
        SELECT o.*, o.school_id IS NOT DISTINCT FROM p_school AS is_own,
               rank() OVER (ORDER BY o.school_id IS NOT DISTINCT FROM p_school DESC,
                                     o.is_blocked, o.is_expired NULLS FIRST) AS place
          FROM owner o
    )
    SELECT min(r.id), min(r.student_id),
           CASE WHEN bool_or(r.is_blocked) THEN 'blocked_card'
                WHEN NOT bool_or(r.is_own) THEN 'other_school'
                WHEN bool_or(r.is_expired) THEN 'expired_pass'
                ELSE 'no_rule' END
      FROM ranked r
     WHERE r.place = 1
    HAVING count(DISTINCT r.id) = 1
$$ LANGUAGE sql STABLE;

-- Append a batch (objects with the keys below; they happened from `p_from` to `p_to`, in
-- the months that begin with `p_months`), move the people, and return the new rows by the numbers of their objects, and the numbers
-- of those that are `rejected`: no such controller. All others were recorded before.
--
-- Of one event any number of deliveries, at once or one after the other, make one row: the
-- unique key decides. All lock rows in the same order: events by key, then people by number.
CREATE OR REPLACE FUNCTION access_event_record(
    p_events json, p_device integer, p_now timestamp, p_from timestamp, p_to timestamp,
    p_months date[]
) RETURNS TABLE (
    n integer, is_rejected boolean, id bigint, kind varchar, person_id integer,
    student_id integer, school_id integer, site_id integer, point_id integer,
    controller_id integer, direction varchar, occurred_at timestamp, verdict varchar,
    anomaly text, is_counted boolean
) AS $$
#variable_conflict use_column
DECLARE
    v_numbers integer[];
    v_new bigint[];
    v_rejected integer[];
BEGIN
    -- Months that events can be of. Those of a clock gone mad stay in the rest.
    PERFORM access_event_make_part(month) FROM unnest(p_months) AS month
      WHERE month BETWEEN p_now - interval '13 months' AND p_now + interval '2 months';

    WITH asked AS MATERIALIZED (
        SELECT r.*, c.id AS controller_id, c.point_id, d.zone_id, d.zone_from_id,
               s.id AS site_id, s.school_id, s.company_id,
               upper(nullif(nullif(r.card, ''), '000000000000')) AS read
          FROM json_to_recordset(p_events) AS r(
               n integer, controller integer, site integer, key uuid,
               occurred_at timestamp, kind varchar, card varchar, direction varchar,
               verdict varchar, code integer, flag integer, person integer,
               is_clock_wrong boolean, "user" integer, reason varchar)
          LEFT JOIN access_controller c ON c.id = r.controller
          LEFT JOIN access_point d ON d.id = c.point_id
          LEFT JOIN access_site s
            ON s.id = CASE WHEN r.kind = 'correction' THEN r.site ELSE d.site_id END
    ), listed AS MATERIALIZED (
        SELECT a.*, p.id AS person_id, p.student_id,
               CASE WHEN a.person IS NULL AND e.flags & 8 <> 0 THEN 'blocked_card'
                    END AS list_verdict
          FROM asked a
          LEFT JOIN access_entry e
            ON e.controller_id = a.controller_id AND e.code = a.read
          LEFT JOIN access_person p
            ON p.id = coalesce(a.person, e.person_id) AND p.company_id = a.company_id
         WHERE a.site_id IS NOT NULL
    ), unlisted AS MATERIALIZED (
        -- Few: what is not on the list of its controller is looked up one by one.
        SELECT l.n, o.*
          FROM listed l
          LEFT JOIN LATERAL (
               SELECT r.bits, r.byte_order FROM access_reader r
                WHERE r.controller_id = l.controller_id AND r.direction = l.direction
                ORDER BY r.number LIMIT 1
          ) r ON true
         CROSS JOIN LATERAL access_card_owner(
               l.read, r.bits, r.byte_order, l.school_id, l.company_id, l.occurred_at
          ) o
         WHERE l.person_id IS NULL AND l.read IS NOT NULL
    ), known AS (
        SELECT l.*, coalesce(l.person_id, o.person_id) AS whose,
               coalesce(l.student_id, o.student_id) AS whose_student,
               CASE WHEN o.verdict = 'other_school' THEN o.verdict
                    WHEN l.kind <> 'refused' THEN l.verdict
                    WHEN coalesce(l.verdict, 'unknown_card')
                         IN ('unknown_card', 'no_rule', 'wrong_time')
                    THEN coalesce(l.list_verdict, nullif(o.verdict, 'no_rule'),
                         CASE WHEN l.verdict <> 'unknown_card' THEN l.verdict END,
                         o.verdict,
                         CASE WHEN l.person_id IS NULL THEN 'unknown_card'
                              ELSE 'no_rule' END)
                    ELSE l.verdict END AS judged
          FROM listed l
          LEFT JOIN unlisted o ON o.n = l.n
    ), added AS (
        INSERT INTO access_event_log (
               occurred_at, event_key, controller_id, point_id, site_id, school_id,
               company_id, person_id, student_id, card, direction, kind, verdict, code,
               flag, moves_to, zone_id, is_clock_wrong, device_id, user_id, reason,
               received_at)
        SELECT k.occurred_at, k.key, k.controller_id, k.point_id, k.site_id, k.school_id,
               k.company_id, k.whose, k.whose_student, k.read, k.direction, k.kind,
               k.judged, k.code, k.flag,
               CASE WHEN k.whose IS NULL OR k.kind NOT IN ('pass', 'correction')
                         OR k.judged = 'other_school' THEN NULL
                    WHEN k.direction IS NOT NULL AND k.zone_from_id IS NOT NULL
                    THEN 'within'
                    WHEN k.direction = 'in' THEN 'inside'
                    WHEN k.direction = 'out' THEN 'outside' END,
               CASE k.direction WHEN 'in' THEN k.zone_id
                                WHEN 'out' THEN k.zone_from_id END,
               k.is_clock_wrong, p_device, k."user", k.reason, p_now
          FROM known k
         ORDER BY k.controller_id, k.occurred_at, k.key, k.n
            ON CONFLICT DO NOTHING
        RETURNING id, controller_id, occurred_at, event_key
    )
    SELECT array_agg(a.n) FILTER (WHERE e.id IS NOT NULL),
           array_agg(e.id) FILTER (WHERE e.id IS NOT NULL),
           array_agg(a.n) FILTER (WHERE a.site_id IS NULL)
      INTO v_numbers, v_new, v_rejected
      FROM (SELECT DISTINCT ON (x.controller_id, x.occurred_at, x.key) x.*
              FROM asked x ORDER BY x.controller_id, x.occurred_at, x.key, x.n) a
      LEFT JOIN added e
        ON e.event_key = a.key AND e.occurred_at = a.occurred_at
       AND e.controller_id IS NOT DISTINCT FROM a.controller_id;

    -- The latest passage of each person, if it is later than the one that is known.
    INSERT INTO access_presence AS w (
           person_id, kind, student_id, school_id, class_id, company_id, site_id,
           zone_id, building_id, state, since, last_code, last_key)
    SELECT l.person_id, p.kind, l.student_id, p.school_id, s.class_id, p.company_id,
           l.site_id, l.zone_id, z.building_id, CASE WHEN l.moves_to = 'outside' THEN 'outside' ELSE 'inside' END,
           l.since, l.code, l.event_key
      FROM (SELECT DISTINCT ON (e.person_id) e.person_id, e.student_id, e.site_id,
                   e.zone_id, e.moves_to, least(e.occurred_at, p_now) AS since,
                   coalesce(e.code, 0) AS code, e.event_key
              FROM access_event_log e
             WHERE e.id = ANY(v_new) AND e.occurred_at BETWEEN p_from AND p_to
               AND e.moves_to IS NOT NULL
             ORDER BY e.person_id, since DESC, code DESC, e.event_key DESC) l
      JOIN access_person p ON p.id = l.person_id
      LEFT JOIN school_student s ON s.id = l.student_id
      LEFT JOIN access_zone z ON z.id = l.zone_id
     ORDER BY l.person_id
        ON CONFLICT (person_id) DO UPDATE
       SET site_id = excluded.site_id, zone_id = excluded.zone_id,
           building_id = excluded.building_id, state = excluded.state, since = excluded.since,
           last_code = excluded.last_code, last_key = excluded.last_key
     WHERE w.since IS NULL
        OR (excluded.since, excluded.last_code, excluded.last_key::uuid)
           > (w.since, coalesce(w.last_code, 0), w.last_key::uuid);

    RETURN QUERY
    SELECT w.n, false, m.id, m.kind, m.person_id, m.student_id, m.school_id, m.site_id,
           m.point_id, m.controller_id, m.direction, m.occurred_at, m.verdict,
           access_event_anomaly(m.mark, m.is_clock_wrong, m.occurred_at, m.received_at),
           coalesce(m.mark NOT IN ('pair', 'repeated_tap'), false)
      FROM (SELECT e.* FROM access_event_marked e
             WHERE e.id = ANY(v_new) AND e.occurred_at BETWEEN p_from AND p_to
            OFFSET 0) m
      JOIN unnest(v_numbers, v_new) AS w(n, id) ON w.id = m.id
     UNION ALL
    SELECT r.n, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           NULL, NULL
      FROM unnest(v_rejected) AS r(n)
     ORDER BY 1;
END;
$$ LANGUAGE plpgsql;
