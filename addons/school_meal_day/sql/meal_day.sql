-- What holds a closed day together, whoever writes: people, jobs, other add-ons, SQL.

-- A day exists from its first order or issued portion on. Orders and events share its
-- row with each other while they are being written, the closing takes it alone: what
-- arrives at the moment of closing is either seen by it or sees the day closed.
CREATE OR REPLACE FUNCTION meal_day_touch(p_school integer, p_date date)
RETURNS boolean AS $$
DECLARE
    v_state text;
BEGIN
    SELECT d.state INTO v_state FROM meal_day d
     WHERE d.school_id = p_school AND d.date = p_date FOR SHARE;
    IF NOT FOUND THEN
        INSERT INTO meal_day (school_id, company_id, date, state, create_date, write_date)
        SELECT s.id, s.company_id, p_date, 'open',
               now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM school_school s WHERE s.id = p_school
        ON CONFLICT DO NOTHING;
        SELECT d.state INTO v_state FROM meal_day d
         WHERE d.school_id = p_school AND d.date = p_date FOR SHARE;
    END IF;
    RETURN coalesce(v_state = 'closed', false);
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION meal_day_refuse(p_date date) RETURNS void AS $$
BEGIN
    RAISE EXCEPTION 'The day % is closed: what it says changes only by a correction',
        to_char(p_date, 'DD.MM.YYYY') USING ERRCODE = '23514';
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION meal_order_keeps_closed_day() RETURNS trigger AS $$
DECLARE
    v_day record;
BEGIN
    FOR v_day IN SELECT DISTINCT school_id, date FROM changed ORDER BY 1, 2 LOOP
        IF meal_day_touch(v_day.school_id, v_day.date) THEN
            PERFORM meal_day_refuse(v_day.date);
        END IF;
    END LOOP;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

-- Columns that a later version adds may be filled on closed days too.
CREATE OR REPLACE FUNCTION meal_order_change_keeps_closed_day() RETURNS trigger AS $$
DECLARE
    v_day record;
BEGIN
    FOR v_day IN
        SELECT DISTINCT o.school_id, o.date FROM changed o JOIN after n USING (id)
         WHERE (o.student_id, o.date, o.meal_type_id, o.school_id, o.class_id,
                o.age_group_id, o.variant_id, o.state, o.is_entitled)
               IS DISTINCT FROM
               (n.student_id, n.date, n.meal_type_id, n.school_id, n.class_id,
                n.age_group_id, n.variant_id, n.state, n.is_entitled)
         ORDER BY 1, 2
    LOOP
        IF meal_day_touch(v_day.school_id, v_day.date) THEN
            PERFORM meal_day_refuse(v_day.date);
        END IF;
    END LOOP;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

-- An event is a fact: it is recorded, and somebody has to decide what follows from it.
CREATE OR REPLACE FUNCTION meal_issue_event_after_closing() RETURNS trigger AS $$
DECLARE
    v_day record;
BEGIN
    FOR v_day IN SELECT DISTINCT school_id, date FROM changed ORDER BY 1, 2 LOOP
        IF meal_day_touch(v_day.school_id, v_day.date) THEN
            INSERT INTO meal_day_exception (
                day_id, school_id, company_id, kind, student_id, class_id,
                meal_type_id, order_id, event_id, create_date, write_date)
            SELECT d.id, d.school_id, d.company_id, 'late_event',
                   coalesce(e.student_id, u.student_id),
                   coalesce(e.class_id, u.class_id), e.meal_type_id, e.order_id, e.id,
                   now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM changed e
              JOIN meal_day d ON d.school_id = e.school_id AND d.date = e.date
              LEFT JOIN meal_issue_event u ON u.id = e.undoes_id
             WHERE e.school_id = v_day.school_id AND e.date = v_day.date
               AND e.action IN ('given', 'undone');
        END IF;
    END LOOP;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

-- A frozen portion is for ever; only a correction makes it the one that counted before.
CREATE OR REPLACE FUNCTION meal_day_line_is_frozen() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.is_current AND NOT NEW.is_current
       AND to_jsonb(NEW) - 'is_current' = to_jsonb(OLD) - 'is_current' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A closed day never changes: make a correction instead'
        USING ERRCODE = '23514';
END;
$$ LANGUAGE plpgsql;

-- At the end of the transaction: a portion that no longer counts has a successor made by
-- a correction.
CREATE OR REPLACE FUNCTION meal_day_line_has_successor() RETURNS trigger AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM meal_day_line n
         WHERE n.student_id = OLD.student_id AND n.date = OLD.date
           AND n.meal_type_id = OLD.meal_type_id AND n.portion = OLD.portion
           AND n.revision = OLD.revision + 1 AND n.correction_id IS NOT NULL)
    THEN
        RAISE EXCEPTION 'A frozen portion is replaced by a correction only'
            USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

-- At the end of the transaction: the parts of a portion are its price.
CREATE OR REPLACE FUNCTION meal_day_parts_are_the_price() RETURNS trigger AS $$
DECLARE
    v_line integer;
    v_price numeric;
    v_parts numeric;
BEGIN
    v_line := (to_jsonb(NEW) ->> TG_ARGV[0])::integer;
    SELECT l.price, coalesce(sum(p.amount), 0) INTO v_price, v_parts
      FROM meal_day_line l LEFT JOIN meal_day_part p ON p.line_id = l.id
     WHERE l.id = v_line GROUP BY l.id;
    IF v_price <> v_parts THEN
        RAISE EXCEPTION 'Portion %: the sources pay % of the price of %',
            v_line, v_parts, v_price USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE TRIGGER meal_order_new_keeps_closed_day
    AFTER INSERT ON meal_order REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION meal_order_keeps_closed_day();
CREATE OR REPLACE TRIGGER meal_order_gone_keeps_closed_day
    AFTER DELETE ON meal_order REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION meal_order_keeps_closed_day();
CREATE OR REPLACE TRIGGER meal_order_change_keeps_closed_day
    AFTER UPDATE ON meal_order REFERENCING OLD TABLE AS changed NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION meal_order_change_keeps_closed_day();
CREATE OR REPLACE TRIGGER meal_issue_event_after_closing
    AFTER INSERT ON meal_issue_event REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION meal_issue_event_after_closing();

CREATE OR REPLACE TRIGGER meal_day_line_is_frozen
    BEFORE UPDATE OR DELETE ON meal_day_line
    FOR EACH ROW EXECUTE FUNCTION meal_day_line_is_frozen();
CREATE OR REPLACE TRIGGER meal_day_line_no_truncate
    BEFORE TRUNCATE ON meal_day_line
    FOR EACH STATEMENT EXECUTE FUNCTION meal_refuse_change(
        'A closed day never changes: make a correction instead');
CREATE OR REPLACE TRIGGER meal_day_part_is_frozen
    BEFORE UPDATE OR DELETE ON meal_day_part
    FOR EACH ROW EXECUTE FUNCTION meal_refuse_change(
        'A closed day never changes: make a correction instead');
CREATE OR REPLACE TRIGGER meal_day_part_no_truncate
    BEFORE TRUNCATE ON meal_day_part
    FOR EACH STATEMENT EXECUTE FUNCTION meal_refuse_change(
        'A closed day never changes: make a correction instead');
DROP FUNCTION IF EXISTS meal_day_part_is_frozen();

-- Constraint triggers cannot be replaced.
DROP TRIGGER IF EXISTS meal_day_line_has_successor ON meal_day_line;
CREATE CONSTRAINT TRIGGER meal_day_line_has_successor
    AFTER UPDATE ON meal_day_line DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION meal_day_line_has_successor();
DROP TRIGGER IF EXISTS meal_day_line_parts ON meal_day_line;
CREATE CONSTRAINT TRIGGER meal_day_line_parts
    AFTER INSERT ON meal_day_line DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION meal_day_parts_are_the_price('id');
DROP TRIGGER IF EXISTS meal_day_part_parts ON meal_day_part;
CREATE CONSTRAINT TRIGGER meal_day_part_parts
    AFTER INSERT ON meal_day_part DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION meal_day_parts_are_the_price('line_id');
