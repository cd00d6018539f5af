"""The audit of the journal alone, to see that it is the one that was written, and the one that others hold.

Each text is hashed and held against its leaf, the tree is grown from the leaves and held against the nodes and the
head, and the columns against the text. What the rules make of it is not decided again, and no figure derived: that is
what the whole audit does, which takes many times as long.

The columns are looked for in the text at the place where canonical JSON has them; only where they are not there is it
read. Reading each would take longer than all the rest, and finds no more: canonical JSON has one spelling.
"""

from __future__ import annotations

from collections.abc import Sequence

from pointsledger.decisions.recovering import RECOVERED, lost_in_words
from pointsledger.evidence import Found
from pointsledger.evidence_audit import Declared, check_issued, check_kept, declared_in, sizes_in
from pointsledger.finding_list import Findings
from pointsledger.findings import AuditReport
from pointsledger.rules import merkle
from pointsledger.storage.reader import Reader, Unreadable
from pointsledger.storage.statements import JournalRow
from pointsledger.values import rows
from pointsledger.values.canonical import canonical
from pointsledger.values.progress import Progress
from pointsledger.values.vocabulary import table_in_words
from pointsledger.values.words import Words

_TOLD_EVERY = 10_000
_RECOVERED = RECOVERED.encode()


def check_integrity(
    reader: Reader, village: str, progress: Progress | None = None, *, kept: Sequence[Found] = ()
) -> AuditReport:
    """Check the journal of ``village``, against what others have ``kept`` of it."""
    findings = Findings()
    with reader.escaping():
        for name, matter in reader.schema_differences():
            findings.add("schema-differs", Words(f"{name} {matter.en}", f"{table_in_words(name).zh} {matter.zh}"))
        tree = _Journal(reader, village, findings)
        try:
            issued = list(reader.every(rows.Checkpoint))
            tree.read(sizes_in(issued, kept), progress)
            check_issued(village, issued, (tree.roots, tree.times), findings, declared=tree.declared)
        except Unreadable as error:
            findings.add("table-unreadable", table_in_words(str(error)))
        reach = check_kept(village, tree.size, kept, tree.roots, findings, declared=tree.declared)
    root = merkle.root(tree.frontier).hex()
    return AuditReport(village, tree.size, root, findings.all(), *reach, integrity=True)


class _Journal:
    """The journal, read once."""

    def __init__(self, reader: Reader, village: str, findings: Findings) -> None:
        self.size = 0
        self.frontier: list[bytes] = []
        self.roots: dict[int, bytes] = {}
        self.times: dict[int, str] = {}
        self.declared: list[Declared] = []
        self._reader = reader
        self._village = village
        self._findings = findings
        self._end = b',"village":' + canonical(village) + b"}"

    def read(self, sizes: frozenset[int], progress: Progress | None) -> None:
        """Read every record, and the head that was kept."""
        kept = list(self._reader.every(rows.Village))
        total, add, last, expected = (kept[0].size if kept else 0), self._findings.add, b"", 1
        frontier, grow, hashed, size = self.frontier, merkle.grow, merkle.leaf_hash, 0
        for seq, kind, recorded_at, period, request, body, leaf, nodes in self._reader.journal_raw():
            if seq != expected:
                add("journal-gap", "", expected)
                expected = max(seq, expected)
            expected += 1
            if recorded_at < last:
                add("time-reversed", "", seq)
            last = recorded_at
            if hashed(body) != leaf:
                add("leaf-mismatch", "", seq)
            # From the leaf that stands there: one changed text is then one finding, not a cascade.
            if grow(frontier, size, leaf if len(leaf) == merkle.HASH_BYTES else hashed(body)) != nodes:
                add("node-mismatch", "", seq)
            size += 1
            if kind == _RECOVERED or not self._says(body, seq, kind, (period, recorded_at, request)):
                self._parse(seq, (kind, recorded_at, period, request), body)
            if size in sizes:
                self.roots[size] = merkle.root(frontier)
                self.times[size] = recorded_at.decode("utf-8", "replace")
            if progress is not None and size % _TOLD_EVERY == 0:
                progress(size, total)
        self.size, root = size, merkle.root(frontier)
        if [(size, root, b"".join(frontier), last.decode("utf-8", "replace"))] != [one[5:9] for one in kept]:
            add("head-mismatch", Words(f"derived {size}, {root.hex()}", f"推算 {size}，{root.hex()}"))

    def _says(self, body: bytes, seq: int, kind: bytes, told: tuple[bytes, bytes, bytes]) -> bool:
        """Tell whether a text says, where canonical JSON has them, what the columns beside it do."""
        place = body.find(b',"period":"%b","recorded_at":"%b","request":"%b","said":{' % told)
        # The day stands between kind and period: ten characters and a quotation mark behind them.
        return (
            place > 0
            and body.endswith(b'"kind":"%b","on":"' % kind, 0, place - 11)
            and body.endswith(self._end)
            and body.find(b'},"seq":%d,"version":' % seq, place) > 0
        )

    def _parse(self, seq: int, columns: tuple[bytes, ...], body: bytes) -> None:
        """Hold the columns against a text that has to be read for it."""
        kind, recorded_at, period, request = (column.decode("utf-8", "surrogateescape") for column in columns)
        row = JournalRow(seq, kind, recorded_at, period, request, body, merkle.leaf_hash(body), b"")
        record = self._findings.record_of(row, self._village)
        if record is not None and record.kind == RECOVERED:
            self.declared += declared_in(record)
            self._findings.add(RECOVERED, lost_in_words(record.said), seq)
