CREATE TABLE points_account (
    village TEXT NOT NULL,
    account TEXT NOT NULL,
    role TEXT NOT NULL,
    opened_on TEXT NOT NULL,
    opening_seq INTEGER NOT NULL,
    pin TEXT NOT NULL,
    CONSTRAINT pk_points_account PRIMARY KEY (village, account)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_allocation (
    village TEXT NOT NULL,
    seq INTEGER NOT NULL,
    line INTEGER NOT NULL,
    lot_seq INTEGER NOT NULL,
    lot_line INTEGER NOT NULL,
    cause TEXT NOT NULL,
    amount INTEGER NOT NULL,
    CONSTRAINT pk_points_allocation PRIMARY KEY (village, seq, line, lot_seq, lot_line, cause),
    CONSTRAINT ck_points_allocation_amount CHECK (amount <> 0),
    CONSTRAINT ck_points_allocation_cause CHECK (cause IN ('spend', 'settle', 'hold'))
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_balance (
    village TEXT NOT NULL,
    account TEXT NOT NULL,
    unit TEXT NOT NULL,
    balance INTEGER NOT NULL,
    held INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    arrears INTEGER NOT NULL,
    floor INTEGER NOT NULL,
    CONSTRAINT pk_points_balance PRIMARY KEY (village, account, unit),
    CONSTRAINT ck_points_balance_shelf CHECK (balance >= 0 OR unit = 'points'),
    CONSTRAINT ck_points_balance_held CHECK (held >= 0),
    CONSTRAINT ck_points_balance_held_cover CHECK (held <= balance + arrears),
    CONSTRAINT ck_points_balance_pending CHECK (pending >= 0),
    CONSTRAINT ck_points_balance_arrears CHECK (arrears >= 0),
    CONSTRAINT ck_points_balance_floor CHECK (floor >= 0)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_batch (
    village TEXT NOT NULL,
    label TEXT NOT NULL,
    generation INTEGER NOT NULL,
    CONSTRAINT pk_points_batch PRIMARY KEY (village, label),
    CONSTRAINT ck_points_batch_generation CHECK (generation > 0)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_batch_row (
    village TEXT NOT NULL,
    label TEXT NOT NULL,
    row_key TEXT NOT NULL,
    seq INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    live INTEGER NOT NULL,
    CONSTRAINT pk_points_batch_row PRIMARY KEY (village, label, row_key),
    CONSTRAINT ck_points_batch_row_generation CHECK (generation > 0),
    CONSTRAINT ck_points_batch_row_revision CHECK (revision > 0),
    CONSTRAINT ck_points_batch_row_live CHECK (live IN (0, 1))
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_bridge (
    village TEXT NOT NULL,
    period TEXT NOT NULL,
    account TEXT NOT NULL,
    opening INTEGER NOT NULL,
    base INTEGER NOT NULL,
    earned INTEGER NOT NULL,
    prior INTEGER NOT NULL,
    deducted INTEGER NOT NULL,
    redeemed INTEGER NOT NULL,
    refunded INTEGER NOT NULL,
    expired INTEGER NOT NULL,
    forfeited INTEGER NOT NULL,
    moved INTEGER NOT NULL,
    closing INTEGER NOT NULL,
    CONSTRAINT pk_points_bridge PRIMARY KEY (village, period, account),
    CONSTRAINT ck_points_bridge_foots CHECK (opening + base + earned + prior + deducted + redeemed + refunded + expired + forfeited + moved = closing)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_capped (
    village TEXT NOT NULL,
    account TEXT NOT NULL,
    seq INTEGER NOT NULL,
    activity TEXT NOT NULL,
    resident TEXT NOT NULL,
    on_day TEXT NOT NULL,
    counts_on TEXT NOT NULL,
    period TEXT NOT NULL,
    requested INTEGER NOT NULL,
    granted INTEGER NOT NULL,
    counterpart TEXT NOT NULL,
    for_period TEXT NOT NULL,
    CONSTRAINT pk_points_capped PRIMARY KEY (village, account, seq),
    CONSTRAINT ck_points_capped_cut CHECK (granted < requested),
    CONSTRAINT ck_points_capped_granted CHECK (granted >= 0)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_checkpoint (
    village TEXT NOT NULL,
    number INTEGER NOT NULL,
    size INTEGER NOT NULL,
    issued_at TEXT NOT NULL,
    note TEXT NOT NULL,
    link BLOB NOT NULL,
    CONSTRAINT pk_points_checkpoint PRIMARY KEY (village, number),
    CONSTRAINT ck_points_checkpoint_number CHECK (number > 0),
    CONSTRAINT ck_points_checkpoint_size CHECK (size > 0),
    CONSTRAINT ck_points_checkpoint_issued_at CHECK (issued_at LIKE '____-__-__T__:__:__.______Z'),
    CONSTRAINT ck_points_checkpoint_note CHECK (note <> ''),
    CONSTRAINT ck_points_checkpoint_link CHECK (length(link) = 32)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_close (
    village TEXT NOT NULL,
    period TEXT NOT NULL,
    seq INTEGER NOT NULL,
    size INTEGER NOT NULL,
    accounts INTEGER NOT NULL,
    digest TEXT NOT NULL,
    CONSTRAINT pk_points_close PRIMARY KEY (village, period),
    CONSTRAINT ck_points_close_period CHECK (period LIKE '____-__'),
    CONSTRAINT ck_points_close_seq CHECK (seq > size),
    CONSTRAINT ck_points_close_accounts CHECK (accounts >= 0)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_edition (
    village TEXT NOT NULL,
    document TEXT NOT NULL,
    version INTEGER NOT NULL,
    first_on TEXT NOT NULL,
    seq INTEGER NOT NULL,
    digest TEXT NOT NULL,
    content TEXT NOT NULL,
    CONSTRAINT pk_points_edition PRIMARY KEY (village, document, version),
    CONSTRAINT ck_points_edition_document CHECK (document IN ('rulebook', 'prices')),
    CONSTRAINT ck_points_edition_version CHECK (version > 0)
)
 STRICT

CREATE TABLE points_entry (
    village TEXT NOT NULL,
    seq INTEGER NOT NULL,
    line INTEGER NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    unit TEXT NOT NULL,
    amount INTEGER NOT NULL,
    on_day TEXT NOT NULL,
    counts_on TEXT NOT NULL,
    period TEXT NOT NULL,
    for_period TEXT NOT NULL,
    activity TEXT NOT NULL,
    resident TEXT NOT NULL,
    CONSTRAINT pk_points_entry PRIMARY KEY (village, seq, line),
    CONSTRAINT ck_points_entry_amount CHECK (amount > 0),
    CONSTRAINT ck_points_entry_moves CHECK (source <> target),
    CONSTRAINT ck_points_entry_on_day CHECK (length(on_day) = 10),
    CONSTRAINT ck_points_entry_counts_on CHECK (counts_on >= on_day)
)
 WITHOUT ROWID,
 STRICT

CREATE INDEX ix_points_entry_village_source_counts_on_seq ON points_entry (village, source, counts_on, seq)

CREATE INDEX ix_points_entry_village_target_counts_on_seq ON points_entry (village, target, counts_on, seq)

CREATE TABLE points_grouping (
    village TEXT NOT NULL,
    account TEXT NOT NULL,
    from_on TEXT NOT NULL,
    grouping TEXT NOT NULL,
    CONSTRAINT pk_points_grouping PRIMARY KEY (village, account, from_on)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_invoice (
    village TEXT NOT NULL,
    number TEXT NOT NULL,
    item TEXT NOT NULL,
    seq INTEGER NOT NULL,
    reversed_by INTEGER NOT NULL,
    CONSTRAINT pk_points_invoice PRIMARY KEY (village, number, item),
    CONSTRAINT ck_points_invoice_number CHECK (number <> ''),
    CONSTRAINT ck_points_invoice_reversed_by CHECK (reversed_by = 0 OR reversed_by > seq)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_journal (
    village TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    period TEXT NOT NULL,
    request_id TEXT NOT NULL,
    body TEXT NOT NULL,
    leaf BLOB NOT NULL,
    nodes BLOB NOT NULL,
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
 STRICT

CREATE TABLE points_lapse (
    village TEXT NOT NULL,
    account TEXT NOT NULL,
    last_day TEXT NOT NULL,
    seq INTEGER NOT NULL,
    undone_by INTEGER NOT NULL,
    CONSTRAINT pk_points_lapse PRIMARY KEY (village, account, last_day, seq),
    CONSTRAINT ck_points_lapse_last_day CHECK (length(last_day) = 10),
    CONSTRAINT ck_points_lapse_undone_by CHECK (undone_by = 0 OR undone_by > seq)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_lot (
    village TEXT NOT NULL,
    seq INTEGER NOT NULL,
    line INTEGER NOT NULL,
    account TEXT NOT NULL,
    unit TEXT NOT NULL,
    granted INTEGER NOT NULL,
    remaining INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    earned_on TEXT NOT NULL,
    available_from TEXT,
    expires_on TEXT,
    unit_cost_fen INTEGER NOT NULL,
    clears_with TEXT,
    floor INTEGER NOT NULL,
    held INTEGER NOT NULL,
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
 WITHOUT ROWID,
 STRICT

CREATE INDEX ix_points_lot_due ON points_lot (village, expires_on) WHERE remaining > 0 AND unit = 'points' AND expires_on IS NOT NULL

CREATE INDEX ix_points_lot_open ON points_lot (village, account, unit, expires_on, earned_on, seq, line) WHERE remaining > 0

CREATE INDEX ix_points_lot_settled ON points_lot (village, account, unit) WHERE settled > 0

CREATE TABLE points_operator (
    village TEXT NOT NULL,
    operator TEXT NOT NULL,
    pin TEXT NOT NULL,
    CONSTRAINT pk_points_operator PRIMARY KEY (village, operator)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_pause (
    village TEXT NOT NULL,
    shop TEXT NOT NULL,
    seq INTEGER NOT NULL,
    last_day TEXT NOT NULL,
    resumed_by INTEGER NOT NULL,
    CONSTRAINT pk_points_pause PRIMARY KEY (village, shop),
    CONSTRAINT ck_points_pause_resumed_by CHECK (resumed_by = 0 OR resumed_by > seq)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_period_total (
    village TEXT NOT NULL,
    period TEXT NOT NULL,
    for_period TEXT NOT NULL,
    account TEXT NOT NULL,
    unit TEXT NOT NULL,
    heading TEXT NOT NULL,
    category TEXT NOT NULL,
    grouping TEXT NOT NULL,
    amount INTEGER NOT NULL,
    deeds INTEGER NOT NULL,
    CONSTRAINT pk_points_period_total PRIMARY KEY (village, period, for_period, account, unit, heading, category, grouping)
)
 WITHOUT ROWID,
 STRICT

CREATE INDEX ix_points_period_total_village_account_period ON points_period_total (village, account, period)

CREATE TABLE points_profile (
    village TEXT NOT NULL,
    id TEXT NOT NULL,
    role TEXT NOT NULL,
    household TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    salt BLOB NOT NULL,
    CONSTRAINT pk_points_profile PRIMARY KEY (village, id),
    CONSTRAINT uq_points_profile_village_role_code UNIQUE (village, role, code),
    CONSTRAINT ck_points_profile_role CHECK (role IN ('household', 'resident', 'operator')),
    CONSTRAINT ck_points_profile_code CHECK (code <> ''),
    CONSTRAINT ck_points_profile_salt CHECK (length(salt) = 32)
)
 STRICT

CREATE INDEX ix_points_profile_village_household ON points_profile (village, household)

CREATE TABLE points_redemption (
    village TEXT NOT NULL,
    seq INTEGER NOT NULL,
    account TEXT NOT NULL,
    on_day TEXT NOT NULL,
    period TEXT NOT NULL,
    points INTEGER NOT NULL,
    by_operator TEXT NOT NULL,
    reversed_by INTEGER NOT NULL,
    shop TEXT NOT NULL,
    state TEXT NOT NULL,
    last_day TEXT NOT NULL,
    ended_by INTEGER NOT NULL,
    refunded INTEGER NOT NULL,
    collector TEXT NOT NULL,
    cash_fen INTEGER NOT NULL,
    irregular INTEGER NOT NULL,
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
 WITHOUT ROWID,
 STRICT

CREATE INDEX ix_points_redemption_open ON points_redemption (village, last_day) WHERE state = 'reserved'

CREATE INDEX ix_points_redemption_village_account_seq ON points_redemption (village, account, seq)

CREATE INDEX ix_points_redemption_village_period_seq ON points_redemption (village, period, seq)

CREATE TABLE points_redemption_line (
    village TEXT NOT NULL,
    seq INTEGER NOT NULL,
    item TEXT NOT NULL,
    pieces INTEGER NOT NULL,
    price INTEGER NOT NULL,
    stocked INTEGER NOT NULL,
    refunded INTEGER NOT NULL,
    returned INTEGER NOT NULL,
    CONSTRAINT pk_points_redemption_line PRIMARY KEY (village, seq, item),
    CONSTRAINT ck_points_redemption_line_pieces CHECK (pieces > 0),
    CONSTRAINT ck_points_redemption_line_price CHECK (price > 0),
    CONSTRAINT ck_points_redemption_line_stocked CHECK (stocked IN (0, 1)),
    CONSTRAINT ck_points_redemption_line_refunded CHECK (refunded BETWEEN 0 AND pieces),
    CONSTRAINT ck_points_redemption_line_returned CHECK (returned BETWEEN 0 AND refunded)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_remark (
    village TEXT NOT NULL,
    seq INTEGER NOT NULL,
    field TEXT NOT NULL,
    text TEXT NOT NULL,
    salt BLOB NOT NULL,
    CONSTRAINT pk_points_remark PRIMARY KEY (village, seq, field),
    CONSTRAINT ck_points_remark_salt CHECK (length(salt) = 32)
)
 STRICT

CREATE TABLE points_resident (
    village TEXT NOT NULL,
    resident TEXT NOT NULL,
    account TEXT NOT NULL,
    pin TEXT NOT NULL,
    CONSTRAINT pk_points_resident PRIMARY KEY (village, resident)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_reversal (
    village TEXT NOT NULL,
    seq INTEGER NOT NULL,
    by_seq INTEGER NOT NULL,
    CONSTRAINT pk_points_reversal PRIMARY KEY (village, seq),
    CONSTRAINT ck_points_reversal_later CHECK (by_seq > seq)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_schema (
    only INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_points_schema PRIMARY KEY (only),
    CONSTRAINT ck_points_schema_only CHECK ("only" = 1)
)
 STRICT

CREATE TABLE points_secret (
    village TEXT NOT NULL,
    secret BLOB NOT NULL,
    CONSTRAINT pk_points_secret PRIMARY KEY (village),
    CONSTRAINT ck_points_secret_secret CHECK (length(secret) = 32)
)
 STRICT

CREATE TABLE points_usage (
    village TEXT NOT NULL,
    activity TEXT NOT NULL,
    holder TEXT NOT NULL,
    span TEXT NOT NULL,
    points INTEGER NOT NULL,
    times INTEGER NOT NULL,
    CONSTRAINT pk_points_usage PRIMARY KEY (village, activity, holder, span),
    CONSTRAINT ck_points_usage_points CHECK (points >= 0),
    CONSTRAINT ck_points_usage_times CHECK (times >= 0)
)
 WITHOUT ROWID,
 STRICT

CREATE TABLE points_village (
    village TEXT NOT NULL,
    zone TEXT NOT NULL,
    decimals INTEGER NOT NULL,
    cut_off_day INTEGER NOT NULL,
    first_period TEXT NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    frontier BLOB NOT NULL,
    recorded_at TEXT NOT NULL,
    closed_through TEXT NOT NULL,
    CONSTRAINT pk_points_village PRIMARY KEY (village),
    CONSTRAINT ck_points_village_size CHECK (size >= 0),
    CONSTRAINT ck_points_village_decimals CHECK (decimals BETWEEN 0 AND 2),
    CONSTRAINT ck_points_village_cut_off_day CHECK (cut_off_day BETWEEN 0 AND 28),
    CONSTRAINT ck_points_village_root CHECK (length(root) = 32)
)
 WITHOUT ROWID,
 STRICT

CREATE TRIGGER points_journal_no_update BEFORE UPDATE ON points_journal
BEGIN SELECT RAISE(ABORT, 'points_journal is append-only: no UPDATE'); END

CREATE TRIGGER points_journal_no_delete BEFORE DELETE ON points_journal
BEGIN SELECT RAISE(ABORT, 'points_journal is append-only: no DELETE'); END

CREATE TRIGGER points_allocation_no_update BEFORE UPDATE ON points_allocation
BEGIN SELECT RAISE(ABORT, 'points_allocation is append-only: no UPDATE'); END

CREATE TRIGGER points_allocation_no_delete BEFORE DELETE ON points_allocation
BEGIN SELECT RAISE(ABORT, 'points_allocation is append-only: no DELETE'); END

CREATE TRIGGER points_allocation_no_replace BEFORE INSERT ON points_allocation
WHEN EXISTS (SELECT 1 FROM points_allocation WHERE village = NEW.village AND seq = NEW.seq AND line = NEW.line
    AND lot_seq = NEW.lot_seq AND lot_line = NEW.lot_line AND cause = NEW.cause)
BEGIN SELECT RAISE(ABORT, 'points_allocation is append-only: no REPLACE'); END

CREATE TRIGGER points_bridge_no_update BEFORE UPDATE ON points_bridge
BEGIN SELECT RAISE(ABORT, 'points_bridge is append-only: no UPDATE'); END

CREATE TRIGGER points_bridge_no_delete BEFORE DELETE ON points_bridge
BEGIN SELECT RAISE(ABORT, 'points_bridge is append-only: no DELETE'); END

CREATE TRIGGER points_bridge_no_replace BEFORE INSERT ON points_bridge
WHEN EXISTS (SELECT 1 FROM points_bridge WHERE village = NEW.village AND period = NEW.period AND account = NEW.account)
BEGIN SELECT RAISE(ABORT, 'points_bridge is append-only: no REPLACE'); END

CREATE TRIGGER points_capped_no_update BEFORE UPDATE ON points_capped
BEGIN SELECT RAISE(ABORT, 'points_capped is append-only: no UPDATE'); END

CREATE TRIGGER points_capped_no_delete BEFORE DELETE ON points_capped
BEGIN SELECT RAISE(ABORT, 'points_capped is append-only: no DELETE'); END

CREATE TRIGGER points_capped_no_replace BEFORE INSERT ON points_capped
WHEN EXISTS (SELECT 1 FROM points_capped WHERE village = NEW.village AND account = NEW.account AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'points_capped is append-only: no REPLACE'); END

CREATE TRIGGER points_checkpoint_no_update BEFORE UPDATE ON points_checkpoint
BEGIN SELECT RAISE(ABORT, 'points_checkpoint is append-only: no UPDATE'); END

CREATE TRIGGER points_checkpoint_no_delete BEFORE DELETE ON points_checkpoint
BEGIN SELECT RAISE(ABORT, 'points_checkpoint is append-only: no DELETE'); END

CREATE TRIGGER points_close_no_update BEFORE UPDATE ON points_close
BEGIN SELECT RAISE(ABORT, 'points_close is append-only: no UPDATE'); END

CREATE TRIGGER points_close_no_delete BEFORE DELETE ON points_close
BEGIN SELECT RAISE(ABORT, 'points_close is append-only: no DELETE'); END

CREATE TRIGGER points_close_no_replace BEFORE INSERT ON points_close
WHEN EXISTS (SELECT 1 FROM points_close WHERE village = NEW.village AND period = NEW.period)
BEGIN SELECT RAISE(ABORT, 'points_close is append-only: no REPLACE'); END

CREATE TRIGGER points_edition_no_update BEFORE UPDATE ON points_edition
BEGIN SELECT RAISE(ABORT, 'points_edition is append-only: no UPDATE'); END

CREATE TRIGGER points_edition_no_delete BEFORE DELETE ON points_edition
BEGIN SELECT RAISE(ABORT, 'points_edition is append-only: no DELETE'); END

CREATE TRIGGER points_edition_no_replace BEFORE INSERT ON points_edition
WHEN EXISTS (SELECT 1 FROM points_edition WHERE village = NEW.village
    AND document = NEW.document AND version = NEW.version)
OR EXISTS (SELECT 1 FROM points_edition WHERE rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, 'points_edition is append-only: no REPLACE'); END

CREATE TRIGGER points_entry_no_update BEFORE UPDATE ON points_entry
BEGIN SELECT RAISE(ABORT, 'points_entry is append-only: no UPDATE'); END

CREATE TRIGGER points_entry_no_delete BEFORE DELETE ON points_entry
BEGIN SELECT RAISE(ABORT, 'points_entry is append-only: no DELETE'); END

CREATE TRIGGER points_entry_no_replace BEFORE INSERT ON points_entry
WHEN EXISTS (SELECT 1 FROM points_entry WHERE village = NEW.village AND seq = NEW.seq AND line = NEW.line)
BEGIN SELECT RAISE(ABORT, 'points_entry is append-only: no REPLACE'); END

CREATE TRIGGER points_reversal_no_update BEFORE UPDATE ON points_reversal
BEGIN SELECT RAISE(ABORT, 'points_reversal is append-only: no UPDATE'); END

CREATE TRIGGER points_reversal_no_delete BEFORE DELETE ON points_reversal
BEGIN SELECT RAISE(ABORT, 'points_reversal is append-only: no DELETE'); END

CREATE TRIGGER points_reversal_no_replace BEFORE INSERT ON points_reversal
WHEN EXISTS (SELECT 1 FROM points_reversal WHERE village = NEW.village AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'points_reversal is append-only: no REPLACE'); END

CREATE TRIGGER points_checkpoint_next BEFORE INSERT ON points_checkpoint
WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM points_checkpoint WHERE village = NEW.village)
BEGIN SELECT RAISE(ABORT, 'points_checkpoint is append-only: not the next number'); END

CREATE TRIGGER points_journal_next BEFORE INSERT ON points_journal
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM points_journal WHERE village = NEW.village)
OR EXISTS (SELECT 1 FROM points_journal WHERE village = NEW.village AND request_id = NEW.request_id)
OR EXISTS (SELECT 1 FROM points_journal WHERE rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, 'points_journal is append-only: not the next record'); END

CREATE TRIGGER points_journal_closed BEFORE INSERT ON points_journal
WHEN EXISTS (SELECT 1 FROM points_close WHERE village = NEW.village AND period >= NEW.period AND seq < NEW.seq)
BEGIN SELECT RAISE(ABORT, 'points_journal: the period is closed'); END

CREATE TRIGGER points_journal_rowid AFTER INSERT ON points_journal WHEN NEW.rowid <= 0
BEGIN SELECT RAISE(ABORT, 'points_journal is append-only: rowid not positive'); END
