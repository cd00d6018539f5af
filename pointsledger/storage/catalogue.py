"""The catalogue of PostgreSQL: how our tables, indexes, triggers and functions stand there, in words that compare.

The server writes each object's definition out in its own normal form. ``postgresql_v1.json`` holds what it writes
for a fresh schema of that version; a test makes one on a real server and compares. Names of schemas are taken
out, so that a book may live in any.
"""

from __future__ import annotations

import json
from importlib.resources import files

from sqlalchemy import Connection

from pointsledger.storage.registry import METADATA
from pointsledger.storage.views import VIEWS

_TABLES = """
SELECT c.relname,
  concat_ws(' ', c.relkind::text, c.relpersistence::text,
    CASE WHEN c.relrowsecurity OR c.relforcerowsecurity THEN 'row security' END,
    CASE WHEN EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) THEN 'policies' END,
    CASE WHEN EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN') THEN 'rules' END,
    CASE WHEN EXISTS (SELECT FROM pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent)) THEN 'inheritance' END,
    (SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), l.collname,
        CASE WHEN a.attnotnull THEN 'not null' END,
        CASE WHEN a.atthasdef THEN 'default' END), ', ' ORDER BY a.attnum)
     FROM pg_attribute a LEFT JOIN pg_collation l ON l.oid = a.attcollation
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    (SELECT string_agg(k.conname || ' ' || pg_get_constraintdef(k.oid), ', ' ORDER BY k.conname COLLATE "C")
     FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'c', 'f', 'x')),
    CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END)
FROM pg_class c WHERE c.relnamespace = {schema} AND c.relname = ANY(%s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""

_INDEXES = """
SELECT i.relname, pg_get_indexdef(i.oid)
FROM pg_class c JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid
WHERE c.relnamespace = {schema} AND c.relname = ANY(%s)
"""

_TRIGGERS = """
SELECT t.tgname, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid
WHERE c.relnamespace = {schema} AND c.relname = ANY(%s) AND NOT t.tgisinternal
"""

_FUNCTIONS = """
SELECT p.proname || '()', pg_get_functiondef(p.oid)
FROM pg_proc p WHERE p.pronamespace = {schema} AND p.proname LIKE 'points\\_%%'
"""

_SCHEMA = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"


def found(connection: Connection) -> dict[str, str]:
    """Return how each of our objects stands in the schema that comes first, by its name."""
    schema = str(connection.exec_driver_sql("SELECT current_schema()").scalar_one())
    made: dict[str, str] = {}
    for query in (_TABLES, _INDEXES, _TRIGGERS, _FUNCTIONS):
        values = () if query is _FUNCTIONS else ([*METADATA.tables, *VIEWS],)
        for name, text in connection.exec_driver_sql(query.format(schema=_SCHEMA), values):
            made[name] = _without(schema, text)
    return made


def expected(version: int) -> dict[str, str]:
    """Return how each object stands where nobody has touched the schema of a version."""
    text = (files("pointsledger.storage") / f"postgresql_v{version}.json").read_text(encoding="utf-8")
    known: dict[str, str] = json.loads(text)
    return known


def _without(schema: str, text: str) -> str:
    """Return a definition without its schema's name; a schema that is called what stands in its place shows."""
    text = text.replace("SET search_path TO '*'", "SET search_path TO another '*'")
    quoted = '"' + schema.replace('"', '""') + '"'
    for named in (f"{quoted}.", f"{schema}."):
        text = text.replace(named, "")
    return text.replace(f"SET search_path TO '{schema}'", "SET search_path TO '*'")
