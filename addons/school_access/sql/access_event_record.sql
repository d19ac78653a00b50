-- The writer of events: a batch in one round trip, each event on its own merits.

-- At the first installation the tables of later models are not there yet.
SET LOCAL check_function_bodies = off;

-- Whose card a controller has read, by the card registers: for cards that are not on its
-- list, blocked and lost ones too. The form of the number is that of the reader, where there
-- is one. A card of the site's school goes before one of another, one in use before one
-- that is not; two people with equal claims are nobody.
CREATE OR REPLACE FUNCTION access_card_owner(
    p_card text, p_controller integer, p_direction text, p_school integer,
    p_company integer, p_at timestamp
) RETURNS TABLE (person_id integer, student_id integer, verdict text) AS $$
#variable_conflict use_column
DECLARE
    v_bits text;
    v_order text;
BEGIN
    SELECT r.bits, r.byte_order INTO v_bits, v_order
      FROM access_reader r
     WHERE r.controller_id = p_controller AND r.direction = p_direction
     ORDER BY r.number LIMIT 1;
    RETURN QUERY
    WITH read AS (
        SELECT CASE WHEN v_order = 'reversed' AND v_bits = '26'
                    THEN '000000' || access_reverse_bytes(right(p_card, 6))
                    WHEN v_order = 'reversed' AND v_bits = '34'
                         OR v_order = 'reversed' AND p_card LIKE '0000%'
                    THEN '0000' || access_reverse_bytes(right(p_card, 8))
                    WHEN v_order = 'reversed' AND p_card LIKE '00%'
                    THEN '00' || access_reverse_bytes(right(p_card, 10))
                    ELSE p_card END AS code
    ), form AS MATERIALIZED (
        SELECT CASE WHEN coalesce(v_bits, '26') = '26' THEN code END AS z5r,
               CASE WHEN coalesce(v_bits, '34') = '34' AND code LIKE '0000%'
                    THEN right(code, 8) END AS low,
               CASE WHEN coalesce(v_bits, '0') = '0' THEN array[
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
    HAVING count(DISTINCT r.id) = 1;
END;
$$ LANGUAGE plpgsql STABLE;

-- The events of a batch, numbered from 0: {"name of a column": [its values, event by
-- event]}; a column that no event has may be missing. VOLATILE: so it is not made a part of
-- the statement that asks, which then plans for a full batch.
CREATE OR REPLACE FUNCTION access_event_read(p_events json) RETURNS TABLE (
    controller integer, site integer, key uuid, occurred_at timestamp, kind varchar,
    card varchar, direction varchar, verdict varchar, code integer, flag integer,
    person integer, is_clock_wrong boolean, "user" integer, reason varchar, n integer
) LANGUAGE sql VOLATILE ROWS 1000 AS $$
    SELECT r.controller, r.site, r.key, r.occurred_at, r.kind,
           upper(nullif(nullif(r.card, ''), '000000000000')), r.direction, r.verdict,
           r.code, r.flag, r.person, r.is_clock_wrong, r."user", r.reason,
           r.n::integer - 1
      FROM json_to_record(p_events) AS e(
           controller integer[], site integer[], key uuid[], occurred_at timestamp[],
           kind varchar[], card varchar[], direction varchar[], verdict varchar[],
           code integer[], flag integer[], person integer[], is_clock_wrong boolean[],
           "user" integer[], reason varchar[])
     CROSS JOIN unnest(
           e.controller, e.site, e.key, e.occurred_at, e.kind, e.card, e.direction,
           e.verdict, e.code, e.flag, e.person, e.is_clock_wrong, e."user", e.reason
           ) WITH ORDINALITY AS r(
           controller, site, key, occurred_at, kind, card, direction, verdict, code,
           flag, person, is_clock_wrong, "user", reason, n)
$$;

-- Append a batch, move the people, and return the new rows by the numbers of their events
-- in the batch, and the numbers of those that are rejected: no such controller. All others
-- were recorded before. They happened from `p_from` to `p_to`, in the months that begin with
-- `p_months`.
--
-- Of one event any number of deliveries, at once or one after the other, make one row: the
-- unique key decides. All lock rows in the same order: events by key, then people by number.
--
-- One statement that is planned once for a connection, for one event and for a thousand:
-- whatever can be large is looked up row by row by an index (LATERAL and LIMIT), and what it
-- looks for in the log lies between two parameters, so that other months are not opened.
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
BEGIN
    -- Months that events can be of. Those of a clock gone mad stay in the rest.
    PERFORM access_event_make_part(month) FROM unnest(p_months) AS month
      WHERE month BETWEEN p_now - interval '13 months' AND p_now + interval '2 months'
        AND to_regclass('access_event_log_' || to_char(month, 'YYYY_MM')) IS NULL;

    RETURN QUERY
    WITH asked AS (
        SELECT DISTINCT ON (r.controller, r.occurred_at, r.key) r.*
          FROM access_event_read(p_events) AS r
         ORDER BY r.controller, r.occurred_at, r.key, r.n
    ), listed AS MATERIALIZED (
        SELECT r.*, c.id AS controller_id, c.point_id, d.zone_id, d.zone_from_id,
               s.id AS site_id, s.school_id, s.company_id, p.id AS person_id,
               p.student_id,
               CASE WHEN r.person IS NULL AND e.flags & 8 <> 0 THEN 'blocked_card'
                    END AS list_verdict
          FROM asked r
          LEFT JOIN access_controller c ON c.id = r.controller
          LEFT JOIN access_point d ON d.id = c.point_id
          LEFT JOIN access_site s
            ON s.id = CASE WHEN r.kind = 'correction' THEN r.site ELSE d.site_id END
          LEFT JOIN LATERAL (
               SELECT e.person_id, e.flags FROM access_entry e
                WHERE e.controller_id = c.id AND e.code = r.card LIMIT 1) e ON true
          LEFT JOIN LATERAL (
               SELECT p.id, p.student_id FROM access_person p
                WHERE p.id = coalesce(r.person, e.person_id)
                  AND p.company_id = s.company_id LIMIT 1) p ON true
    ), unlisted AS MATERIALIZED (
        -- Few: what is not on the list of its controller is looked up one by one.
        SELECT l.n, o.*
          FROM listed l
         CROSS JOIN LATERAL access_card_owner(
               l.card, l.controller_id, l.direction, l.school_id, l.company_id,
               l.occurred_at) o
         WHERE l.person_id IS NULL AND l.card IS NOT NULL AND l.site_id IS NOT NULL
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
         WHERE l.site_id IS NOT NULL
    ), fact AS MATERIALIZED (
        -- With its number: that is how what was added is told from what was there.
        SELECT nextval('access_event_log_id_seq') AS id, k.*,
               CASE WHEN k.whose IS NULL OR k.kind NOT IN ('pass', 'correction')
                         OR k.judged = 'other_school' THEN NULL
                    WHEN k.direction IS NOT NULL AND k.zone_from_id IS NOT NULL
                    THEN 'within'
                    WHEN k.direction = 'in' THEN 'inside'
                    WHEN k.direction = 'out' THEN 'outside' END AS moves_to,
               CASE k.direction WHEN 'in' THEN k.zone_id
                                WHEN 'out' THEN k.zone_from_id END AS to_zone_id
          FROM known k
    ), added AS (
        INSERT INTO access_event_log (
               id, occurred_at, event_key, controller_id, point_id, site_id, school_id,
               company_id, person_id, student_id, card, direction, kind, verdict, code,
               flag, moves_to, zone_id, is_clock_wrong, device_id, user_id, reason,
               received_at)
        SELECT f.id, f.occurred_at, f.key, f.controller_id, f.point_id, f.site_id,
               f.school_id, f.company_id, f.whose, f.whose_student, f.card, f.direction,
               f.kind, f.judged, f.code, f.flag, f.moves_to, f.to_zone_id,
               f.is_clock_wrong, p_device, f."user", f.reason, p_now
          FROM fact f
         ORDER BY f.controller_id, f.occurred_at, f.key
            ON CONFLICT DO NOTHING
        RETURNING id
    ), created AS MATERIALIZED (
        SELECT f.* FROM fact f JOIN added ON added.id = f.id
    ), moved AS (
        -- The latest passage of each person, if it is later than the one that is known.
        INSERT INTO access_presence AS w (
               person_id, kind, student_id, school_id, class_id, company_id, site_id,
               zone_id, building_id, state, since, last_code, last_key)
        SELECT l.whose, p.kind, l.whose_student, p.school_id, s.class_id, p.company_id,
               l.site_id, l.to_zone_id, z.building_id,
               CASE WHEN l.moves_to = 'outside' THEN 'outside' ELSE 'inside' END,
               l.since, l.code, l.key
          FROM (SELECT DISTINCT ON (f.whose) f.whose, f.whose_student, f.site_id,
                       f.to_zone_id, f.moves_to, least(f.occurred_at, p_now) AS since,
                       coalesce(f.code, 0) AS code, f.key
                  FROM created f
                 WHERE f.moves_to IS NOT NULL
                 ORDER BY f.whose, since DESC, code DESC, f.key DESC) l
         CROSS JOIN LATERAL (
               SELECT p.kind, p.school_id, p.company_id FROM access_person p
                WHERE p.id = l.whose LIMIT 1) p
          LEFT JOIN LATERAL (
               SELECT s.class_id FROM school_student s
                WHERE s.id = l.whose_student LIMIT 1) s ON true
          LEFT JOIN access_zone z ON z.id = l.to_zone_id
         ORDER BY l.whose
            ON CONFLICT (person_id) DO UPDATE
           SET site_id = excluded.site_id, zone_id = excluded.zone_id,
               building_id = excluded.building_id, state = excluded.state,
               since = excluded.since, last_code = excluded.last_code,
               last_key = excluded.last_key
         WHERE w.since IS NULL
            OR (excluded.since, excluded.last_code, excluded.last_key::uuid)
               > (w.since, coalesce(w.last_code, 0), w.last_key::uuid)
    ), passage AS (
        SELECT f.id, f.whose, f.moves_to, f.occurred_at, f.point_id, f.code, f.kind,
               f.key, true AS is_new
          FROM created f
         WHERE f.moves_to IS NOT NULL
         UNION ALL
        -- What came before is of the same day, or does not matter (access_event_marked).
        SELECT NULL, b.*, false
          FROM (SELECT f.whose, min(f.occurred_at) AS first, max(f.occurred_at) AS last
                  FROM created f
                 WHERE f.moves_to IS NOT NULL
                 GROUP BY f.whose) t
         CROSS JOIN LATERAL (
               SELECT b.person_id, b.moves_to, b.occurred_at, b.point_id, b.code, b.kind,
                      b.event_key
                 FROM access_event_log b
                WHERE b.person_id = t.whose AND b.moves_to IS NOT NULL
                  AND b.occurred_at > t.first - interval '16 hours'
                  AND b.occurred_at <= t.last
                  AND b.occurred_at BETWEEN p_from - interval '16 hours' AND p_to
               OFFSET 0) b
    ), marked AS (
        SELECT m.id, access_event_mark(
               m.moves_to, m.occurred_at, m.point_id, m.code, m.kind,
               CASE WHEN m.is_near THEN m.b_moves_to END, m.b_occurred_at, m.b_point_id,
               m.b_code) AS mark
          FROM (SELECT p.*, lag(p.moves_to) OVER before AS b_moves_to,
                       lag(p.occurred_at) OVER before AS b_occurred_at,
                       lag(p.point_id) OVER before AS b_point_id,
                       lag(p.code) OVER before AS b_code,
                       p.occurred_at - lag(p.occurred_at) OVER before
                       < interval '16 hours' AS is_near
                  FROM passage p
                WINDOW before AS (PARTITION BY p.whose ORDER BY
                       p.occurred_at, coalesce(p.code, 0), p.key)) m
         WHERE m.is_new
    )
    SELECT f.n, false, f.id, f.kind, f.whose, f.whose_student, f.school_id, f.site_id,
           f.point_id, f.controller_id, f.direction, f.occurred_at, f.judged::varchar,
           access_event_anomaly(m.mark, f.is_clock_wrong, f.occurred_at, p_now),
           coalesce(m.mark NOT IN ('pair', 'repeated_tap'), false)
      FROM created f
      LEFT JOIN marked m ON m.id = f.id
     UNION ALL
    SELECT l.n, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           NULL, NULL
      FROM listed l
     WHERE l.site_id IS NULL
     ORDER BY 1;
END;
$$ LANGUAGE plpgsql
   SET plan_cache_mode = force_generic_plan
   -- A plan that was made when the part of a month was empty would read it whole for each
   -- person long after it is not.
   SET enable_seqscan = off;
