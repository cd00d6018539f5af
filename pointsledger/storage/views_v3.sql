CREATE VIEW points_view_balances AS
SELECT a.village, a.account, coalesce(p.code, a.account) AS household, coalesce(p.name, '') AS name,
    coalesce((
        SELECT g.grouping FROM points_grouping g WHERE g.village = a.village AND g.account = a.account
        ORDER BY g.from_on DESC LIMIT 1), '') AS group_name,
    coalesce(b.balance, 0) AS balance, coalesce(b.held, 0) AS held, coalesce(b.pending, 0) AS pending,
    coalesce(b.arrears, 0) AS arrears,
    CASE WHEN b.arrears > 0 OR b.balance < b.held + b.pending + b.floor THEN 0
        ELSE coalesce(b.balance - b.held - b.pending - b.floor, 0) END AS available,
    v.decimals, coalesce(b.floor, 0) AS floor
FROM points_account a
JOIN points_village v ON v.village = a.village
LEFT JOIN points_profile p ON p.village = a.village AND p.id = a.account
LEFT JOIN points_balance b ON b.village = a.village AND b.account = a.account AND b.unit = 'points'

CREATE VIEW points_view_statement_lines AS
SELECT m.village, m.account, coalesce(p.code, m.account) AS household, m.seq, m.line, j.kind, j.recorded_at,
    m.on_day, m.counts_on, m.period, m.for_period,
    CASE
        WHEN m.counterpart LIKE 'issued:%' THEN 'earned'
        WHEN m.counterpart LIKE 'deducted:%' THEN 'deducted'
        WHEN m.counterpart LIKE 'base:%' THEN 'base'
        WHEN m.counterpart IN ('redeemed', 'opening', 'base', 'expired', 'refunded', 'forfeited') THEN m.counterpart
        ELSE 'moved' END AS heading,
    m.activity, m.resident, coalesce(r.name, '') AS member, m.points,
    CAST(sum(m.points) OVER (
        PARTITION BY m.village, m.account ORDER BY m.counts_on, m.seq, m.line) AS BIGINT) AS balance,
    c.requested, coalesce(u.by_seq, 0) AS reversed_by, v.decimals
FROM (
    SELECT village, target AS account, source AS counterpart, seq, line, on_day, counts_on, period, for_period, activity,
        resident, amount AS points
    FROM points_entry WHERE unit = 'points' AND counts_on > ''
    UNION ALL
    SELECT village, source, target, seq, line, on_day, counts_on, period, for_period, activity, resident, -amount
    FROM points_entry WHERE unit = 'points' AND counts_on > ''
    UNION ALL
    SELECT village, account, counterpart, seq, 0, on_day, counts_on, period, for_period, activity, resident, 0
    FROM points_capped WHERE granted = 0
) m
JOIN points_account a ON a.village = m.village AND a.account = m.account
JOIN points_village v ON v.village = m.village
JOIN points_journal j ON j.village = m.village AND j.seq = m.seq
LEFT JOIN points_profile p ON p.village = m.village AND p.id = m.account
LEFT JOIN points_profile r ON r.village = m.village AND r.id = m.resident
LEFT JOIN points_capped c ON c.village = m.village AND c.account = m.account AND c.seq = m.seq
LEFT JOIN points_reversal u ON u.village = m.village AND u.seq = m.seq

CREATE VIEW points_view_period_totals AS
SELECT t.village, t.period, t.for_period, t.account, coalesce(p.code, t.account) AS household,
    t.grouping AS group_name, t.heading, t.category, t.amount AS points, t.deeds, v.decimals
FROM points_period_total t
JOIN points_village v ON v.village = t.village
LEFT JOIN points_profile p ON p.village = t.village AND p.id = t.account
WHERE t.unit = 'points'

CREATE VIEW points_view_tallies AS
SELECT m.village, m.period, b.account, b.household, b.name, b.group_name,
    coalesce((
        SELECT CAST(sum(t.deeds) AS BIGINT) FROM points_period_total t
        WHERE t.village = m.village AND t.account = b.account AND t.period = m.period AND t.unit = 'points'
            AND t.for_period IN ('', m.period)), 0) AS deeds,
    coalesce((
        SELECT CAST(sum(o.amount) AS BIGINT) FROM points_period_total o
        WHERE o.village = m.village AND o.unit = 'points'
            AND (o.account, o.period) > (b.account, '') AND (o.account, o.period) < (b.account, m.period)), 0)
    + coalesce((
        SELECT CAST(sum(t.amount) AS BIGINT) FROM points_period_total t
        WHERE t.village = m.village AND t.account = b.account AND t.period = m.period AND t.unit = 'points'
            AND t.heading = 'opening' AND t.for_period IN ('', m.period)), 0) AS opening,
    coalesce((
        SELECT CAST(sum(t.amount) AS BIGINT) FROM points_period_total t
        WHERE t.village = m.village AND t.account = b.account AND t.period = m.period AND t.unit = 'points'
            AND t.heading = 'earned' AND t.for_period IN ('', m.period)), 0) AS earned,
    coalesce((
        SELECT CAST(sum(t.amount) AS BIGINT) FROM points_period_total t
        WHERE t.village = m.village AND (t.account, t.period) >= (b.account, m.period)
            AND (t.account, t.period) <= (b.account, m.period) AND t.unit = 'points'
            AND t.for_period NOT IN ('', m.period)), 0) AS prior,
    coalesce((
        SELECT CAST(sum(t.amount) AS BIGINT) FROM points_period_total t
        WHERE t.village = m.village AND t.account = b.account AND t.period = m.period AND t.unit = 'points'
            AND t.heading = 'deducted' AND t.for_period IN ('', m.period)), 0) AS deducted,
    coalesce((
        SELECT CAST(sum(t.amount) AS BIGINT) FROM points_period_total t
        WHERE t.village = m.village AND t.account = b.account AND t.period = m.period AND t.unit = 'points'
            AND t.heading = 'redeemed' AND t.for_period IN ('', m.period)), 0) AS redeemed,
    coalesce((
        SELECT CAST(sum(o.amount) AS BIGINT) FROM points_period_total o
        WHERE o.village = m.village AND o.unit = 'points'
            AND (o.account, o.period) > (b.account, '') AND (o.account, o.period) <= (b.account, m.period)), 0)
        AS closing,
    b.decimals,
    coalesce((
        SELECT CAST(sum(t.amount) AS BIGINT) FROM points_period_total t
        WHERE t.village = m.village AND t.account = b.account AND t.period = m.period AND t.unit = 'points'
            AND t.heading = 'base' AND t.for_period IN ('', m.period)), 0) AS base,
    coalesce((
        SELECT CAST(sum(t.amount) AS BIGINT) FROM points_period_total t
        WHERE t.village = m.village AND t.account = b.account AND t.period = m.period AND t.unit = 'points'
            AND t.heading = 'refunded' AND t.for_period IN ('', m.period)), 0) AS refunded,
    coalesce((
        SELECT CAST(sum(t.amount) AS BIGINT) FROM points_period_total t
        WHERE t.village = m.village AND t.account = b.account AND t.period = m.period AND t.unit = 'points'
            AND t.heading = 'expired' AND t.for_period IN ('', m.period)), 0) AS expired,
    coalesce((
        SELECT CAST(sum(t.amount) AS BIGINT) FROM points_period_total t
        WHERE t.village = m.village AND t.account = b.account AND t.period = m.period AND t.unit = 'points'
            AND t.heading = 'forfeited' AND t.for_period IN ('', m.period)), 0) AS forfeited,
    coalesce((
        SELECT CAST(sum(t.amount) AS BIGINT) FROM points_period_total t
        WHERE t.village = m.village AND t.account = b.account AND t.period = m.period AND t.unit = 'points'
            AND t.heading = 'moved' AND t.for_period IN ('', m.period)), 0) AS moved
FROM (SELECT DISTINCT village, period FROM points_period_total WHERE unit = 'points') m
JOIN points_view_balances b ON b.village = m.village

CREATE VIEW points_view_redemptions AS
SELECT r.village, r.seq, r.account, coalesce(p.code, r.account) AS household, coalesce(p.name, '') AS name,
    r.on_day, r.period, l.item, l.pieces, l.price, l.pieces * l.price AS points,
    coalesce(o.code, r.by_operator) AS by_operator, r.reversed_by, v.decimals,
    CASE WHEN r.reversed_by > 0 THEN 'reversed' ELSE r.state END AS state, r.shop, r.last_day, r.ended_by,
    l.refunded AS refunded_pieces, l.returned AS returned_pieces, r.refunded,
    coalesce(c.code, r.collector) AS collector, coalesce(c.name, t.text, '') AS collector_name, r.cash_fen, r.irregular
FROM points_redemption r
JOIN points_redemption_line l ON l.village = r.village AND l.seq = r.seq
JOIN points_village v ON v.village = r.village
LEFT JOIN points_profile p ON p.village = r.village AND p.id = r.account
LEFT JOIN points_profile o ON o.village = r.village AND o.id = r.by_operator
LEFT JOIN points_profile c ON c.village = r.village AND c.id = r.collector
LEFT JOIN points_remark t ON t.village = r.village AND t.field = 'collector_name'
    AND t.seq = CASE WHEN r.ended_by > 0 THEN r.ended_by ELSE r.seq END

CREATE VIEW points_view_closes AS
SELECT c.village, c.period, c.seq, j.recorded_at, c.size, c.accounts, c.digest
FROM points_close c
JOIN points_journal j ON j.village = c.village AND j.seq = c.seq

CREATE VIEW points_view_bridges AS
SELECT b.village, b.period, b.account, coalesce(p.code, b.account) AS household, coalesce(p.name, '') AS name,
    b.opening, b.base, b.earned, b.prior, b.deducted, b.redeemed, b.refunded, b.expired, b.forfeited, b.moved, b.closing,
    v.decimals
FROM points_bridge b
JOIN points_village v ON v.village = b.village
LEFT JOIN points_profile p ON p.village = b.village AND p.id = b.account
