-- The one rule of what is known of a student on a day. Who goes before whom:
--   1. an absence that people reported (parent, teacher, person responsible);
--   2. passages of the gate;
--   3. an absence the system reported itself because the gate had seen nobody;
--   4. the teacher's confirmation of the class: who is not absent is here;
--   5. nothing of all: absent only where the silence of the gate can be trusted.
-- Moments are UTC without a zone; p_grace is minutes.
CREATE OR REPLACE FUNCTION attendance_state(
    p_arrived timestamp, p_last_in timestamp, p_last_out timestamp,
    p_starts timestamp, p_ends timestamp, p_grace integer,
    p_reason text, p_source text, p_confirmed boolean, p_may_miss boolean,
    p_now timestamp
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN p_source IS NOT NULL AND p_source <> 'access' THEN
            CASE WHEN p_reason IN ('unexcused', 'unknown') THEN 'absent'
                 ELSE 'excused' END
        WHEN p_arrived IS NOT NULL OR p_last_out IS NOT NULL THEN
            CASE WHEN p_last_out > coalesce(p_last_in, '-infinity')
                      AND p_last_out < p_ends - make_interval(mins => p_grace)
                     THEN 'left_early'
                 WHEN p_arrived > p_starts + make_interval(mins => p_grace)
                     THEN 'late'
                 ELSE 'present' END
        WHEN p_source IS NOT NULL THEN 'absent'
        WHEN p_confirmed THEN 'present'
        WHEN p_now < p_starts + make_interval(mins => p_grace) THEN 'expected'
        WHEN p_may_miss THEN 'absent'
        ELSE 'unknown' END
$$;

-- Who says so.
CREATE OR REPLACE FUNCTION attendance_source(
    p_state text, p_arrived timestamp, p_last_out timestamp, p_source text,
    p_confirmed boolean
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN p_source IS NOT NULL AND p_source <> 'access' THEN p_source
        WHEN p_arrived IS NOT NULL OR p_last_out IS NOT NULL OR p_source IS NOT NULL
            THEN 'access'
        WHEN p_confirmed THEN 'teacher'
        WHEN p_state = 'absent' THEN 'access' END
$$;

-- Minutes from p_from to p_to, none when it is the other way round.
CREATE OR REPLACE FUNCTION attendance_minutes(p_from timestamp, p_to timestamp)
RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT greatest(0, floor(extract(epoch FROM p_to - p_from) / 60))::integer
$$;
