SELECT pg_catalog.set_config(
    'search_path', pg_catalog.quote_ident(pg_catalog.current_schema()) || ', pg_temp', true)

CREATE TABLE points_account (
    village TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    opened_on TEXT COLLATE "C" NOT NULL,
    opening_seq BIGINT NOT NULL,
    pin TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_points_account PRIMARY KEY (village, account)
)

CREATE TABLE points_allocation (
    village TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    line BIGINT NOT NULL,
    lot_seq BIGINT NOT NULL,
    lot_line BIGINT NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    amount BIGINT NOT NULL,
    CONSTRAINT pk_points_allocation PRIMARY KEY (village, seq, line, lot_seq, lot_line, cause),
    CONSTRAINT ck_points_allocation_amount CHECK (amount <> 0),
    CONSTRAINT ck_points_allocation_cause CHECK (cause IN ('spend', 'settle', 'hold'))
)

CREATE TABLE points_balance (
    village TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    balance BIGINT NOT NULL,
    held BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    arrears BIGINT NOT NULL,
    floor BIGINT NOT NULL,
    CONSTRAINT pk_points_balance PRIMARY KEY (village, account, unit),
    CONSTRAINT ck_points_balance_shelf CHECK (balance >= 0 OR unit = 'points'),
    CONSTRAINT ck_points_balance_held CHECK (held >= 0),
    CONSTRAINT ck_points_balance_held_cover CHECK (held <= balance + arrears),
    CONSTRAINT ck_points_balance_pending CHECK (pending >= 0),
    CONSTRAINT ck_points_balance_arrears CHECK (arrears >= 0),
    CONSTRAINT ck_points_balance_floor CHECK (floor >= 0)
)

CREATE TABLE points_batch (
    village TEXT COLLATE "C" NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    generation BIGINT NOT NULL,
    CONSTRAINT pk_points_batch PRIMARY KEY (village, label),
    CONSTRAINT ck_points_batch_generation CHECK (generation > 0)
)

CREATE TABLE points_batch_row (
    village TEXT COLLATE "C" NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    row_key TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    live BIGINT NOT NULL,
    CONSTRAINT pk_points_batch_row PRIMARY KEY (village, label, row_key),
    CONSTRAINT ck_points_batch_row_generation CHECK (generation > 0),
    CONSTRAINT ck_points_batch_row_revision CHECK (revision > 0),
    CONSTRAINT ck_points_batch_row_live CHECK (live IN (0, 1))
)

CREATE TABLE points_bridge (
    village TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    opening BIGINT NOT NULL,
    base BIGINT NOT NULL,
    earned BIGINT NOT NULL,
    prior BIGINT NOT NULL,
    deducted BIGINT NOT NULL,
    redeemed BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    expired BIGINT NOT NULL,
    forfeited BIGINT NOT NULL,
    moved BIGINT NOT NULL,
    closing BIGINT NOT NULL,
    CONSTRAINT pk_points_bridge PRIMARY KEY (village, period, account),
    CONSTRAINT ck_points_bridge_foots CHECK (opening + base + earned + prior + deducted + redeemed + refunded + expired + forfeited + moved = closing)
)

CREATE TABLE points_capped (
    village TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    activity TEXT COLLATE "C" NOT NULL,
    resident TEXT COLLATE "C" NOT NULL,
    on_day TEXT COLLATE "C" NOT NULL,
    counts_on TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    requested BIGINT NOT NULL,
    granted BIGINT NOT NULL,
    counterpart TEXT COLLATE "C" NOT NULL,
    for_period TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_points_capped PRIMARY KEY (village, account, seq),
    CONSTRAINT ck_points_capped_cut CHECK (granted < requested),
    CONSTRAINT ck_points_capped_granted CHECK (granted >= 0)
)

CREATE TABLE points_checkpoint (
    village TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    size BIGINT NOT NULL,
    issued_at TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    link BYTEA NOT NULL,
    CONSTRAINT pk_points_checkpoint PRIMARY KEY (village, number),
    CONSTRAINT ck_points_checkpoint_number CHECK (number > 0),
    CONSTRAINT ck_points_checkpoint_size CHECK (size > 0),
    CONSTRAINT ck_points_checkpoint_issued_at CHECK (issued_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_points_checkpoint_note CHECK (note <> ''),
    CONSTRAINT ck_points_checkpoint_link CHECK (length(link) = 32)
)

CREATE TABLE points_close (
    village TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    size BIGINT NOT NULL,
    accounts BIGINT NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_points_close PRIMARY KEY (village, period),
    CONSTRAINT ck_points_close_period CHECK (period LIKE '____-__'),
    CONSTRAINT ck_points_close_seq CHECK (seq > size),
    CONSTRAINT ck_points_close_accounts CHECK (accounts >= 0)
)

CREATE TABLE points_edition (
    village TEXT COLLATE "C" NOT NULL,
    document TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    first_on TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_points_edition PRIMARY KEY (village, document, version),
    CONSTRAINT ck_points_edition_document CHECK (document IN ('rulebook', 'prices')),
    CONSTRAINT ck_points_edition_version CHECK (version > 0)
)

CREATE TABLE points_entry (
    village TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    line BIGINT NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    amount BIGINT NOT NULL,
    on_day TEXT COLLATE "C" NOT NULL,
    counts_on TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    for_period TEXT COLLATE "C" NOT NULL,
    activity TEXT COLLATE "C" NOT NULL,
    resident TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_points_entry PRIMARY KEY (village, seq, line),
    CONSTRAINT ck_points_entry_amount CHECK (amount > 0),
    CONSTRAINT ck_points_entry_moves CHECK (source <> target),
    CONSTRAINT ck_points_entry_on_day CHECK (length(on_day) = 10),
    CONSTRAINT ck_points_entry_counts_on CHECK (counts_on >= on_day)
)

CREATE INDEX ix_points_entry_village_source_counts_on_seq ON points_entry (village, source, counts_on, seq)

CREATE INDEX ix_points_entry_village_target_counts_on_seq ON points_entry (village, target, counts_on, seq)

CREATE TABLE points_grouping (
    village TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    from_on TEXT COLLATE "C" NOT NULL,
    grouping TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_points_grouping PRIMARY KEY (village, account, from_on)
)

CREATE TABLE points_invoice (
    village TEXT COLLATE "C" NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    item TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    reversed_by BIGINT NOT NULL,
    CONSTRAINT pk_points_invoice PRIMARY KEY (village, number, item),
    CONSTRAINT ck_points_invoice_number CHECK (number <> ''),
    CONSTRAINT ck_points_invoice_reversed_by CHECK (reversed_by = 0 OR reversed_by > seq)
)

CREATE TABLE points_journal (
    village TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    leaf BYTEA NOT NULL,
    nodes BYTEA NOT NULL,
    CONSTRAINT pk_points_journal PRIMARY KEY (village, seq),
    CONSTRAINT uq_points_journal_village_request_id UNIQUE (village, request_id),
    CONSTRAINT ck_points_journal_village CHECK (village <> ''),
    CONSTRAINT ck_points_journal_seq CHECK (seq > 0),
    CONSTRAINT ck_points_journal_kind CHECK (kind <> ''),
    CONSTRAINT ck_points_journal_recorded_at CHECK (recorded_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_points_journal_period CHECK (period LIKE '____-__'),
    CONSTRAINT ck_points_journal_request_id CHECK (request_id <> ''),
    CONSTRAINT ck_points_journal_body CHECK (body <> ''),
    CONSTRAINT ck_points_journal_leaf CHECK (length(leaf) = 32),
    CONSTRAINT ck_points_journal_nodes CHECK (length(nodes) % 32 = 0)
)

CREATE TABLE points_lapse (
    village TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    last_day TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    undone_by BIGINT NOT NULL,
    CONSTRAINT pk_points_lapse PRIMARY KEY (village, account, last_day, seq),
    CONSTRAINT ck_points_lapse_last_day CHECK (length(last_day) = 10),
    CONSTRAINT ck_points_lapse_undone_by CHECK (undone_by = 0 OR undone_by > seq)
)

CREATE TABLE points_lot (
    village TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    line BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    granted BIGINT NOT NULL,
    remaining BIGINT NOT NULL,
    settled BIGINT NOT NULL,
    earned_on TEXT COLLATE "C" NOT NULL,
    available_from TEXT COLLATE "C",
    expires_on TEXT COLLATE "C",
    unit_cost_fen BIGINT NOT NULL,
    clears_with TEXT COLLATE "C",
    floor BIGINT NOT NULL,
    held BIGINT NOT NULL,
    CONSTRAINT pk_points_lot PRIMARY KEY (village, seq, line),
    CONSTRAINT ck_points_lot_granted CHECK (granted > 0),
    CONSTRAINT ck_points_lot_remaining CHECK (remaining >= 0),
    CONSTRAINT ck_points_lot_settled CHECK (settled >= 0),
    CONSTRAINT ck_points_lot_whole CHECK (remaining + settled <= granted),
    CONSTRAINT ck_points_lot_unit_cost_fen CHECK (unit_cost_fen >= 0),
    CONSTRAINT ck_points_lot_clears_with CHECK (clears_with IS NULL OR expires_on IS NOT NULL),
    CONSTRAINT ck_points_lot_floor CHECK (floor IN (0, 1)),
    CONSTRAINT ck_points_lot_held CHECK (held BETWEEN 0 AND remaining)
)

CREATE INDEX ix_points_lot_due ON points_lot (village, expires_on) WHERE remaining > 0 AND unit = 'points' AND expires_on IS NOT NULL

CREATE INDEX ix_points_lot_open ON points_lot (village, account, unit, expires_on, earned_on, seq, line) WHERE remaining > 0

CREATE INDEX ix_points_lot_settled ON points_lot (village, account, unit) WHERE settled > 0

CREATE TABLE points_operator (
    village TEXT COLLATE "C" NOT NULL,
    operator TEXT COLLATE "C" NOT NULL,
    pin TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_points_operator PRIMARY KEY (village, operator)
)

CREATE TABLE points_pause (
    village TEXT COLLATE "C" NOT NULL,
    shop TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    last_day TEXT COLLATE "C" NOT NULL,
    resumed_by BIGINT NOT NULL,
    CONSTRAINT pk_points_pause PRIMARY KEY (village, shop),
    CONSTRAINT ck_points_pause_resumed_by CHECK (resumed_by = 0 OR resumed_by > seq)
)

CREATE TABLE points_period_total (
    village TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    for_period TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    heading TEXT COLLATE "C" NOT NULL,
    category TEXT COLLATE "C" NOT NULL,
    grouping TEXT COLLATE "C" NOT NULL,
    amount BIGINT NOT NULL,
    deeds BIGINT NOT NULL,
    CONSTRAINT pk_points_period_total PRIMARY KEY (village, period, for_period, account, unit, heading, category, grouping)
)

CREATE INDEX ix_points_period_total_village_account_period ON points_period_total (village, account, period)

CREATE TABLE points_profile (
    village TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    household TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    CONSTRAINT pk_points_profile PRIMARY KEY (village, id),
    CONSTRAINT uq_points_profile_village_role_code UNIQUE (village, role, code),
    CONSTRAINT ck_points_profile_role CHECK (role IN ('household', 'resident', 'operator')),
    CONSTRAINT ck_points_profile_code CHECK (code <> ''),
    CONSTRAINT ck_points_profile_salt CHECK (length(salt) = 32)
)

CREATE INDEX ix_points_profile_village_household ON points_profile (village, household)

CREATE TABLE points_redemption (
    village TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    on_day TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    points BIGINT NOT NULL,
    by_operator TEXT COLLATE "C" NOT NULL,
    reversed_by BIGINT NOT NULL,
    shop TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    last_day TEXT COLLATE "C" NOT NULL,
    ended_by BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    collector TEXT COLLATE "C" NOT NULL,
    cash_fen BIGINT NOT NULL,
    irregular BIGINT NOT NULL,
    CONSTRAINT pk_points_redemption PRIMARY KEY (village, seq),
    CONSTRAINT ck_points_redemption_points CHECK (points > 0),
    CONSTRAINT ck_points_redemption_state CHECK (state IN ('reserved', 'handed-over', 'cancelled', 'released', 'forfeited')),
    CONSTRAINT ck_points_redemption_last_day CHECK (state <> 'reserved' OR last_day <> ''),
    CONSTRAINT ck_points_redemption_ended_by CHECK (ended_by = 0 OR ended_by > seq),
    CONSTRAINT ck_points_redemption_refunded CHECK (refunded BETWEEN 0 AND points),
    CONSTRAINT ck_points_redemption_reversed_by CHECK (reversed_by = 0 OR refunded = 0),
    CONSTRAINT ck_points_redemption_cash_fen CHECK (cash_fen >= 0),
    CONSTRAINT ck_points_redemption_irregular CHECK (irregular IN (0, 1))
)

CREATE INDEX ix_points_redemption_open ON points_redemption (village, last_day) WHERE state = 'reserved'

CREATE INDEX ix_points_redemption_village_account_seq ON points_redemption (village, account, seq)

CREATE INDEX ix_points_redemption_village_period_seq ON points_redemption (village, period, seq)

CREATE TABLE points_redemption_line (
    village TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    item TEXT COLLATE "C" NOT NULL,
    pieces BIGINT NOT NULL,
    price BIGINT NOT NULL,
    stocked BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    CONSTRAINT pk_points_redemption_line PRIMARY KEY (village, seq, item),
    CONSTRAINT ck_points_redemption_line_pieces CHECK (pieces > 0),
    CONSTRAINT ck_points_redemption_line_price CHECK (price > 0),
    CONSTRAINT ck_points_redemption_line_stocked CHECK (stocked IN (0, 1)),
    CONSTRAINT ck_points_redemption_line_refunded CHECK (refunded BETWEEN 0 AND pieces),
    CONSTRAINT ck_points_redemption_line_returned CHECK (returned BETWEEN 0 AND refunded)
)

CREATE TABLE points_remark (
    village TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    field TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    CONSTRAINT pk_points_remark PRIMARY KEY (village, seq, field),
    CONSTRAINT ck_points_remark_salt CHECK (length(salt) = 32)
)

CREATE TABLE points_resident (
    village TEXT COLLATE "C" NOT NULL,
    resident TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    pin TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_points_resident PRIMARY KEY (village, resident)
)

CREATE TABLE points_reversal (
    village TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    by_seq BIGINT NOT NULL,
    CONSTRAINT pk_points_reversal PRIMARY KEY (village, seq),
    CONSTRAINT ck_points_reversal_later CHECK (by_seq > seq)
)

CREATE TABLE points_schema (
    "only" BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_points_schema PRIMARY KEY ("only"),
    CONSTRAINT ck_points_schema_only CHECK ("only" = 1)
)

CREATE TABLE points_secret (
    village TEXT COLLATE "C" NOT NULL,
    secret BYTEA NOT NULL,
    CONSTRAINT pk_points_secret PRIMARY KEY (village),
    CONSTRAINT ck_points_secret_secret CHECK (length(secret) = 32)
)

CREATE TABLE points_usage (
    village TEXT COLLATE "C" NOT NULL,
    activity TEXT COLLATE "C" NOT NULL,
    holder TEXT COLLATE "C" NOT NULL,
    span TEXT COLLATE "C" NOT NULL,
    points BIGINT NOT NULL,
    times BIGINT NOT NULL,
    CONSTRAINT pk_points_usage PRIMARY KEY (village, activity, holder, span),
    CONSTRAINT ck_points_usage_points CHECK (points >= 0),
    CONSTRAINT ck_points_usage_times CHECK (times >= 0)
)

CREATE TABLE points_village (
    village TEXT COLLATE "C" NOT NULL,
    zone TEXT COLLATE "C" NOT NULL,
    decimals BIGINT NOT NULL,
    cut_off_day BIGINT NOT NULL,
    first_period TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    frontier BYTEA NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    closed_through TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_points_village PRIMARY KEY (village),
    CONSTRAINT ck_points_village_size CHECK (size >= 0),
    CONSTRAINT ck_points_village_decimals CHECK (decimals BETWEEN 0 AND 2),
    CONSTRAINT ck_points_village_cut_off_day CHECK (cut_off_day BETWEEN 0 AND 28),
    CONSTRAINT ck_points_village_root CHECK (length(root) = 32)
)

CREATE OR REPLACE FUNCTION points_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
        CONSTRAINT = TG_NAME, MESSAGE = format('%s is append-only: no %s', TG_TABLE_NAME, TG_OP);
END $$

CREATE OR REPLACE FUNCTION points_journal_next() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
    a record;
BEGIN
    -- Each look-up is the first row of the primary key's order: a plan made for a small table stays right for a large one.
    FOR a IN SELECT village, min(seq) AS first, max(seq) AS last, count(*) AS many,
        min(period) AS period FROM added GROUP BY village LOOP
        IF a.last - a.first + 1 <> a.many
            OR a.last IS DISTINCT FROM (
                SELECT j.seq FROM points_journal j WHERE j.village = a.village ORDER BY j.seq DESC LIMIT 1)
            OR a.first IS DISTINCT FROM 1 + coalesce((
                SELECT j.seq FROM points_journal j WHERE j.village = a.village AND j.seq < a.first
                ORDER BY j.seq DESC LIMIT 1), 0)
        THEN
            RAISE EXCEPTION USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
                CONSTRAINT = TG_NAME, MESSAGE = format('%s is append-only: not the next record', TG_TABLE_NAME);
        END IF;
        IF EXISTS (
            SELECT 1 FROM points_close c JOIN added n ON n.village = c.village AND n.period <= c.period AND n.seq > c.seq
            WHERE c.village = a.village AND c.period >= a.period)
        THEN
            RAISE EXCEPTION USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
                CONSTRAINT = 'points_journal_closed', MESSAGE = format('%s: the period is closed', TG_TABLE_NAME);
        END IF;
    END LOOP;
    RETURN NULL;
END $$

CREATE OR REPLACE FUNCTION points_checkpoint_next() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.number IS DISTINCT FROM 1 + coalesce((
        SELECT c.number FROM points_checkpoint c WHERE c.village = NEW.village ORDER BY c.number DESC LIMIT 1), 0)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
            CONSTRAINT = TG_NAME, MESSAGE = format('%s is append-only: not the next number', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$

REVOKE ALL ON FUNCTION points_refuse(), points_journal_next(), points_checkpoint_next() FROM PUBLIC

CREATE TRIGGER points_journal_no_update BEFORE UPDATE ON points_journal
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_journal ENABLE ALWAYS TRIGGER points_journal_no_update

CREATE TRIGGER points_journal_no_delete BEFORE DELETE ON points_journal
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_journal ENABLE ALWAYS TRIGGER points_journal_no_delete

CREATE TRIGGER points_journal_no_truncate BEFORE TRUNCATE ON points_journal
FOR EACH STATEMENT EXECUTE FUNCTION points_refuse();
ALTER TABLE points_journal ENABLE ALWAYS TRIGGER points_journal_no_truncate

CREATE TRIGGER points_allocation_no_update BEFORE UPDATE ON points_allocation
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_allocation ENABLE ALWAYS TRIGGER points_allocation_no_update

CREATE TRIGGER points_allocation_no_delete BEFORE DELETE ON points_allocation
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_allocation ENABLE ALWAYS TRIGGER points_allocation_no_delete

CREATE TRIGGER points_allocation_no_truncate BEFORE TRUNCATE ON points_allocation
FOR EACH STATEMENT EXECUTE FUNCTION points_refuse();
ALTER TABLE points_allocation ENABLE ALWAYS TRIGGER points_allocation_no_truncate

CREATE TRIGGER points_bridge_no_update BEFORE UPDATE ON points_bridge
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_bridge ENABLE ALWAYS TRIGGER points_bridge_no_update

CREATE TRIGGER points_bridge_no_delete BEFORE DELETE ON points_bridge
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_bridge ENABLE ALWAYS TRIGGER points_bridge_no_delete

CREATE TRIGGER points_bridge_no_truncate BEFORE TRUNCATE ON points_bridge
FOR EACH STATEMENT EXECUTE FUNCTION points_refuse();
ALTER TABLE points_bridge ENABLE ALWAYS TRIGGER points_bridge_no_truncate

CREATE TRIGGER points_capped_no_update BEFORE UPDATE ON points_capped
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_capped ENABLE ALWAYS TRIGGER points_capped_no_update

CREATE TRIGGER points_capped_no_delete BEFORE DELETE ON points_capped
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_capped ENABLE ALWAYS TRIGGER points_capped_no_delete

CREATE TRIGGER points_capped_no_truncate BEFORE TRUNCATE ON points_capped
FOR EACH STATEMENT EXECUTE FUNCTION points_refuse();
ALTER TABLE points_capped ENABLE ALWAYS TRIGGER points_capped_no_truncate

CREATE TRIGGER points_checkpoint_no_update BEFORE UPDATE ON points_checkpoint
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_checkpoint ENABLE ALWAYS TRIGGER points_checkpoint_no_update

CREATE TRIGGER points_checkpoint_no_delete BEFORE DELETE ON points_checkpoint
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_checkpoint ENABLE ALWAYS TRIGGER points_checkpoint_no_delete

CREATE TRIGGER points_checkpoint_no_truncate BEFORE TRUNCATE ON points_checkpoint
FOR EACH STATEMENT EXECUTE FUNCTION points_refuse();
ALTER TABLE points_checkpoint ENABLE ALWAYS TRIGGER points_checkpoint_no_truncate

CREATE TRIGGER points_close_no_update BEFORE UPDATE ON points_close
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_close ENABLE ALWAYS TRIGGER points_close_no_update

CREATE TRIGGER points_close_no_delete BEFORE DELETE ON points_close
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_close ENABLE ALWAYS TRIGGER points_close_no_delete

CREATE TRIGGER points_close_no_truncate BEFORE TRUNCATE ON points_close
FOR EACH STATEMENT EXECUTE FUNCTION points_refuse();
ALTER TABLE points_close ENABLE ALWAYS TRIGGER points_close_no_truncate

CREATE TRIGGER points_edition_no_update BEFORE UPDATE ON points_edition
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_edition ENABLE ALWAYS TRIGGER points_edition_no_update

CREATE TRIGGER points_edition_no_delete BEFORE DELETE ON points_edition
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_edition ENABLE ALWAYS TRIGGER points_edition_no_delete

CREATE TRIGGER points_edition_no_truncate BEFORE TRUNCATE ON points_edition
FOR EACH STATEMENT EXECUTE FUNCTION points_refuse();
ALTER TABLE points_edition ENABLE ALWAYS TRIGGER points_edition_no_truncate

CREATE TRIGGER points_entry_no_update BEFORE UPDATE ON points_entry
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_entry ENABLE ALWAYS TRIGGER points_entry_no_update

CREATE TRIGGER points_entry_no_delete BEFORE DELETE ON points_entry
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_entry ENABLE ALWAYS TRIGGER points_entry_no_delete

CREATE TRIGGER points_entry_no_truncate BEFORE TRUNCATE ON points_entry
FOR EACH STATEMENT EXECUTE FUNCTION points_refuse();
ALTER TABLE points_entry ENABLE ALWAYS TRIGGER points_entry_no_truncate

CREATE TRIGGER points_reversal_no_update BEFORE UPDATE ON points_reversal
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_reversal ENABLE ALWAYS TRIGGER points_reversal_no_update

CREATE TRIGGER points_reversal_no_delete BEFORE DELETE ON points_reversal
FOR EACH ROW EXECUTE FUNCTION points_refuse();
ALTER TABLE points_reversal ENABLE ALWAYS TRIGGER points_reversal_no_delete

CREATE TRIGGER points_reversal_no_truncate BEFORE TRUNCATE ON points_reversal
FOR EACH STATEMENT EXECUTE FUNCTION points_refuse();
ALTER TABLE points_reversal ENABLE ALWAYS TRIGGER points_reversal_no_truncate

CREATE TRIGGER points_checkpoint_next BEFORE INSERT ON points_checkpoint
FOR EACH ROW EXECUTE FUNCTION points_checkpoint_next();
ALTER TABLE points_checkpoint ENABLE ALWAYS TRIGGER points_checkpoint_next

CREATE TRIGGER points_journal_next AFTER INSERT ON points_journal REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION points_journal_next();
ALTER TABLE points_journal ENABLE ALWAYS TRIGGER points_journal_next
