-- The ledger's single writer. One call = one round trip = one operation.
--
-- Amounts are kopecks (bigint) on the way in and out, numeric roubles at rest.
-- A refusal is a returned code, never an exception: the caller's transaction (a POS
-- order, a bank registry) goes on with the rest of its work.
-- Locks: limited accounts (students) only, in ascending order of id. Shared accounts
-- are never locked: their balance is the sum of their transfers.

CREATE OR REPLACE FUNCTION meal_transfer_is_append_only() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'Ledger entries are never changed or deleted: reverse them instead'
        USING ERRCODE = '23514';
END;
$$ LANGUAGE plpgsql;

-- One side of an operation, as far as the rules need to know it.
DO $$ BEGIN
    IF to_regtype('meal_ledger_party') IS NULL THEN
        CREATE TYPE meal_ledger_party AS (
            limited boolean, state text, company_id integer, school_id integer,
            limit_day numeric, limit_sitting numeric);
    END IF;
END $$;

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

CREATE OR REPLACE FUNCTION meal_ledger_utcnow() RETURNS timestamp AS $$
    SELECT (clock_timestamp() AT TIME ZONE 'UTC')::timestamp(0)
$$ LANGUAGE sql VOLATILE;

-- Voluntary spending of an account that counts against its limits, in roubles.
CREATE OR REPLACE FUNCTION meal_ledger_spent(
    p_account integer, p_date date, p_since timestamp
) RETURNS numeric AS $$
    SELECT coalesce(sum(CASE WHEN t.debit_account_id = p_account
                             THEN t.amount ELSE -t.amount END), 0)
      FROM meal_transfer t
     WHERE (
            (t.debit_account_id = p_account AND t.kind = 'sale')
            OR (t.credit_account_id = p_account AND t.kind = 'refund')
           )
       AND (p_date IS NULL OR t.business_date = p_date)
       AND (p_since IS NULL OR t.occurred_at > p_since)
       AND (
            t.phase IN ('single', 'post')
            OR (t.phase = 'pending'
                AND t.expires_at > meal_ledger_utcnow()
                AND NOT EXISTS (SELECT FROM meal_transfer r WHERE r.pending_id = t.id))
           )
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
          FROM meal_transfer p
         WHERE p.debit_account_id = p_account
           AND p.phase = 'pending'
           AND p.expires_at <= meal_ledger_utcnow()
           AND NOT EXISTS (SELECT FROM meal_transfer r WHERE r.pending_id = p.id)
        ON CONFLICT DO NOTHING
        RETURNING amount
    )
    SELECT coalesce(sum(amount), 0) INTO released FROM expired;
    IF released > 0 THEN
        UPDATE meal_account SET held = held - released WHERE id = p_account;
    END IF;
    RETURN released;
END;
$$ LANGUAGE plpgsql;

-- Move the stored balance of a limited account and answer it in roubles; no row when
-- the money is not there. `overdraft` is the part below the limit that forced
-- operations have allowed; the table's CHECK keeps
-- posted - held + credit_limit + overdraft >= 0 in any case.
DROP FUNCTION IF EXISTS meal_ledger_move(integer, numeric, numeric, boolean);
CREATE FUNCTION meal_ledger_move(
    p_account integer, p_posted numeric, p_held numeric, p_forced boolean
) RETURNS TABLE (posted numeric, held numeric, available numeric) AS $$
    UPDATE meal_account a
       SET posted = a.posted + p_posted,
           held = a.held + p_held,
           overdraft = CASE
               WHEN p_posted >= p_held THEN greatest(0, least(a.overdraft,
                    -(a.posted + p_posted - a.held - p_held + a.credit_limit)))
               WHEN p_forced THEN greatest(a.overdraft,
                    -(a.posted + p_posted - a.held - p_held + a.credit_limit))
               ELSE a.overdraft END,
           write_date = (clock_timestamp() AT TIME ZONE 'UTC')::timestamp(0)
     WHERE a.id = p_account
       AND (p_forced OR p_posted >= p_held
            OR a.posted + p_posted - a.held - p_held + a.credit_limit >= 0)
    RETURNING a.posted, a.held, a.posted - a.held + a.credit_limit
$$ LANGUAGE sql VOLATILE;

-- The account a company's sales go to; opened with the first sale.
CREATE OR REPLACE FUNCTION meal_ledger_sales_account(p_company integer)
RETURNS integer AS $$
DECLARE
    v_id integer;
BEGIN
    SELECT a.id INTO v_id FROM meal_account a
     WHERE a.company_id = p_company AND a.kind = 'sales'
       AND coalesce(a.school_id, 0) = 0 AND coalesce(a.code, '') = '';
    IF v_id IS NULL THEN
        INSERT INTO meal_account (company_id, kind, name, state, posted, held,
                                  overdraft, credit_limit, create_date, write_date)
        VALUES (p_company, 'sales', 'sales', 'open', 0, 0, 0, 0,
                meal_ledger_utcnow(), meal_ledger_utcnow())
        ON CONFLICT DO NOTHING RETURNING id INTO v_id;
        IF v_id IS NULL THEN
            RAISE EXCEPTION 'meal ledger: sales account opened elsewhere'
                USING ERRCODE = '40001';
        END IF;
    END IF;
    RETURN v_id;
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION meal_ledger_write(
    p_uuid text,
    p_phase text,
    p_kind text,
    p_debit integer,
    p_credit integer,
    p_amount bigint,
    p_forced boolean DEFAULT false,
    p_reason text DEFAULT NULL,
    p_occurred_at timestamp DEFAULT NULL,
    p_business_date date DEFAULT NULL,
    p_school integer DEFAULT NULL,
    p_group text DEFAULT NULL,
    p_source_model text DEFAULT NULL,
    p_source_id integer DEFAULT NULL,
    p_device integer DEFAULT NULL,
    p_expires_in integer DEFAULT NULL,
    p_ref text DEFAULT NULL,
    p_user integer DEFAULT NULL
) RETURNS TABLE (
    status text, transfer_id integer, account_id integer,
    posted bigint, held bigint, available bigint
) AS $$
DECLARE
    v_hash text := encode(sha256(convert_to(concat_ws('|', p_phase, p_kind,
        coalesce(p_debit::text, ''), coalesce(p_credit::text, ''),
        coalesce(p_amount::text, ''), coalesce(p_ref, '')), 'UTF8')), 'hex');
    v_amount numeric := round(p_amount / 100.0, 2);
    v_phase text := p_phase;
    v_now timestamp := (clock_timestamp() AT TIME ZONE 'UTC')::timestamp(0);
    v_occurred timestamp := coalesce(p_occurred_at, v_now);
    v_date date := p_business_date;
    v_school integer := p_school;
    v_forced boolean := p_forced;
    v_reason text := p_reason;
    v_release numeric := 0;     -- part of `held` that a resolution gives back
    v_status text := 'created';
    v_existing record;
    v_ref meal_transfer%ROWTYPE;
    v_debit meal_ledger_party;
    v_credit meal_ledger_party;
    v_balance record;
    v_posted_by numeric := 0;   -- how the paying account's balance moves
    v_held_by numeric := 0;
    v_main integer;             -- the account whose balance is answered
    v_pending integer;
    v_reversal integer;
    v_id integer;
    v_minutes integer;
BEGIN
    -- 1. A repeat gets the stored answer before any rule can refuse it.
    SELECT t.id, t.payload_hash, t.debit_account_id, t.credit_account_id
      INTO v_existing FROM meal_transfer t WHERE t.uuid = p_uuid;
    IF FOUND THEN
        IF v_existing.payload_hash <> v_hash THEN
            v_status := 'uuid_conflict';
        ELSE
            v_status := 'exists';
        END IF;
        RETURN QUERY
        SELECT v_status, v_existing.id, a.id, (a.posted * 100)::bigint,
               (a.held * 100)::bigint,
               ((a.posted - a.held + a.credit_limit) * 100)::bigint
          FROM (SELECT v_existing.debit_account_id AS d,
                       v_existing.credit_account_id AS c) x
          LEFT JOIN LATERAL (
                SELECT * FROM meal_account m
                 WHERE m.id IN (x.d, x.c) AND m.kind = 'student'
                 ORDER BY m.id = x.d DESC LIMIT 1) a ON true;
        RETURN;
    END IF;

    -- 2. What a resolution or a reversal refers to decides the accounts.
    IF p_ref IS NOT NULL THEN
        SELECT t.* INTO v_ref FROM meal_transfer t WHERE t.uuid = p_ref;
        IF NOT FOUND OR (p_phase <> 'single') <> (v_ref.phase = 'pending') THEN
            RETURN QUERY SELECT 'hold_not_found', NULL::integer, NULL::integer,
                                NULL::bigint, NULL::bigint, NULL::bigint;
            RETURN;
        END IF;
        IF p_phase = 'single' THEN
            p_debit := v_ref.credit_account_id;
            p_credit := v_ref.debit_account_id;
            v_reversal := v_ref.id;
        ELSE
            p_debit := v_ref.debit_account_id;
            p_credit := v_ref.credit_account_id;
            v_pending := v_ref.id;
            p_kind := v_ref.kind;
        END IF;
        v_amount := coalesce(v_amount, v_ref.amount);
        v_school := coalesce(v_school, v_ref.school_id);
        IF p_phase <> 'single' THEN
            v_date := coalesce(v_date, v_ref.business_date);
        END IF;
    END IF;

    SELECT a.kind = 'student', a.state, a.company_id, a.school_id, a.limit_day,
           a.limit_sitting
      INTO v_debit FROM meal_account a WHERE a.id = p_debit;
    IF p_credit IS NULL AND v_debit.company_id IS NOT NULL THEN
        p_credit := meal_ledger_sales_account(v_debit.company_id);
        v_credit.limited := false;
        v_credit.state := 'open';
        v_credit.company_id := v_debit.company_id;
    ELSE
        SELECT a.kind = 'student', a.state, a.company_id, a.school_id, NULL, NULL
          INTO v_credit FROM meal_account a WHERE a.id = p_credit;
    END IF;
    IF v_debit.company_id IS DISTINCT FROM v_credit.company_id
       OR v_debit.company_id IS NULL OR p_debit = p_credit THEN
        RETURN QUERY SELECT 'unknown_account', NULL::integer, NULL::integer,
                            NULL::bigint, NULL::bigint, NULL::bigint;
        RETURN;
    END IF;
    v_main := CASE WHEN v_debit.limited THEN p_debit
                   WHEN v_credit.limited THEN p_credit END;
    v_school := coalesce(v_school, v_debit.school_id, v_credit.school_id);
    IF v_date IS NULL THEN
        SELECT (v_occurred AT TIME ZONE 'UTC' AT TIME ZONE coalesce(s.tz, 'UTC'))::date
          INTO v_date FROM (SELECT 1) x LEFT JOIN school_school s ON s.id = v_school;
    END IF;

    -- 3. Lock where a decision depends on more than one row.
    IF v_ref.id IS NOT NULL OR v_debit.limit_day IS NOT NULL
       OR v_debit.limit_sitting IS NOT NULL
       OR (v_debit.limited AND v_credit.limited) THEN
        PERFORM 1 FROM meal_account a
          WHERE a.id IN (p_debit, p_credit) AND a.kind = 'student'
          ORDER BY a.id FOR NO KEY UPDATE;
    END IF;

    IF v_pending IS NOT NULL THEN
        SELECT t.id, t.uuid, t.phase INTO v_existing
          FROM meal_transfer t WHERE t.pending_id = v_pending;
        IF FOUND THEN
            IF v_existing.uuid = p_uuid
               OR (p_phase IN ('void', 'expire') AND v_existing.phase <> 'post') THEN
                v_status := 'exists';       -- released before: nothing left to do
                v_id := v_existing.id;
            ELSIF p_phase = 'post' AND v_existing.phase <> 'post' THEN
                -- The goods are gone although the hold is: record it, openly.
                v_phase := 'single';
                v_pending := NULL;
                v_forced := true;
                v_reason := coalesce(v_reason, 'hold_expired');
            ELSE
                v_status := 'hold_resolved';
            END IF;
        ELSE
            v_release := v_ref.amount;
            IF v_amount > v_ref.amount
               OR (p_phase <> 'post' AND v_amount <> v_ref.amount) THEN
                v_status := 'amount_invalid';
            END IF;
        END IF;
    ELSIF v_reversal IS NOT NULL THEN
        -- Row lock: two reversals of one transfer between shared accounts.
        PERFORM 1 FROM meal_transfer t WHERE t.id = v_reversal FOR NO KEY UPDATE;
        IF v_ref.phase NOT IN ('single', 'post') OR v_amount + (
            SELECT coalesce(sum(t.amount), 0) FROM meal_transfer t
             WHERE t.reversal_of_id = v_reversal) > v_ref.amount THEN
            v_status := 'reversal_exceeds';
        END IF;
    END IF;

    -- 4. Rules for what somebody still decides; facts (forced) are only recorded.
    IF v_status = 'created' AND NOT v_forced AND p_phase IN ('single', 'pending') THEN
        IF v_debit.state = 'closed' OR v_credit.state = 'closed' THEN
            v_status := 'account_closed';
        ELSIF v_debit.state = 'blocked' AND v_reversal IS NULL THEN
            v_status := 'account_blocked';
        ELSIF p_kind = 'sale' AND v_debit.limit_day IS NOT NULL
              AND meal_ledger_spent(p_debit, v_date, NULL) + v_amount
                  > v_debit.limit_day THEN
            v_status := 'limit_day';
        ELSIF p_kind = 'sale' AND v_debit.limit_sitting IS NOT NULL THEN
            SELECT c.meal_sitting_minutes INTO v_minutes
              FROM res_company c WHERE c.id = v_debit.company_id;
            IF meal_ledger_spent(p_debit, NULL,
                   v_occurred - make_interval(mins => coalesce(v_minutes, 30)))
               + v_amount > v_debit.limit_sitting THEN
                v_status := 'limit_sitting';
            END IF;
        END IF;
    END IF;

    -- 5. Balances, then the row.
    IF v_status = 'created' AND v_debit.limited THEN
        v_posted_by := CASE WHEN v_phase IN ('single', 'post') THEN -v_amount ELSE 0 END;
        v_held_by := CASE WHEN v_phase = 'pending' THEN v_amount ELSE -v_release END;
        SELECT m.* INTO v_balance
          FROM meal_ledger_move(p_debit, v_posted_by, v_held_by, v_forced) m;
        IF NOT FOUND THEN
            -- Perhaps the money is only blocked by holds whose time is over.
            PERFORM 1 FROM meal_account a WHERE a.id = p_debit FOR NO KEY UPDATE;
            IF meal_ledger_expire(p_debit) > 0 THEN
                SELECT m.* INTO v_balance
                  FROM meal_ledger_move(p_debit, v_posted_by, v_held_by, v_forced) m;
            END IF;
            IF v_balance IS NULL THEN
                v_status := 'insufficient_funds';
            END IF;
        END IF;
    END IF;
    IF v_status = 'created' THEN
        IF v_credit.limited AND v_phase IN ('single', 'post') THEN
            IF v_debit.limited THEN
                PERFORM 1 FROM meal_ledger_move(p_credit, v_amount, 0, true);
            ELSE
                SELECT m.* INTO v_balance
                  FROM meal_ledger_move(p_credit, v_amount, 0, true) m;
            END IF;
        END IF;
        INSERT INTO meal_transfer (
            uuid, payload_hash, kind, phase, debit_account_id, credit_account_id,
            amount, occurred_at, business_date, school_id, company_id, pending_id,
            reversal_of_id, group_uuid, forced, reason, source_model, source_id,
            device_id, expires_at, user_id, create_date)
        VALUES (
            p_uuid, v_hash, p_kind, v_phase, p_debit, p_credit, v_amount, v_occurred,
            v_date, v_school, v_debit.company_id, v_pending, v_reversal, p_group,
            v_forced, v_reason, p_source_model, p_source_id, p_device,
            CASE WHEN v_phase = 'pending'
                 THEN v_now + make_interval(mins => coalesce(p_expires_in, (
                      SELECT c.meal_hold_minutes FROM res_company c
                       WHERE c.id = v_debit.company_id), 15)) END,
            p_user, v_now)
        ON CONFLICT (uuid) DO NOTHING
        RETURNING id INTO v_id;
        IF v_id IS NULL THEN
            -- Another connection won the race for this uuid: give everything back.
            RAISE EXCEPTION 'meal ledger: concurrent use of one operation id'
                USING ERRCODE = '40001';
        END IF;
    END IF;

    IF v_status = 'created' AND v_balance IS NOT NULL THEN
        status := v_status;
        transfer_id := v_id;
        account_id := v_main;
        posted := v_balance.posted * 100;
        held := v_balance.held * 100;
        available := v_balance.available * 100;
        RETURN NEXT;
    ELSE
        RETURN QUERY
        SELECT v_status, v_id, a.id, (a.posted * 100)::bigint, (a.held * 100)::bigint,
               ((a.posted - a.held + a.credit_limit) * 100)::bigint
          FROM (SELECT 1) x LEFT JOIN meal_account a ON a.id = v_main;
    END IF;
END;
$$ LANGUAGE plpgsql;

-- Many operations in one round trip, in the order of their accounts (no deadlocks
-- between two batches). Each answer carries the position of its operation.
CREATE OR REPLACE FUNCTION meal_ledger_write_many(p_operations jsonb, p_user integer)
RETURNS TABLE (
    op_index integer, status text, transfer_id integer, account_id integer,
    posted bigint, held bigint, available bigint
) AS $$
DECLARE
    op record;
BEGIN
    FOR op IN
        SELECT (o.ordinality - 1)::integer AS position, r.*
          FROM jsonb_array_elements(p_operations) WITH ORDINALITY o
          CROSS JOIN LATERAL jsonb_to_record(o.value) AS r(
               uuid text, phase text, kind text, debit integer, credit integer,
               amount bigint, forced boolean, reason text, occurred_at timestamp,
               business_date date, school integer, group_uuid text,
               source_model text, source_id integer, device integer,
               expires_in integer, ref text)
         ORDER BY least(r.debit, r.credit), greatest(r.debit, r.credit), 1
    LOOP
        RETURN QUERY
        SELECT op.position, w.* FROM meal_ledger_write(
            op.uuid, op.phase, op.kind, op.debit, op.credit, op.amount,
            coalesce(op.forced, false), op.reason, op.occurred_at, op.business_date,
            op.school, op.group_uuid, op.source_model, op.source_id, op.device,
            op.expires_in, op.ref, p_user) w;
    END LOOP;
END;
$$ LANGUAGE plpgsql;
