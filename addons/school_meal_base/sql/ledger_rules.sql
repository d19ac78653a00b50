-- What the ledger's writer (ledger.sql) is made of: guards, limits, holds, balances.
-- Amounts are numeric roubles.

-- For triggers on what is recorded once and for ever. Their argument is the message: what
-- is refused and what to do instead.
CREATE OR REPLACE FUNCTION meal_refuse_change() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = '23514';
END;
$$ LANGUAGE plpgsql;

-- Ledger accounts are for ever: transfers refer to them without a foreign key, which
-- would lock the shared account (and the school, the company, the user) at every tap.
CREATE OR REPLACE FUNCTION meal_account_is_kept() RETURNS trigger AS $$
BEGIN
    IF EXISTS (SELECT FROM meal_transfer t
                WHERE t.debit_account_id = OLD.id OR t.credit_account_id = OLD.id) THEN
        RAISE EXCEPTION 'An account with ledger entries cannot be deleted: close it'
            USING ERRCODE = '23503';
    END IF;
    RETURN OLD;
END;
$$ LANGUAGE plpgsql;

-- Another connection won the race for a uuid, a hold or a reversal: give everything
-- back; the repeat sees what the other did.
CREATE OR REPLACE FUNCTION meal_ledger_lost_race() RETURNS void AS $$
BEGIN
    RAISE EXCEPTION 'meal ledger: concurrent use of one operation'
        USING ERRCODE = '40001';
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION meal_ledger_utcnow() RETURNS timestamp AS $$
    SELECT (clock_timestamp() AT TIME ZONE 'UTC')::timestamp(0)
$$ LANGUAGE sql VOLATILE;

-- Voluntary spending of an account that counts against its limits, in roubles: sales of
-- a day, or since a moment, less what was given back of these very sales since. Reads
-- one or two days of the account by index, never its history.
CREATE OR REPLACE FUNCTION meal_ledger_spent(
    p_account integer, p_date date, p_since timestamp
) RETURNS numeric AS $$
    SELECT coalesce(sum(t.amount - coalesce(back.amount, 0)), 0)
      FROM meal_transfer t
      LEFT JOIN LATERAL (
            SELECT sum(r.amount) AS amount FROM meal_transfer r
             WHERE r.reversal_of_id = t.id) back ON true
     WHERE t.debit_account_id = p_account
       AND t.kind = 'sale'
       -- A school's day is at most one day away from the date in UTC.
       AND t.business_date >= coalesce(p_date, p_since::date - 1)
       AND t.business_date <= coalesce(p_date, 'infinity')
       AND t.occurred_at > coalesce(p_since, '-infinity')
       AND (
            t.phase IN ('single', 'post')
            OR (t.phase = 'pending'
                AND t.expires_at > meal_ledger_utcnow()
                AND NOT EXISTS (SELECT FROM meal_transfer r WHERE r.pending_id = t.id))
           )
$$ LANGUAGE sql STABLE;

-- Which of an account's limits (roubles, NULL for none) a purchase would break: a code,
-- or 'created' when it breaks none.
CREATE OR REPLACE FUNCTION meal_ledger_check_limits(
    p_account integer, p_company integer, p_amount numeric, p_limit_day numeric,
    p_limit_sitting numeric, p_date date, p_occurred_at timestamp
) RETURNS text AS $$
DECLARE
    v_minutes integer;
BEGIN
    IF meal_ledger_spent(p_account, p_date, NULL) + p_amount > p_limit_day THEN
        RETURN 'limit_day';
    END IF;
    SELECT c.meal_sitting_minutes INTO v_minutes
      FROM res_company c WHERE c.id = p_company;
    IF meal_ledger_spent(p_account, NULL,
           p_occurred_at - make_interval(mins => coalesce(v_minutes, 30)))
       + p_amount > p_limit_sitting THEN
        RETURN 'limit_sitting';
    END IF;
    RETURN 'created';
END;
$$ LANGUAGE plpgsql;

-- Holds of an account that nothing has resolved. `holds_from` says since when there may
-- be any, so that the years before are not read.
CREATE OR REPLACE FUNCTION meal_ledger_open_holds(p_account integer)
RETURNS SETOF meal_transfer AS $$
    SELECT p.*
      FROM meal_account a
      JOIN meal_transfer p ON p.debit_account_id = a.id
     WHERE a.id = p_account
       AND a.held > 0
       AND p.phase = 'pending'
       AND p.expires_at >= coalesce(a.holds_from, '-infinity')
       -- No NOT EXISTS: the planner would join it with the holds of the whole city.
       AND (SELECT r.id FROM meal_transfer r WHERE r.pending_id = p.id) IS NULL
$$ LANGUAGE sql STABLE;

-- What an account still holds although its time is over, in roubles: for reads, which
-- do not wait until somebody writes the release down.
CREATE OR REPLACE FUNCTION meal_ledger_lapsed(p_account integer) RETURNS numeric AS $$
    SELECT coalesce(sum(h.amount), 0) FROM meal_ledger_open_holds(p_account) h
     WHERE h.expires_at <= meal_ledger_utcnow()
$$ LANGUAGE sql STABLE;

-- Release the holds of an account whose time is over. The account must be locked.
CREATE OR REPLACE FUNCTION meal_ledger_expire(p_account integer) RETURNS numeric AS $$
DECLARE
    released numeric;
BEGIN
    WITH expired AS (
        INSERT INTO meal_transfer (
            uuid, payload_hash, kind, phase, debit_account_id, credit_account_id,
            amount, occurred_at, business_date, school_id, company_id, pending_id,
            forced, user_id, create_date)
        SELECT gen_random_uuid()::text, 'expire', p.kind, 'expire', p.debit_account_id,
               p.credit_account_id, p.amount, meal_ledger_utcnow(), p.business_date,
               p.school_id, p.company_id, p.id, false, p.user_id,
               meal_ledger_utcnow()
          FROM meal_ledger_open_holds(p_account) p
         WHERE p.expires_at <= meal_ledger_utcnow()
        ON CONFLICT DO NOTHING
        RETURNING amount
    )
    SELECT coalesce(sum(amount), 0) INTO released FROM expired;
    IF released > 0 THEN
        UPDATE meal_account a
           SET held = a.held - released,
               holds_from = (SELECT min(h.expires_at)
                               FROM meal_ledger_open_holds(p_account) h),
               overdraft = greatest(
                   0, a.held - released - a.posted - a.credit_limit),
               write_date = meal_ledger_utcnow()
         WHERE a.id = p_account;
    END IF;
    RETURN released;
END;
$$ LANGUAGE plpgsql;

-- The same for many accounts; one that is in use at this moment is left for later.
CREATE OR REPLACE FUNCTION meal_ledger_expire_many(p_accounts integer[])
RETURNS numeric AS $$
DECLARE
    v_id integer;
    v_released numeric := 0;
BEGIN
    FOREACH v_id IN ARRAY p_accounts LOOP
        PERFORM 1 FROM meal_account a WHERE a.id = v_id
            FOR NO KEY UPDATE SKIP LOCKED;
        IF FOUND THEN
            v_released := v_released + meal_ledger_expire(v_id);
        END IF;
    END LOOP;
    RETURN v_released;
END;
$$ LANGUAGE plpgsql;

-- Answer of an operation that wrote nothing now: a repeat or a refusal. The balance is
-- that of the student who pays, else of the one who is paid.
CREATE OR REPLACE FUNCTION meal_ledger_answer(
    p_status text, p_transfer integer DEFAULT NULL,
    p_debit integer DEFAULT NULL, p_credit integer DEFAULT NULL
) RETURNS TABLE (
    status text, transfer_id integer, account_id integer,
    posted bigint, held bigint, available bigint
) AS $$
    SELECT p_status, p_transfer, a.id, (a.posted * 100)::bigint, (a.held * 100)::bigint,
           ((a.posted - a.held + a.credit_limit) * 100)::bigint
      FROM (SELECT 1) x
      LEFT JOIN LATERAL (
            SELECT * FROM meal_account m
             WHERE m.id IN (p_debit, p_credit) AND m.kind = 'student'
             ORDER BY m.id = p_debit DESC LIMIT 1) a ON true
$$ LANGUAGE sql STABLE;

-- Change how far an account may go below zero. What it is below already becomes (or
-- stops being) overdraft: a debt does not vanish, and no purchase can use it.
CREATE OR REPLACE FUNCTION meal_ledger_set_credit_limit(
    p_accounts integer[], p_limit numeric, p_user integer
) RETURNS void AS $$
    UPDATE meal_account a
       SET credit_limit = p_limit,
           overdraft = greatest(0, a.held - a.posted - p_limit),
           write_uid = p_user,
           write_date = meal_ledger_utcnow()
     WHERE a.id = ANY(p_accounts)
$$ LANGUAGE sql VOLATILE;

-- A system account of a company, opened when it is first needed. Two connections that
-- open it at once get the same one, or a serialisation failure to repeat.
DROP FUNCTION IF EXISTS meal_ledger_sales_account(integer);
CREATE OR REPLACE FUNCTION meal_ledger_system_account(
    p_company integer, p_kind text, p_school integer DEFAULT NULL,
    p_code text DEFAULT NULL, p_name text DEFAULT NULL
) RETURNS integer AS $$
DECLARE
    v_id integer;
BEGIN
    FOR attempt IN 1..2 LOOP
        SELECT a.id INTO v_id FROM meal_account a
         WHERE a.company_id = p_company AND a.kind = p_kind AND a.kind <> 'student'
           AND coalesce(a.school_id, 0) = coalesce(p_school, 0)
           AND coalesce(a.code, '') = coalesce(p_code, '');
        IF v_id IS NULL THEN
            INSERT INTO meal_account (
                company_id, school_id, kind, code, name, state, posted, held,
                overdraft, credit_limit, create_date, write_date)
            VALUES (p_company, p_school, p_kind, p_code, coalesce(p_name, p_kind),
                    'open', 0, 0, 0, 0, meal_ledger_utcnow(), meal_ledger_utcnow())
            ON CONFLICT DO NOTHING RETURNING id INTO v_id;
        END IF;
        EXIT WHEN v_id IS NOT NULL;
    END LOOP;
    IF v_id IS NULL THEN
        RAISE EXCEPTION 'meal ledger: system account opened elsewhere'
            USING ERRCODE = '40001';
    END IF;
    RETURN v_id;
END;
$$ LANGUAGE plpgsql;
