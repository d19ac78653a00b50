-- The history of the benefits: what was changed or deleted, by whom, when.

-- Of a value that is nobody's business: that there is one; of a bank account its end.
CREATE OR REPLACE FUNCTION benefit_mask(value jsonb) RETURNS jsonb AS $$
    SELECT CASE
        WHEN value IS NULL OR value = 'null' THEN 'null'::jsonb
        WHEN length(value #>> '{}') = 20 THEN to_jsonb('…' || right(value #>> '{}', 4))
        ELSE to_jsonb('…'::text) END
$$ LANGUAGE sql IMMUTABLE;

-- Whether a row is about a child's health: by its own category, or by what it belongs to.
CREATE OR REPLACE FUNCTION benefit_is_health(model text, record jsonb)
RETURNS boolean AS $$
    SELECT coalesce((record ->> 'is_health')::boolean
        OR model = 'benefit.study.period' AND record ->> 'form' = 'home'
        OR model = 'benefit.stay' AND record ->> 'kind' <> 'recreation'
        OR EXISTS (
            SELECT FROM benefit_category c WHERE c.is_health AND c.id IN (
                (record ->> 'category_id')::integer,
                (SELECT a.category_id FROM benefit_application a
                  WHERE a.id = (record ->> 'application_id')::integer),
                (SELECT e.category_id FROM benefit_entitlement e
                  WHERE e.id = (record ->> 'entitlement_id')::integer),
                (SELECT d.category_id FROM benefit_decision d
                  WHERE d.id = (record ->> 'decision_id')::integer),
                (SELECT e.category_id FROM benefit_entitlement_end n
                   JOIN benefit_entitlement e ON e.id = n.entitlement_id
                  WHERE n.id = (record ->> 'end_id')::integer)))
        OR EXISTS (
            SELECT FROM benefit_application_document p
             WHERE p.is_health AND p.id = (record ->> 'document_id')::integer)
        OR model = 'compensation.payee' AND EXISTS (
            SELECT FROM benefit_entitlement e
             WHERE e.is_health AND e.kind = 'money'
               AND e.student_id = (record ->> 'student_id')::integer)
        OR model = 'benefit.order' AND EXISTS (
            SELECT FROM benefit_application a
              JOIN benefit_category c ON c.id = a.category_id
             WHERE c.is_health AND a.order_id = (record ->> 'id')::integer
             UNION ALL
            SELECT FROM benefit_entitlement_end n
              JOIN benefit_entitlement e ON e.id = n.entitlement_id
             WHERE e.is_health AND n.order_id = (record ->> 'id')::integer)
        -- deleted together with its application: nobody can tell any more
        OR record ->> 'application_id' IS NOT NULL AND NOT EXISTS (
            SELECT FROM benefit_application a
             WHERE a.id = (record ->> 'application_id')::integer), false)
$$ LANGUAGE sql STABLE;

-- Arguments: name of the model, columns that are left out, columns that are masked.
CREATE OR REPLACE FUNCTION benefit_note_change() RETURNS trigger AS $$
DECLARE
    ignored text[] := string_to_array(TG_ARGV[1], ',');
    masked text[] := string_to_array(TG_ARGV[2], ',');
    old_row jsonb := to_jsonb(OLD);
    new_row jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(NEW) ELSE '{}' END;
    found jsonb;
    student integer;
BEGIN
    SELECT jsonb_object_agg(o.key, CASE
               WHEN o.key = ANY(masked)
               THEN jsonb_build_array(benefit_mask(o.value), benefit_mask(n.value))
               ELSE jsonb_build_array(o.value, coalesce(n.value, 'null')) END)
      INTO found
      FROM jsonb_each(old_row) o
      LEFT JOIN jsonb_each(new_row) n ON n.key = o.key
     WHERE o.key <> ALL(ignored)
       AND o.value IS DISTINCT FROM coalesce(n.value, 'null');
    IF found IS NULL AND TG_OP = 'UPDATE' THEN
        RETURN NULL;
    END IF;
    student := coalesce(
        (old_row ->> 'student_id')::integer,
        (SELECT a.student_id FROM benefit_application a
          WHERE a.id = (old_row ->> 'application_id')::integer),
        (SELECT e.student_id FROM benefit_entitlement e
          WHERE e.id = (old_row ->> 'entitlement_id')::integer));
    INSERT INTO benefit_change (
               model, res_id, student_id, school_id, company_id, is_health, action,
               user_id, changed_at, changes)
        SELECT TG_ARGV[0], OLD.id, student,
               coalesce(s.school_id, (old_row ->> 'school_id')::integer),
               coalesce(s.company_id, (old_row ->> 'company_id')::integer),
               benefit_is_health(TG_ARGV[0], old_row)
                   OR benefit_is_health(TG_ARGV[0], new_row),
               CASE TG_OP WHEN 'UPDATE' THEN 'write' ELSE 'unlink' END,
               coalesce((new_row ->> 'write_uid')::integer,
                        (old_row ->> 'write_uid')::integer),
               clock_timestamp() AT TIME ZONE 'UTC', coalesce(found, '{}')
          FROM (SELECT 1) one LEFT JOIN school_student s ON s.id = student;
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;
