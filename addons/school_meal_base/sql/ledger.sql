-- The ledger's single writer. One call = one round trip = one operation.
--
-- Amounts are kopecks (bigint) on the way in and out, numeric roubles at rest.
-- A refusal is a returned code, never an exception: the caller's transaction (a POS
-- order, a bank registry) goes on with the rest of its work.
-- Locks: limited accounts (students) only, in ascending order of id. Shared accounts
-- are never locked: their balance is the sum of their transfers.
-- Each statement and each expression below costs every tap of the city: the usual way has
-- four statements, and what only rare operations need stands in a branch of its own. In an
-- order's transaction they are even planned anew (see connections.py).

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
    op record;                  -- what is asked
    v_ref record;               -- the hold to resolve, the entry to reverse
    v record;                   -- the accounts, and what happens to them
    v_pending integer;
    v_release numeric;          -- part of `held` that a resolution gives back
    v_late integer;             -- the hold that a late capture settles
    v_reversal integer;
    v_reversed numeric;         -- what was given back of the original before
BEGIN
    -- 1. What is asked, and whether it was recorded before. The hash says what the
    -- operation is, not how it is recorded: a till charges by the rules first and forces
    -- what they refuse, and a repeat must find either.
    SELECT encode(sha256(convert_to(concat_ws('|', p_phase, coalesce(p_kind, ''),
                   coalesce(p_debit::text, ''), coalesce(p_credit::text, ''),
                   coalesce(p_amount::text, ''), coalesce(p_ref, '')), 'UTF8')), 'hex')
               AS hash,
           round(p_amount / '100'::numeric, 2) AS amount,
           (clock_timestamp() AT TIME ZONE 'UTC')::timestamp(0) AS moment,
           p_phase AS phase,
           p_forced AND p_phase <> 'post' AS forced,
           t.id AS known_id, t.payload_hash AS known_hash,
           t.debit_account_id, t.credit_account_id,
           t.id IS NOT NULL OR p_ref IS NOT NULL AS is_special
      INTO op
      FROM (SELECT 1) x LEFT JOIN meal_transfer t ON t.uuid = p_uuid;

    IF op.is_special THEN
        -- 2. A repeat gets the stored answer before any rule can refuse it.
        IF op.known_id IS NOT NULL THEN
            RETURN QUERY SELECT * FROM meal_ledger_answer(
                CASE WHEN op.known_hash = op.hash THEN 'exists'
                     -- the card, say, has been blocked since: no longer the payer's
                     WHEN p_debit IS NULL AND p_ref IS NULL THEN 'unknown_account'
                     ELSE 'uuid_conflict' END,
                op.known_id, op.debit_account_id, op.credit_account_id);
            RETURN;
        END IF;

        -- 3. What a resolution or a reversal refers to decides nearly all of it.
        SELECT t.id, t.phase, t.kind, t.amount, t.debit_account_id,
               t.credit_account_id, t.school_id, t.business_date,
               done.id AS done_id, done.phase AS done_phase
          INTO v_ref
          FROM meal_transfer t
          LEFT JOIN meal_transfer done ON done.pending_id = t.id
         WHERE t.uuid = p_ref;
        IF NOT FOUND OR (p_phase <> 'single') <> (v_ref.phase = 'pending') THEN
            RETURN QUERY SELECT * FROM meal_ledger_answer('hold_not_found');
            RETURN;
        END IF;
        op.amount := coalesce(op.amount, v_ref.amount);
        p_school := coalesce(p_school, v_ref.school_id);
        IF p_phase = 'single' THEN
            p_debit := v_ref.credit_account_id;
            p_credit := v_ref.debit_account_id;
            v_reversal := v_ref.id;
        ELSE
            p_debit := v_ref.debit_account_id;
            p_credit := v_ref.credit_account_id;
            p_kind := v_ref.kind;
            p_business_date := coalesce(p_business_date, v_ref.business_date);
            v_pending := v_ref.id;
            IF op.amount > v_ref.amount THEN
                status := 'capture_exceeds';
            ELSIF p_phase <> 'post' AND op.amount <> v_ref.amount THEN
                status := 'amount_invalid';
            ELSIF v_ref.done_id IS NULL THEN
                v_release := v_ref.amount;
            ELSIF v_ref.done_phase = 'post' OR EXISTS (
                    SELECT FROM meal_transfer t WHERE t.late_hold_id = v_pending) THEN
                status := 'hold_resolved';  -- in time, or by a capture that came late
            ELSIF p_phase IN ('void', 'expire') THEN
                status := 'exists';         -- released before: nothing left to do
            ELSIF v_ref.done_phase = 'expire' OR p_forced THEN
                -- The goods are gone although the hold is: record it, openly, once. What
                -- was cancelled counts only for a caller who knows that they are gone.
                op.phase := 'single';
                op.forced := true;
                v_late := v_pending;
                v_pending := NULL;
                p_reason := coalesce(p_reason, CASE v_ref.done_phase
                    WHEN 'expire' THEN 'hold_expired' ELSE 'hold_released' END);
            ELSE
                status := 'hold_resolved';
            END IF;
            IF status IS NOT NULL THEN
                RETURN QUERY SELECT * FROM meal_ledger_answer(
                    status, v_ref.done_id, p_debit, p_credit);
                RETURN;
            END IF;
        END IF;
    END IF;

    -- 4. Who takes part, what the rules say to what somebody still decides (facts are
    -- only recorded), and how the student's account moves: that of the payer, else that
    -- of the payee. A form that empties a limit stores zero: that is none.
    SELECT c.id AS credit_id, d.company_id,
           coalesce(p_school, d.school_id, c.school_id) AS school_id,
           coalesce(p_business_date, (
               coalesce(p_occurred_at, op.moment) AT TIME ZONE 'UTC'
               AT TIME ZONE coalesce(s.tz, 'UTC'))::date) AS business_date,
           CASE p_phase WHEN 'pending' THEN op.moment + make_interval(
               mins => coalesce(p_expires_in, (
                   SELECT r.meal_hold_minutes FROM res_company r
                    WHERE r.id = d.company_id), 15)) END AS expires_at,
           CASE WHEN d.kind = 'student' THEN d.id
                WHEN c.kind = 'student' THEN c.id END AS main_id,
           d.kind = 'student' AND c.kind = 'student' AS are_students,
           CASE WHEN p_phase <> 'single' AND p_phase <> 'post' THEN '0'::numeric
                WHEN d.kind = 'student' THEN -op.amount
                ELSE op.amount END AS posted_by,
           CASE p_phase WHEN 'pending' THEN op.amount
                ELSE -coalesce(v_release, '0'::numeric) END AS held_by,
           op.forced OR p_phase <> 'pending' AND (p_phase <> 'single'
               OR d.kind <> 'student') AS is_allowed,
           nullif(d.limit_day, '0'::numeric) AS limit_day,
           nullif(d.limit_sitting, '0'::numeric) AS limit_sitting,
           CASE WHEN c.id IS NULL AND p_credit IS NULL THEN 'no_sales_account'
                WHEN c.id IS NULL OR d.company_id <> c.company_id OR d.id = c.id
                    OR p_phase = 'pending' AND (
                        d.kind <> 'student' OR c.kind = 'student')
                THEN 'unknown_account'
                WHEN op.forced OR p_phase <> 'single' AND p_phase <> 'pending'
                THEN 'created'
                WHEN d.state = 'closed' OR c.state = 'closed' THEN 'account_closed'
                WHEN d.state = 'blocked' AND v_reversal IS NULL THEN 'account_blocked'
                ELSE 'created' END AS verdict
      INTO v
      FROM meal_account d
      LEFT JOIN meal_account c ON c.id = coalesce(p_credit, (
            SELECT x.id FROM meal_account x
             WHERE x.company_id = d.company_id AND x.kind = 'sales'
               AND x.kind <> 'student' AND coalesce(x.school_id, 0) = 0
               AND coalesce(x.code, '') = ''))
      LEFT JOIN school_school s ON s.id = coalesce(p_school, d.school_id, c.school_id)
     WHERE d.id = p_debit;
    IF v.verdict IS DISTINCT FROM 'created' THEN
        IF v.verdict = 'no_sales_account' THEN      -- the company's first sale
            PERFORM meal_ledger_system_account(v.company_id, 'sales');
            RETURN QUERY SELECT * FROM meal_ledger_write(
                p_uuid, p_phase, p_kind, p_debit, p_credit, p_amount, p_forced,
                p_reason, p_occurred_at, p_business_date, p_school, p_group,
                p_source_model, p_source_id, p_device, p_expires_in, p_ref, p_user);
            RETURN;
        END IF;
        RETURN QUERY SELECT * FROM meal_ledger_answer(
            coalesce(v.verdict, 'unknown_account'), NULL, p_debit, p_credit);
        RETURN;
    END IF;

    -- 5. Where a decision depends on more than one row: lock, then decide. That a hold is
    -- resolved once needs no lock: of two at one moment the second fails (below).
    IF v_reversal IS NOT NULL OR v.are_students OR v.limit_day IS NOT NULL
       OR v.limit_sitting IS NOT NULL THEN
        PERFORM 1 FROM meal_account a
          WHERE a.id IN (p_debit, v.credit_id) AND a.kind = 'student'
          ORDER BY a.id FOR NO KEY UPDATE;
        IF v_reversal IS NOT NULL THEN
            -- Lets a second reversal wait where no account is locked. What decides is
            -- the unique index of (reversal_of_id, reversed_before): two that have seen
            -- the same sum cannot both be there, whatever their snapshots showed them.
            PERFORM 1 FROM meal_transfer t WHERE t.id = v_reversal FOR NO KEY UPDATE;
            SELECT coalesce(sum(t.amount), 0) INTO v_reversed
              FROM meal_transfer t WHERE t.reversal_of_id = v_reversal;
            IF v_ref.phase NOT IN ('single', 'post')
               OR v_reversed + op.amount > v_ref.amount THEN
                v.verdict := 'reversal_exceeds';
            END IF;
        ELSIF p_kind = 'sale' AND NOT op.forced AND p_phase IN ('single', 'pending') THEN
            v.verdict := meal_ledger_check_limits(
                p_debit, v.company_id, op.amount, v.limit_day, v.limit_sitting,
                v.business_date, coalesce(p_occurred_at, op.moment));
        END IF;
        IF v.verdict <> 'created' THEN
            RETURN QUERY SELECT * FROM meal_ledger_answer(
                v.verdict, NULL, p_debit, v.credit_id);
            RETURN;
        END IF;
    END IF;

    -- 6. The balance, then the row. `overdraft` is the part below the limit that forced
    -- operations have allowed; the table's CHECK keeps
    -- posted - held + credit_limit + overdraft >= 0 in any case.
    LOOP
        UPDATE meal_account a
           SET posted = a.posted + v.posted_by,
               held = a.held + v.held_by,
               holds_from = CASE
                   WHEN v.expires_at IS NULL THEN a.holds_from
                   WHEN a.held = '0'::numeric THEN v.expires_at
                   -- unknown (NULL) stays unknown: all of the history may hold
                   WHEN a.holds_from > v.expires_at THEN v.expires_at
                   ELSE a.holds_from END,
               overdraft = CASE WHEN v.is_allowed THEN greatest('0'::numeric,
                   a.held + v.held_by - a.posted - v.posted_by - a.credit_limit)
                   ELSE a.overdraft END,
               write_date = op.moment
         WHERE a.id = v.main_id
           AND a.held + v.held_by >= '0'::numeric      -- no hold is given back twice
           AND (v.is_allowed OR a.posted + v.posted_by - a.held - v.held_by
                                + a.credit_limit >= '0'::numeric)
        RETURNING (a.posted * 100)::bigint, (a.held * 100)::bigint,
                  ((a.posted - a.held + a.credit_limit) * 100)::bigint
             INTO posted, held, available;
        EXIT WHEN FOUND OR v.main_id IS NULL;
        IF v_release IS NOT NULL THEN
            PERFORM meal_ledger_lost_race();    -- the hold was resolved meanwhile
        END IF;
        -- Perhaps the money is only blocked by holds whose time is over.
        PERFORM 1 FROM meal_account a WHERE a.id = v.main_id FOR NO KEY UPDATE;
        IF meal_ledger_expire(v.main_id) = 0 THEN
            RETURN QUERY SELECT * FROM meal_ledger_answer(
                'insufficient_funds', NULL, p_debit, v.credit_id);
            RETURN;
        END IF;
    END LOOP;
    IF v.are_students THEN      -- only the payer's account has moved so far
        UPDATE meal_account a
           SET posted = a.posted + op.amount,
               overdraft = greatest(
                   0, a.held - a.posted - op.amount - a.credit_limit),
               write_date = op.moment
         WHERE a.id = v.credit_id;
    END IF;
    INSERT INTO meal_transfer (
        uuid, payload_hash, kind, phase, debit_account_id, credit_account_id,
        amount, occurred_at, business_date, school_id, company_id, pending_id,
        reversal_of_id, reversed_before, late_hold_id, group_uuid, forced, reason,
        source_model, source_id, device_id, expires_at, user_id, create_date)
    VALUES (
        p_uuid, op.hash, p_kind, op.phase, p_debit, v.credit_id, op.amount,
        coalesce(p_occurred_at, op.moment), v.business_date, v.school_id, v.company_id,
        v_pending, v_reversal, v_reversed, v_late, p_group, op.forced, p_reason,
        p_source_model, p_source_id, p_device, v.expires_at, p_user, op.moment)
    ON CONFLICT DO NOTHING
    RETURNING id, 'created', v.main_id INTO transfer_id, status, account_id;
    IF transfer_id IS NULL THEN
        PERFORM meal_ledger_lost_race();
    END IF;
    RETURN NEXT;
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
