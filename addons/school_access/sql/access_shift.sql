-- A shift that has ended stays as it is; the person a line is about may be forgotten.
CREATE OR REPLACE FUNCTION access_shift_is_kept() RETURNS trigger AS $$
DECLARE
    forgotten text[] := ARRAY['person_id', 'alarm_id'];
BEGIN
    IF TG_TABLE_NAME = 'access_shift' THEN
        IF TG_OP = 'UPDATE' AND to_jsonb(OLD) ->> 'ended_at' IS NULL THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' AND to_jsonb(NEW) - forgotten = to_jsonb(OLD) - forgotten THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The journal of a post is never changed: add a note'
        USING ERRCODE = '23514';
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE TRIGGER access_shift_is_kept
    BEFORE UPDATE OR DELETE ON access_shift
    FOR EACH ROW EXECUTE FUNCTION access_shift_is_kept();
