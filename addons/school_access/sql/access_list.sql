-- White lists: what is compiled again, and how cards are named on the wire.

-- A school whose lists may be wrong. Rows are only added and taken away, so that two
-- people who change cards of one school never wait for each other.
CREATE TABLE IF NOT EXISTS access_list_mark (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    school_id integer NOT NULL REFERENCES school_school (id) ON DELETE CASCADE
);

CREATE OR REPLACE FUNCTION access_reverse_bytes(digits text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(substr(digits, i, 2), '' ORDER BY i DESC)
      FROM generate_series(1, length(digits), 2) AS i
$$;

-- The code of a card at a reader: domain/access_code.py, card_code. One expression
-- without a subquery, so that PostgreSQL puts it into the statement that calls it.
CREATE OR REPLACE FUNCTION access_card_number(
    uid text, key_z5r text, key_dec10 text, bits text
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE bits
           WHEN '26' THEN right(key_z5r, 6)
           WHEN '34' THEN lpad(upper(to_hex(key_dec10::bigint)), 8, '0')
           ELSE uid END
$$;

CREATE OR REPLACE FUNCTION access_card_code(
    uid text, key_z5r text, key_dec10 text, bits text, byte_order text
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lpad(right(CASE byte_order WHEN 'reversed'
        THEN access_reverse_bytes(access_card_number(uid, key_z5r, key_dec10, bits))
        ELSE access_card_number(uid, key_z5r, key_dec10, bits) END, 12), 12, '0')
$$;

-- All that is known of a tap, in one round trip. A function, because its statement is
-- planned once for a connection. The states of the card and of its owner are looked at
-- here: a list that is not compiled yet never lets a blocked card through.
CREATE OR REPLACE FUNCTION access_tap(
    the_controller integer, the_code text, the_moment timestamp,
    OUT person_id integer, OUT profile_id integer, OUT windows jsonb, OUT refusal text,
    OUT valid_from timestamp, OUT valid_to timestamp, OUT permissions jsonb,
    OUT is_inside boolean, OUT antipassback text, OUT controller_mode text, OUT tz text
) RETURNS SETOF record
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT e.person_id, e.profile_id,
           CASE WHEN e.is_wanted AND p.active THEN COALESCE(f.windows, '[]') END,
           CASE WHEN e.person_id IS NULL THEN NULL
                WHEN e.refusal IS NOT NULL THEN e.refusal::text
                WHEN p.school_id <> c.school_id AND NOT e.is_wanted THEN 'other_school'
                WHEN k.state <> 'active' OR a.state <> 'active' THEN 'blocked_card'
                WHEN e.is_wanted AND k.id IS NULL AND a.id IS NULL THEN 'unknown_card'
           END,
           a.valid_from, a.valid_to,
           (SELECT jsonb_agg(jsonb_build_array(m.direction, m.valid_from, m.valid_to))
              FROM access_permission m
             WHERE m.person_id = e.person_id
               AND (m.site_id = c.site_id
                    OR (m.site_id IS NULL AND m.school_id = c.school_id))
               AND m.revoked_at IS NULL AND m.used_at IS NULL
               AND m.valid_from <= the_moment AND m.valid_to > the_moment),
           COALESCE(r.state = 'inside' AND r.site_id = c.site_id
                    AND r.zone_id IS NOT DISTINCT FROM t.zone_id, FALSE),
           t.antipassback::text, c.mode::text, s.tz::text
      FROM access_controller c
      JOIN access_point t ON t.id = c.point_id
      JOIN school_school s ON s.id = c.school_id
      LEFT JOIN access_entry e ON e.controller_id = c.id AND e.code = the_code
      LEFT JOIN access_person p ON p.id = e.person_id
      LEFT JOIN school_card k ON k.id = e.card_id
      LEFT JOIN access_pass a ON a.id = e.pass_id
      LEFT JOIN access_profile f ON f.id = e.profile_id
      LEFT JOIN access_presence r ON r.person_id = e.person_id
     WHERE c.id = the_controller;
END
$$;
