-- What was answered stays: only who it was about may be forgotten (erasure of a person).
CREATE OR REPLACE FUNCTION access_verification_is_kept() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.state = 'pending'
       OR NEW.person_id IS NULL
          AND to_jsonb(NEW) - 'person_id' = to_jsonb(OLD) - 'person_id') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'An answered request is never changed or deleted'
        USING ERRCODE = '23514';
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE TRIGGER access_verification_is_kept
    BEFORE UPDATE OR DELETE ON access_verification
    FOR EACH ROW EXECUTE FUNCTION access_verification_is_kept();
