-- Issue of portions: what happened at the serving hatch, recorded once and for ever.

-- At the first installation the tables of later models are not there yet.
SET LOCAL check_function_bodies = off;

-- What the meals of a school's day contain. Also a menu that nobody has approved yet is
-- cooked from; both shifts count: rather one stop too many than one too few.
DROP FUNCTION IF EXISTS meal_issue_allergens(integer, date);
CREATE FUNCTION meal_issue_allergens(p_school integer, p_date date)
RETURNS TABLE (menu_id integer, meal_type_id integer, allergen_id integer) AS $$
    SELECT n.id, l.meal_type_id, a.school_allergen_id
      FROM meal_menu n
      JOIN meal_menu_line l ON l.menu_id = n.id
      JOIN product_template_school_allergen_rel a ON a.product_template_id = l.dish_id
     WHERE n.school_id = p_school AND n.date = p_date
     UNION
    SELECT n.id, l.meal_type_id, a.school_allergen_id
      FROM meal_menu n
      JOIN meal_menu_line l ON l.menu_id = n.id
      JOIN meal_recipe_line r ON r.dish_id = l.dish_id
       AND coalesce(r.age_group_id, n.age_group_id) = n.age_group_id
      JOIN product_template_school_allergen_rel a
        ON a.product_template_id = r.ingredient_id
     WHERE n.school_id = p_school AND n.date = p_date
$$ LANGUAGE sql STABLE;

-- The menus that a portion may come from. A set is cooked from
-- its own menu where that has dishes of the meal for the age and shift; else, and for
-- whom nobody knows the age of, the usual menu counts too.
CREATE OR REPLACE FUNCTION meal_portion_menus(
    p_student integer, p_school integer, p_date date, p_meal integer,
    p_variant integer, p_age integer
) RETURNS SETOF integer AS $$
    WITH own AS MATERIALIZED (
        SELECT coalesce(p_age, (
                   SELECT g.id FROM meal_age_group g
                    WHERE k.grade BETWEEN g.grade_from AND g.grade_to
                    ORDER BY g.grade_from, g.id LIMIT 1)) AS age, k.shift
          FROM school_student s
          LEFT JOIN school_class k ON k.id = s.class_id
         WHERE s.id = p_student
    ), menu AS MATERIALIZED (
        SELECT n.id, n.variant_id,
               coalesce(n.age_group_id = own.age, false)
               AND coalesce(n.shift = own.shift, n.shift IS NULL) AS is_own
          FROM own
          JOIN meal_menu n ON n.age_group_id = coalesce(own.age, n.age_group_id)
         WHERE n.school_id = p_school AND n.date = p_date
           AND EXISTS (SELECT FROM meal_menu_line l
                        WHERE l.menu_id = n.id AND l.meal_type_id = p_meal)
    )
    SELECT id FROM menu
     WHERE variant_id IS NOT DISTINCT FROM p_variant
        OR variant_id IS NULL AND NOT EXISTS (
           SELECT FROM menu x WHERE x.variant_id = p_variant AND x.is_own)
$$ LANGUAGE sql STABLE;

-- The allergens of a student in a portion: the one rule for ordering, passing on, lists
-- and the serving hatch. `p_age` is the age group that the portion was cooked for.
CREATE OR REPLACE FUNCTION meal_portion_stop(
    p_student integer, p_school integer, p_date date, p_meal integer,
    p_variant integer, p_age integer
) RETURNS integer[] AS $$
    SELECT array_agg(DISTINCT m.allergen_id ORDER BY m.allergen_id)
      FROM meal_portion_menus(
               p_student, p_school, p_date, p_meal, p_variant, p_age) AS own_menu
      JOIN meal_issue_allergens(p_school, p_date) m
        ON m.menu_id = own_menu AND m.meal_type_id = p_meal
      JOIN school_allergen_school_student_rel own
        ON own.school_allergen_id = m.allergen_id
     WHERE own.school_student_id = p_student
$$ LANGUAGE sql STABLE;

-- What is wrong with a portion: 'allergen', 'unknown' (no menu tells), NULL for nothing.
CREATE OR REPLACE FUNCTION meal_portion_danger(
    p_student integer, p_school integer, p_date date, p_meal integer,
    p_variant integer, p_age integer
) RETURNS text AS $$
    SELECT CASE
           WHEN NOT EXISTS (
                SELECT FROM school_allergen_school_student_rel own
                 WHERE own.school_student_id = p_student) THEN NULL
           WHEN meal_portion_stop(
                p_student, p_school, p_date, p_meal, p_variant, p_age) IS NOT NULL
                THEN 'allergen'
           WHEN NOT EXISTS (
                SELECT FROM meal_portion_menus(
                    p_student, p_school, p_date, p_meal, p_variant, p_age))
                THEN 'unknown' END
$$ LANGUAGE sql STABLE;

-- The same for the portion that the student has: one that was passed on may be cooked
-- for another age.
CREATE OR REPLACE FUNCTION meal_issue_stop(
    p_student integer, p_school integer, p_date date, p_meal integer, p_variant integer
) RETURNS integer[] AS $$
    SELECT meal_portion_stop(p_student, p_school, p_date, p_meal, p_variant, (
        SELECT o.cooked_age_group_id FROM meal_order o
         WHERE o.student_id = p_student AND o.date = p_date
           AND o.meal_type_id = p_meal))
$$ LANGUAGE sql STABLE;

-- The only writer of issue events: a batch in one round trip, each event on its own
-- merits. Statuses: created, exists (the same was recorded before), conflict (something
-- else was), or why the event cannot be understood. A verdict refuses nothing.
--
-- No rows are locked. That of two tablets only one gives out the ordered portion is
-- decided by unique indexes: (event_key), (undoes_id) and (order_id, undone_before).
-- The loser of a race finds in the next round what the winner did; under REPEATABLE READ
-- PostgreSQL makes the caller repeat.
CREATE OR REPLACE FUNCTION meal_issue_record(
    p_events jsonb, p_school integer, p_device integer, p_user integer,
    p_now timestamp
) RETURNS TABLE (
    op_index integer, status text, event_id integer, verdict text, student_id integer
) AS $$
DECLARE
    v_company integer;
    v_last integer;         -- events after this one are new
    v_left integer;
BEGIN
    SELECT s.company_id INTO STRICT v_company FROM school_school s WHERE s.id = p_school;
    SELECT coalesce(max(e.id), 0) INTO v_last FROM meal_issue_event e;

    FOR v_round IN 1..10 LOOP
        WITH op AS MATERIALIZED (
            SELECT r.*, m.id AS meal_id
              FROM jsonb_to_recordset(p_events) AS r(
                   n integer, key text, hash text, date date, meal text,
                   student integer, card text, action text, claimed text,
                   source text, reason text, undoes text, offline boolean,
                   occurred_at timestamp)
              LEFT JOIN meal_type m ON m.code = r.meal
             WHERE NOT EXISTS (
                   SELECT FROM meal_issue_event k WHERE k.event_key = r.key)
        ), asked AS MATERIALIZED (
            SELECT op.*, s.id AS student_id, s.school_id, s.class_id,
                   coalesce(c.state, gone.state) AS card_state,
                   back.undoes IS NOT NULL AS is_undone
              FROM op
              LEFT JOIN (
                   SELECT DISTINCT u.undoes FROM op u WHERE u.action = 'undone'
              ) back ON back.undoes = op.key
              LEFT JOIN LATERAL (
                   SELECT x.student_id, x.state FROM school_card x
                    WHERE x.company_id = v_company AND x.uid = op.card
                      AND x.state <> 'replaced'
              ) c ON true
              LEFT JOIN LATERAL (
                   SELECT x.student_id, x.state FROM school_card x
                    WHERE c.student_id IS NULL AND op.card IS NOT NULL
                      AND x.state = 'replaced'
                      AND x.company_id = v_company AND x.uid = op.card
                    ORDER BY x.id DESC LIMIT 1
              ) gone ON true
              LEFT JOIN school_student s
                ON s.company_id = v_company
               AND s.id = coalesce(op.student, c.student_id, gone.student_id)
             WHERE op.action <> 'undone' AND op.meal_id IS NOT NULL
               AND (op.student IS NULL OR s.id IS NOT NULL)
        ), fact AS MATERIALIZED (
            SELECT a.*, o.id AS order_id, o.state AS order_state,
                   o.school_id AS order_school, o.class_id AS order_class,
                   o.variant_id,
                   coalesce(done.given, 0) AS given, coalesce(done.undone, 0) AS undone,
                   row_number() OVER (
                       PARTITION BY a.student_id, a.date, a.meal_id, a.action
                       ORDER BY NOT a.is_undone, a.n) AS place,
                   count(*) FILTER (WHERE a.action = 'given' AND NOT a.is_undone) OVER (
                       PARTITION BY a.student_id, a.date, a.meal_id
                       ORDER BY a.n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                   ) AS given_here
              FROM asked a
              LEFT JOIN meal_order o
                ON o.student_id = a.student_id AND o.date = a.date
               AND o.meal_type_id = a.meal_id
              LEFT JOIN LATERAL (
                   SELECT count(*) FILTER (WHERE u.id IS NULL) AS given,
                          count(u.id) AS undone
                     FROM meal_issue_event g
                     LEFT JOIN meal_issue_event u ON u.undoes_id = g.id
                    WHERE g.student_id = a.student_id AND g.date = a.date
                      AND g.meal_type_id = a.meal_id AND g.action = 'given'
              ) done ON a.student_id IS NOT NULL
        ), judged AS (
            SELECT f.*,
                   CASE
                   WHEN f.student_id IS NULL THEN
                       CASE WHEN f.card IS NOT NULL OR f.claimed = 'unknown_card'
                            THEN 'unknown_card' ELSE 'guest' END
                   WHEN EXISTS (
                           SELECT FROM school_allergen_school_student_rel own
                            WHERE own.school_student_id = f.student_id)
                        AND meal_issue_stop(f.student_id, p_school, f.date, f.meal_id,
                                            f.variant_id) IS NOT NULL
                       THEN 'allergen'
                   WHEN coalesce(f.card_state, '') IN ('blocked', 'lost', 'replaced')
                        OR f.claimed = 'blocked_card' AND EXISTS (
                           SELECT FROM school_card x
                            WHERE x.student_id = f.student_id
                              AND x.state IN ('blocked', 'lost', 'replaced'))
                       THEN 'blocked_card'
                   WHEN f.school_id <> p_school
                        AND f.order_school IS DISTINCT FROM p_school
                       THEN 'wrong_school'
                   WHEN f.given > 0 OR NOT f.is_undone AND f.given_here > 0
                       THEN 'second'
                   WHEN f.order_id IS NULL THEN 'not_ordered'
                   WHEN f.order_state NOT IN ('ordered', 'cooked') THEN 'taken_off'
                   ELSE 'ok' END AS verdict
              FROM fact f
        )
        INSERT INTO meal_issue_event (
               event_key, payload_hash, device_id, sequence, school_id, company_id,
               date, meal_type_id, student_id, class_id, order_id, undone_before,
               action, verdict, claimed_verdict, source, reason, is_offline,
               occurred_at, received_at, user_id)
        SELECT j.key, j.hash, p_device,
               CASE WHEN p_device IS NOT NULL
                    THEN split_part(j.key, ':', 2)::integer END,
               p_school, v_company, j.date, j.meal_id, j.student_id,
               coalesce(j.order_class, j.class_id), j.order_id,
               j.undone + j.place - 1, j.action, j.verdict, j.claimed, j.source,
               j.reason, coalesce(j.offline, false), j.occurred_at, p_now, p_user
          FROM judged j
         ORDER BY j.order_id, j.key
            ON CONFLICT DO NOTHING;

        SELECT count(*) INTO v_left
          FROM jsonb_to_recordset(p_events) AS r(
               key text, meal text, student integer, action text)
          JOIN meal_type m ON m.code = r.meal
          LEFT JOIN school_student s ON s.id = r.student AND s.company_id = v_company
         WHERE r.action <> 'undone' AND (r.student IS NULL OR s.id IS NOT NULL)
           AND NOT EXISTS (
               SELECT FROM meal_issue_event k WHERE k.event_key = r.key);
        EXIT WHEN v_left = 0;
    END LOOP;
    IF v_left > 0 THEN
        RAISE EXCEPTION 'Issue events are recorded by another connection: repeat'
            USING ERRCODE = '40001';
    END IF;

    -- Taken back: all facts but the moment are those of the event. A tablet that lost its
    -- memory may name a number that is another's: the student must be the same, and the
    -- event of that number in the same delivery must not be in conflict.
    IF p_events @? '$[*] ? (@.action == "undone")' THEN
        INSERT INTO meal_issue_event (
               event_key, payload_hash, device_id, sequence, school_id, company_id, date,
               meal_type_id, student_id, class_id, order_id, action, verdict,
               claimed_verdict, source, reason, undoes_id, is_offline, occurred_at,
               received_at, user_id)
        SELECT r.key, r.hash, p_device,
               CASE WHEN p_device IS NOT NULL
                    THEN split_part(r.key, ':', 2)::integer END,
               g.school_id, g.company_id, g.date, g.meal_type_id, g.student_id,
               g.class_id, g.order_id, 'undone', g.verdict, r.claimed, r.source, r.reason, g.id,
               coalesce(r.offline, false), r.occurred_at, p_now, p_user
          FROM jsonb_to_recordset(p_events) AS r(
               n integer, key text, hash text, action text, claimed text, source text,
               reason text, undoes text, offline boolean, occurred_at timestamp,
               student integer, card text)
          JOIN meal_issue_event g
            ON g.event_key = r.undoes AND g.action = 'given' AND g.school_id = p_school
           AND (r.student IS NOT DISTINCT FROM g.student_id
                OR r.student IS NULL AND (p_device IS NULL OR EXISTS (
                   SELECT FROM school_card x
                    WHERE x.student_id = g.student_id AND x.uid = r.card
                      AND x.company_id = v_company)))
         WHERE r.action = 'undone'
           AND NOT EXISTS (
               SELECT FROM jsonb_to_recordset(p_events) AS o(
                      key text, hash text, action text)
                WHERE o.key = r.undoes AND o.action = 'given'
                  AND o.hash <> g.payload_hash)
         ORDER BY g.id, r.n
            ON CONFLICT DO NOTHING;
    END IF;

    RETURN QUERY
    SELECT r.n,
           CASE WHEN e.id IS NOT NULL THEN
                CASE WHEN e.payload_hash <> r.hash THEN 'conflict'
                     WHEN e.id > v_last AND e.received_at = p_now THEN 'created'
                     ELSE 'exists' END
                WHEN r.action <> 'undone' THEN
                CASE WHEN m.id IS NULL THEN 'meal' ELSE 'student' END
                WHEN u.id IS NOT NULL THEN 'already_undone'
                ELSE 'undoes' END,
           e.id, e.verdict::text, e.student_id
      FROM jsonb_to_recordset(p_events) AS r(
           n integer, key text, hash text, meal text, action text, undoes text)
      LEFT JOIN meal_issue_event e ON e.event_key = r.key
      LEFT JOIN meal_type m ON m.code = r.meal
      LEFT JOIN meal_issue_event g ON g.event_key = r.undoes
      LEFT JOIN meal_issue_event u ON u.undoes_id = g.id
     ORDER BY r.n;
END;
$$ LANGUAGE plpgsql;
