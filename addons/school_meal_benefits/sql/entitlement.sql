-- An entitlement and an end are facts: only what follows from other facts may change.
-- The arguments are the message and the columns that may.
CREATE OR REPLACE FUNCTION benefit_keep_facts() RETURNS trigger AS $$
BEGIN
    IF TG_OP <> 'UPDATE'
       OR to_jsonb(NEW) - TG_ARGV[1:] IS DISTINCT FROM to_jsonb(OLD) - TG_ARGV[1:] THEN
        RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE TRIGGER benefit_entitlement_frozen
BEFORE UPDATE OR DELETE ON benefit_entitlement
FOR EACH ROW EXECUTE FUNCTION benefit_keep_facts(
    'An entitlement is never changed: record its end, or supersede its decision.',
    'date_end', 'is_void', 'school_id', 'class_id', 'write_uid', 'write_date');

CREATE OR REPLACE TRIGGER benefit_entitlement_kept
BEFORE TRUNCATE ON benefit_entitlement
FOR EACH STATEMENT EXECUTE FUNCTION meal_refuse_change(
    'An entitlement is never changed: record its end, or supersede its decision.');

CREATE OR REPLACE TRIGGER benefit_entitlement_meals_frozen
BEFORE UPDATE OR DELETE ON benefit_entitlement_meal_type_rel
FOR EACH ROW EXECUTE FUNCTION meal_refuse_change(
    'An entitlement is never changed: record its end, or supersede its decision.');

CREATE OR REPLACE TRIGGER benefit_entitlement_end_frozen
BEFORE UPDATE OR DELETE ON benefit_entitlement_end
FOR EACH ROW EXECUTE FUNCTION benefit_keep_facts(
    'An end is never changed: revoke it and record another one.',
    'school_id', 'order_id', 'revoked_at', 'revoked_by_id', 'revoke_reason',
    'write_uid', 'write_date');

CREATE OR REPLACE TRIGGER benefit_entitlement_end_kept
BEFORE TRUNCATE ON benefit_entitlement_end
FOR EACH STATEMENT EXECUTE FUNCTION meal_refuse_change(
    'An end is never changed: revoke it and record another one.');
