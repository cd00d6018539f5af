"""Check what a pointsledger book gave out, with Python 3.9 or newer and nothing else: verify_book.py FILE [KEPT ...].

FILE is an export of the book as JSON lines, a receipt, a closing slip or a checkpoint. KEPT is what somebody else kept:
a receipt, slip or checkpoint, or, in quotes, a line from paper: the number of records and the 32 digits beside it.
Checked: the leaf of a record is SHA-256(0x00 || record), and the leaves lead to the root over that many (RFC 6962); an
export counts from 1 without a gap, is of one village, and its times never go back; KEPT has the same root at the same
number of records. Not checked: signatures (`pointsledger verify --key`), and whether rules were kept (`audit`).
本程序核验账本导出、凭证、结存告知单和校验码，可与他人留存的比对；不核验签名，也不判断记账是否合规。
"""

import base64
import decimal
import functools
import hashlib
import json
import re
import sys

LONGEST = 8 << 20  # bytes of a record or a receipt: none has as many
LEAF = {"account": str, "closing": int, "decimals": int, "period": str, "salt": str, "village": str}
WIDE = {0x3000: " ", **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}}
NUMBER = re.compile("0|[1-9][0-9]{0,18}")
PAPER = re.compile("(?:[^0-9:]+: ?)?(?:[0-9-]{10} )?([1-9][0-9,]{0,18}) ([0-9A-Fa-f]{4}(?: ?[0-9A-Fa-f]{4}){7,15})")
PROOF, SLIP, ORIGIN = "c2sp.org/tlog-proof@v1", "pointsledger/closing-slip@v1", "pointsledger/"
VILLAGE = re.compile("[0-9A-Za-z._-]{1,64}")
EDITED = "a file was cut off or edited 文件残缺或被改动"
VERDICTS = "HOLDS 成立", "DOES NOT HOLD 不成立", "NOT CHECKED 无法核验"


def see(sound, why, status=1):
    if not sound:
        sys.exit(print(f"{VERDICTS[status]}: {why}") or status)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def led_to(node, index, size, path):
    """Return the root over `size` leaves to which a path leads from the leaf `index`: RFC 6962, section 2.1.1."""
    see(0 <= index < size and (size == 1) != bool(path), EDITED)
    if size == 1:
        return node
    split = 1 << (size - 1).bit_length() - 1
    if index < split:
        return sha256(b"\x01", led_to(node, index, split, path[:-1]), path[-1])
    return sha256(b"\x01", path[-1], led_to(node, index - split, size - split, path[:-1]))


def decoded(text, sizes=range(1, LONGEST)):
    held = base64.b64decode(text, validate=True)
    see(len(held) in sizes and base64.b64encode(held).decode() == text, EDITED)  # bytes have one spelling only
    return held


def head_in(note):
    """Return origin, size and root of a checkpoint; of what signs it, the form alone is looked at."""
    text, gap, signatures = note.rpartition("\n\n") if "\n\n" in note else (note[:-1], "", "")
    origin, size, root, *more = text.split("\n")
    for line in signatures[:-1].split("\n") if gap else ():
        decoded(re.fullmatch(r"— [^\s+]{1,200} (\S+)", line)[1], range(5, 999))
    see(note.endswith("\n") and origin.isprintable() and NUMBER.fullmatch(size) and not more, EDITED)
    return origin, int(size), decoded(root, [32]).hex()


def proof_in(text, form):
    """Return the body, the index and the path of a proof, and what stands below its empty line."""
    above, _, below = text.partition("\n\n")
    header, extra, place, *path = above.split("\n")
    see((header, extra[:6], place[:6]) == (form, "extra ", "index ") and NUMBER.fullmatch(place[6:]), EDITED)
    return decoded(extra[6:]), int(place[6:]), [decoded(line, [32]) for line in path], below


def receipt_in(text):
    body, index, path, note = proof_in(text, PROOF)
    (origin, size, root), record = head_in(note), json.loads(body)
    see(led_to(sha256(b"\x00", body), index, size, path).hex() == root, "its hashes lead elsewhere 哈希推不到其校验码")
    see(repr((record["seq"], ORIGIN + record["village"])) == repr((index + 1, origin)), "of another place 位置不符")
    moved = ", ".join(f"{line['amount']} {line['unit']} 最小单位 smallest unit" for line in record["entries"])
    return (origin, size, root), record, f"receipt 凭证: {index + 1:,} {record['kind']} {record['on']} {moved}"


def slip_in(text):
    said, index, path, below = proof_in(text, SLIP)
    head, close, _ = receipt_in(below)
    one, told = json.loads(said), (close["kind"], close["village"], close["said"]["period"])
    written = json.dumps(one, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    typed = {name: type(one[name]) for name in one} == LEAF and one["decimals"] in (0, 1, 2) and written == said
    root = led_to(sha256(b"\x00", said), index, close["decided"]["accounts"], path).hex()
    own = (*told, root, typed) == ("close", one["village"], one["period"], close["decided"]["balances"], True)
    see(own and abs(one["closing"]) < 1 << 53, "its hashes do not lead to its close 哈希推不到其结账记录")
    points = decimal.Decimal(one["closing"]).scaleb(-one["decimals"])
    return head, close, f"closing slip 结存告知单: {one['account']} {told[2]}: {points:f} 分"


def export_in(file, sizes):
    """Return the head of an export, what it is, and its root at each of some sizes."""
    frontier, size, kept, village, before = [], 0, {}, None, ""
    for line in iter(lambda: file.readline(LONGEST), b""):
        body, place, size = line[:-1] if line.endswith(b"\n") else line, size, size + 1
        record, node = json.loads(body), sha256(b"\x00", body)
        village = village if place else record["village"]
        own = VILLAGE.fullmatch(village) and repr((record["seq"], record["village"])) == repr((size, village))
        see(own and b"\r" not in body, f"line {size} is no record {size} of one village 第 {size} 行不是同村的该号记录")
        see(before <= record["recorded_at"], f"the time goes back at record {size} 第 {size} 号记录的时间倒退")
        before = record["recorded_at"]
        while place & 1:
            place, node = place >> 1, sha256(b"\x01", frontier.pop(), node)
        frontier.append(node)
        if size in sizes:
            kept[size] = frontier[::-1]
    kept[size] = frontier[::-1]
    roots = {at: functools.reduce(lambda low, left: sha256(b"\x01", left, low), kept[at]).hex() for at in kept}
    return (ORIGIN + village, size, roots[size]), f"export 账本导出: 1 – {size:,}", roots


def found_in(path, sizes=()):
    """Return the head that a file leads to, what it is, and its roots at some sizes if it has them."""
    try:
        with open(path, "rb") as file:
            if file.peek(6)[:6] == b'{"by":':
                return export_in(file, sizes)
            text = file.read(LONGEST).decode("utf-8-sig", "replace").replace("\r\n", "\n")
        if text.startswith((PROOF, SLIP)):
            head, _, about = (receipt_in if text.startswith(PROOF) else slip_in)(text)
            see(about.isprintable(), "it has signs that cannot be printed 含不可显示的字符")
            return head, about, {}
        see(text.startswith(ORIGIN), f"{path}: not checked here (a page? give its file) 不是可核验的文件", 2)
        return head_in(text), "checkpoint 校验码", {}
    except OSError as error:
        see(None, f"{path}: {error.strerror} 无法读取", 2)
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError):
        see(None, EDITED)


def check(path, *given):
    """Say what a file is, and whether it is of the same book as what was kept."""
    typed = [PAPER.fullmatch(" ".join(one.translate(WIDE).split())) for one in given]
    kept = [("", int(on[1].replace(",", "")), on[2]) if on else found_in(one)[0] for on, one in zip(typed, given)]
    (origin, size, root), about, roots = found_in(path, {one[1] for one in kept})
    roots, short = {**roots, size: root}, " ".join(re.findall("." * 8, root[:32]))
    for line in (about, origin, f"records 笔数: {size:,}", f"root 校验根: {root}", f"on paper 纸面: {size:,} {short}"):
        print("".join(sign if sign.isprintable() else "?" for sign in line))
    compared = [one for one in kept if one[0] in ("", origin) and one[1] in roots]
    for _, at, digits in compared:
        see(roots[at].startswith(digits.replace(" ", "").lower()), f"another book at {at:,} records 与留存不是同一账本")
    see(compared or not kept, "what was kept is of another village or number of records 留存不同村或不同笔数", 2)
    print(*(f"NOT compared 未比对: {one[0]} {one[1]:,}\n" for one in kept if one not in compared), sep="", end="")
    see(None, "the same book as what was kept 与留存一致" if kept else "compare with what others kept 请与留存比对", 0)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")
    see(sys.argv[1:], __doc__, 2)
    check(*sys.argv[1:])
