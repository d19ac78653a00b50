-- The ledger's single writer. One call = one round trip = one operation.
--
-- Amounts are kopecks (bigint) on the way in and out, numeric roubles at rest.
-- A refusal is a returned code, never an exception: the caller's transaction (a POS
-- order, a bank registry) goes on with the rest of its work.
-- Locks: limited accounts (students) only, in ascending order of id. Shared accounts
-- are never locked: their balance is the sum of their transfers.

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
    -- What the operation is. Not how it is recorded: a till charges by the rules first
    -- and forces what they refuse, and a repeat must find either.
    v_hash text := encode(sha256(convert_to(concat_ws('|', p_phase,
        coalesce(p_kind, ''), coalesce(p_debit::text, ''),
        coalesce(p_credit::text, ''), coalesce(p_amount::text, ''),
        coalesce(p_ref, '')), 'UTF8')), 'hex');
    v_amount numeric := round(p_amount / 100.0, 2);
    v_phase text := p_phase;
    v_now timestamp := (clock_timestamp() AT TIME ZONE 'UTC')::timestamp(0);
    v_occurred timestamp := coalesce(p_occurred_at, v_now);
    v_date date := p_business_date;
    v_school integer := p_school;
    -- A capture is forced only when its hold is gone (below).
    v_forced boolean := p_forced AND p_phase <> 'post';
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
    v_reversed numeric;         -- what was given back of the original before
    v_late integer;             -- the hold that a late capture settles
    v_expires timestamp;
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

    -- A form that empties a limit stores zero: zero is no limit, as NULL is.
    SELECT a.kind = 'student', a.state, a.company_id, a.school_id,
           nullif(a.limit_day, 0), nullif(a.limit_sitting, 0)
      INTO v_debit FROM meal_account a WHERE a.id = p_debit;
    IF p_credit IS NULL AND v_debit.company_id IS NOT NULL THEN
        p_credit := meal_ledger_system_account(v_debit.company_id, 'sales');
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
        -- `settled`: by a capture in time, or by one that came late.
        SELECT t.id, t.uuid, t.phase, t.payload_hash,
               t.phase = 'post' OR late.id IS NOT NULL AS settled,
               late.id AS late_id, late.uuid AS late_uuid, late.payload_hash AS late_hash
          INTO v_existing
          FROM meal_transfer t
          LEFT JOIN meal_transfer late ON late.late_hold_id = t.pending_id
         WHERE t.pending_id = v_pending;
        IF NOT FOUND THEN
            v_release := v_ref.amount;
        ELSIF p_uuid IN (v_existing.uuid, v_existing.late_uuid) THEN
            -- Recorded by another connection while this one waited for the lock.
            v_id := CASE WHEN p_uuid = v_existing.uuid
                         THEN v_existing.id ELSE v_existing.late_id END;
            v_status := CASE WHEN v_hash IN (v_existing.payload_hash,
                                             v_existing.late_hash)
                             THEN 'exists' ELSE 'uuid_conflict' END;
        ELSIF v_existing.settled THEN
            v_status := 'hold_resolved';
        ELSIF p_phase IN ('void', 'expire') THEN
            v_status := 'exists';           -- released before: nothing left to do
            v_id := v_existing.id;
        ELSIF v_existing.phase = 'expire' OR p_forced THEN
            -- The goods are gone although the hold is: record it, openly, once. What
            -- was cancelled counts only for a caller who knows that they are gone.
            v_phase := 'single';
            v_late := v_pending;
            v_pending := NULL;
            v_forced := true;
            v_reason := coalesce(v_reason, CASE v_existing.phase
                WHEN 'expire' THEN 'hold_expired' ELSE 'hold_released' END);
        ELSE
            v_status := 'hold_resolved';
        END IF;
        IF v_status = 'created' AND v_amount > v_ref.amount THEN
            v_status := 'capture_exceeds';
        ELSIF v_status = 'created' AND p_phase <> 'post'
              AND v_amount <> v_ref.amount THEN
            v_status := 'amount_invalid';
        END IF;
    ELSIF v_reversal IS NOT NULL THEN
        -- Lets a second reversal wait where no account is locked. What decides is the
        -- unique index of (reversal_of_id, reversed_before): two that have seen the
        -- same sum cannot both be there, whatever their snapshots showed them.
        PERFORM 1 FROM meal_transfer t WHERE t.id = v_reversal FOR NO KEY UPDATE;
        SELECT coalesce(sum(t.amount), 0) INTO v_reversed
          FROM meal_transfer t WHERE t.reversal_of_id = v_reversal;
        IF v_ref.phase NOT IN ('single', 'post')
           OR v_reversed + v_amount > v_ref.amount THEN
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
    IF v_phase = 'pending' THEN
        v_expires := v_now + make_interval(mins => coalesce(p_expires_in, (
            SELECT c.meal_hold_minutes FROM res_company c
             WHERE c.id = v_debit.company_id), 15));
    END IF;
    IF v_status = 'created' AND v_debit.limited THEN
        v_posted_by := CASE WHEN v_phase IN ('single', 'post') THEN -v_amount ELSE 0 END;
        v_held_by := CASE WHEN v_phase = 'pending' THEN v_amount ELSE -v_release END;
        SELECT m.* INTO v_balance FROM meal_ledger_move(
            p_debit, v_posted_by, v_held_by, v_forced, v_expires) m;
        IF NOT FOUND THEN
            -- Perhaps the money is only blocked by holds whose time is over.
            PERFORM 1 FROM meal_account a WHERE a.id = p_debit FOR NO KEY UPDATE;
            IF meal_ledger_expire(p_debit) > 0 THEN
                SELECT m.* INTO v_balance FROM meal_ledger_move(
                    p_debit, v_posted_by, v_held_by, v_forced, v_expires) m;
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
            reversal_of_id, reversed_before, late_hold_id, group_uuid, forced, reason,
            source_model, source_id, device_id, expires_at, user_id, create_date)
        VALUES (
            p_uuid, v_hash, p_kind, v_phase, p_debit, p_credit, v_amount, v_occurred,
            v_date, v_school, v_debit.company_id, v_pending, v_reversal, v_reversed,
            v_late, p_group, v_forced, v_reason, p_source_model, p_source_id, p_device,
            v_expires, p_user, v_now)
        ON CONFLICT DO NOTHING
        RETURNING id INTO v_id;
        IF v_id IS NULL THEN
            -- Another connection won the race for this uuid, hold or reversal: give
            -- everything back; the repeat sees what it did.
            RAISE EXCEPTION 'meal ledger: concurrent use of one operation'
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
