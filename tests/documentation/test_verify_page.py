"""The page in docs/verify on which a slip is checked: opened in a browser, without a network, as on a phone."""

from __future__ import annotations

import json
import re
import socket
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from pointsledger.errors import KINDS_ZH
from pointsledger.rules import merkle
from pointsledger.rules.checkpoint import Checkpoint, origin_of
from pointsledger.rules.closing_slip import ClosingSlip
from pointsledger.rules.proof import Proof, head_of
from pointsledger.rules.signed_note import SignedNote
from pointsledger.signing import SigningKey
from pointsledger.slips import receipt_slip
from pointsledger.values.records import Record
from pointsledger.verifying import verify
from tests.browser import Browser
from tests.database.lived_in import VILLAGE
from tests.documentation.given_out import (
    CHECKPOINT,
    KEY,
    LEAVES,
    RECEIPT,
    SIGNED_CHECKPOINT,
    SIGNED_RECEIPT,
    SLIP,
    TEXTS,
    UNPRINTABLE_TEXTS,
    leaf_of,
    lying,
    misled,
    proof_of,
    record_by,
    slip_of,
)

PAGE = Path(__file__).parents[2] / "docs/verify/verify.html"
ADDRESS = PAGE.as_uri()
CODES = "given => Promise.all(given.map(async text => (await judged(text, {wall})).code))"


@pytest.fixture(scope="session")
def text() -> str:
    """Return the text of the page."""
    return PAGE.read_text(encoding="utf-8")


def open_with(browser: Browser, held: str, **given: str) -> None:
    """Open the page with a slip behind the number sign, as a link would, and wait for its verdict."""
    said = "".join(f"&{name}={quote(value)}" for name, value in given.items())
    browser.open(f"{ADDRESS}#{urlsafe_b64encode(held.encode()).decode()}{said}")
    browser.run("check()")


def verdict(browser: Browser) -> tuple[str, str]:
    """Return the code and the heading that the page shows, both empty while it shows none."""
    script = "parts.verdict.hidden ? ['', ''] : [parts.verdict.dataset.code, parts.said.textContent]"
    code, said = browser.run(script)
    return code, said


def facts(browser: Browser) -> dict[str, str]:
    """Return what the page shows of a slip, by its label."""
    script = "[...parts.facts.querySelectorAll('dt')].map(dt => [dt.textContent, dt.nextElementSibling.textContent])"
    return {str(label): str(value) for label, value in browser.run(script)}


def texts_of(folder: Path) -> dict[str, str]:
    """Return the texts that a book gave out."""
    return {name: (folder / name).read_text(encoding="utf-8") for name in TEXTS}


def test_it_allows_nothing_but_itself(text: str) -> None:
    """Its policy allows the script and the style that stand in it by their digests, and nothing from anywhere else."""

    def digest(tag: str) -> str:
        (held,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        return f"'sha256-{b64encode(sha256(held.encode()).digest()).decode()}'"

    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    named = f"default-src 'none'; script-src {digest('script')}; style-src {digest('style')}"
    assert f"{named}; base-uri 'none'; form-action 'none'" == policy[1]
    loading = (
        r"\bsrc=|\bhref=|url\(|@import|\bimport\b|fetch|XMLHttp|WebSocket|innerHTML|outerHTML|insertAdjacent|eval\("
    )
    assert [] == re.findall(loading, text)


def test_it_says_every_kind_in_chinese(text: str) -> None:
    """The kinds of record are called what the library calls them."""
    (held,) = re.findall(r"const KINDS = new Map\(Object\.entries\((\{.*?\})\)\);", text, re.DOTALL)
    assert KINDS_ZH == json.loads(re.sub(r",\s*}", "}", held))


@pytest.fixture
def visits() -> Iterator[tuple[str, socket.socket]]:
    """Return an address of this machine, and the socket at which somebody who goes there would be seen."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(2)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/", listening


def came(listening: socket.socket) -> bool:
    """Tell whether anybody has come."""
    try:
        listening.accept()[0].close()
    except TimeoutError:
        return False
    return True


TRIES = """(async address => {{
  new Image().src = address;
  document.body.appendChild(Object.assign(document.createElement("script"), {{src: address}}));
  navigator.sendBeacon(address, "x");
  try {{ new WebSocket(address.replace("http", "ws")); }} catch {{}}
  try {{ await fetch(address, {{mode: "no-cors"}}); return "fetched"; }} catch {{ return "refused"; }}
}})({address})"""


def test_it_asks_the_network_for_nothing(browser: Browser, given_out: Path, visits: tuple[str, socket.socket]) -> None:
    """While it checks a slip it loads nothing but itself, and its policy lets no script of it call anybody."""
    address, listening = visits
    open_with(browser, texts_of(given_out)[SLIP])
    assert ("alone", [ADDRESS]) == (verdict(browser)[0], [one.partition("#")[0] for one in browser.asked_for])
    assert "refused" == browser.run(TRIES.format(address=json.dumps(address)))
    assert not came(listening)


def test_without_its_policy_a_call_would_be_seen(
    browser: Browser, text: str, tmp_path: Path, visits: tuple[str, socket.socket]
) -> None:
    """The same page without the policy reaches the address, so the test above can fail."""
    address, listening = visits
    open_page = tmp_path / "open.html"
    open_page.write_text(re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text), encoding="utf-8")
    browser.open(open_page.as_uri())
    browser.run(TRIES.format(address=json.dumps(address)).replace("await fetch", "fetch"))
    assert came(listening)


@pytest.mark.parametrize(("name", "step"), [(RECEIPT, 9), (SLIP, 31), (CHECKPOINT, 1), (SIGNED_RECEIPT, 9)])
def test_every_changed_bit_is_judged_as_the_library_does(
    browser: Browser, given_out: Path, tmp_path: Path, name: str, step: int
) -> None:
    """With a single bit turned, or cut off anywhere, the verdict is the library's; only a signature changes unseen."""
    sound = (given_out / name).read_bytes()
    changed = [sound, *(sound[:length] for length in range(0, len(sound), 5))]
    for place in range(0, len(sound) * 8, step):
        edited = bytearray(sound)
        edited[place // 8] ^= 1 << place % 8
        changed.append(bytes(edited))
    head = head_of(texts_of(given_out)[CHECKPOINT])
    path, expected = tmp_path / name, []
    for held in changed:
        path.write_bytes(held)
        expected.append(verify(path, against=[f"{head.size} {head.root.hex()}"]).code)
    browser.open(ADDRESS)
    wall = f'{{size: {head.size}n, digits: "{head.root.hex()}"}}'
    texts = json.dumps([one.decode("utf-8-sig", "replace") for one in changed])
    assert expected == browser.run(f"({CODES.replace('{wall}', wall)})({texts})")
    alike = [one for one, code in zip(changed, expected, strict=True) if code == "holds"]
    assert (name == SIGNED_RECEIPT) == (len([one for one in alike if origin_of(VILLAGE).encode() in one]) > 1)


def test_size_and_place_count_with_the_root(browser: Browser, given_out: Path) -> None:
    """A proof that is given another size, each up to twice its own, does not hold."""
    proof = Proof.read(texts_of(given_out)[RECEIPT])
    head = proof.checkpoint
    sizes = [size for size in range(1, 2 * head.size) if size != head.size]
    given = [Proof(proof.body, proof.index, proof.path, Checkpoint(head.origin, n, head.root).text()) for n in sizes]
    expected = ["holds" if one.holds else "does-not-hold" for one in given]
    assert "does-not-hold" in expected
    browser.open(ADDRESS)
    texts = json.dumps([one.text() for one in given])
    assert expected == browser.run(f"({CODES.replace('{wall}', 'null')})({texts})")


def test_a_path_has_as_many_hashes_as_its_place_needs(browser: Browser, given_out: Path) -> None:
    """With a hash more or less at either end, neither a receipt nor a closing slip holds."""
    slip = ClosingSlip.read(texts_of(given_out)[SLIP])
    changed = [replace(slip, path=path) for path in misled(slip.path)]
    changed += [replace(slip, close=replace(slip.close, path=path)) for path in misled(slip.close.path)]
    texts = [one.text() for one in changed] + [one.close.text() for one in changed[4:]]
    browser.open(ADDRESS)
    expected = ["does-not-hold"] * len(texts)
    assert expected == browser.run(f"({CODES.replace('{wall}', 'null')})({json.dumps(texts)})")


def test_the_place_of_a_balance_counts(browser: Browser, given_out: Path) -> None:
    """A closing slip that says another place among the accounts does not hold."""
    slip = ClosingSlip.read(texts_of(given_out)[SLIP])
    accounts = Record.from_body(slip.close.body).decided["accounts"]
    texts = json.dumps([replace(slip, index=index).text() for index in range(2 * accounts + 1)])
    browser.open(ADDRESS)
    expected = ["holds" if index == slip.index else "does-not-hold" for index in range(2 * accounts + 1)]
    assert expected == browser.run(f"({CODES.replace('{wall}', 'null')})({texts})")


def test_a_receipt_is_told_in_plain_words(browser: Browser, given_out: Path) -> None:
    """The kind, the day and the points stand there in Chinese, and in English when that is asked for."""
    held = texts_of(given_out)[RECEIPT]
    record, head = Record.from_body(Proof.read(held).body), Proof.read(held).checkpoint
    points = record.entries[0].amount
    open_with(browser, held)
    shown = facts(browser)
    assert (VILLAGE, "加分", record.on) == (shown["村"], shown["事由"], shown["日期"])
    assert (f"{record.seq:,}", f"{head.size:,}", head.short) == (shown["记录号"], shown["总笔数"], shown["校验码"])
    assert f"+{points}（最小单位）" == shown["变动"]
    open_with(browser, held, decimals="1", lang="en")
    shown = facts(browser)
    assert ("award", record.on) == (shown["Act"], shown["Day"])
    assert f"+{points / 10:g} points" == shown["Moved"]
    browser.run("parts.language.click()")
    browser.run("check()")
    assert ("告知单自身成立，请再与公示栏比对", "加分") == (verdict(browser)[1], facts(browser)["事由"])


def test_a_closing_slip_is_told_in_plain_words(browser: Browser, given_out: Path) -> None:
    """The month and the points stand there, and that both proofs hold."""
    held = texts_of(given_out)[SLIP]
    slip = ClosingSlip.read(held)
    open_with(browser, held, decimals="0")
    shown = facts(browser)
    assert (slip.balance.period, f"{slip.balance.closing} 分") == (shown["月份"], shown["期末积分"])
    assert "结存在结账之中，结账在账本之中" == shown["两项证明"]


def test_what_is_typed_from_the_wall_is_compared(browser: Browser, given_out: Path) -> None:
    """It fits in groups, in capitals, in full-width signs or as the whole line; another digit or size is told."""
    held = texts_of(given_out)[RECEIPT]
    head = Proof.read(held).checkpoint
    digits = head.root.hex()[:32]
    other = ("0" if digits[0] != "0" else "1") + digits[1:]
    full_width = "".join(chr(ord(sign) + 0xFEE0) for sign in digits)
    size = str(head.size)
    for typed, expected in (
        ({}, ("alone", "告知单自身成立，请再与公示栏比对")),
        ({"size": size, "digits": head.short}, ("holds", "成立，与公示一致")),
        ({"size": size, "digits": digits.upper()}, ("holds", "成立，与公示一致")),
        ({"size": size, "digits": full_width}, ("holds", "成立，与公示一致")),
        ({"digits": f"2026-04-17 {size} {head.short}"}, ("holds", "成立，与公示一致")),
        ({"digits": f"抄写用：2026-04-17 {size} {head.short}"}, ("holds", "成立，与公示一致")),
        ({"size": size, "digits": head.root.hex()}, ("holds", "成立，与公示一致")),
        ({"size": size, "digits": other}, ("differs", "与公示不一致")),
        ({"size": str(head.size - 1), "digits": digits}, ("not-compared", "告知单自身成立，但未能比对")),
        ({"size": size, "digits": digits[:31]}, ("typing", "告知单自身成立，公示内容还没填全")),
        ({"digits": digits}, ("typing", "告知单自身成立，公示内容还没填全")),
        ({"size": size, "digits": "没有"}, ("typing", "告知单自身成立，公示内容还没填全")),
        ({"size": size, "digits": f"{size} {head.short}"}, ("holds", "成立，与公示一致")),
        ({"size": size, "digits": f"2026-04-17 {size} {head.short}"}, ("holds", "成立，与公示一致")),
        (
            {"size": str(head.size + 1), "digits": f"{size} {head.short}"},
            ("typing", "告知单自身成立，公示内容还没填全"),
        ),
        ({"size": size, "digits": f"{size}{digits}"}, ("typing", "告知单自身成立，公示内容还没填全")),
    ):
        open_with(browser, held, **typed)
        assert expected == verdict(browser), typed


def test_digits_alone_are_no_number_of_records(browser: Browser) -> None:
    """A root whose first eight digits are all decimal is not read as a line that begins with a number."""
    told = {"seq": 1, "village": VILLAGE, "kind": "award", "on": "2026-04-17", "entries": []}
    bodies = (json.dumps(told | {"number": number}).encode() for number in range(10_000))
    held = next(body for body in bodies if merkle.leaf_hash(body).hex()[:8].isdecimal())
    digits = merkle.leaf_hash(held).hex()[:32]
    open_with(browser, proof_of(held), size="1", digits=" ".join(digits[at : at + 8] for at in range(0, 32, 8)))
    assert "holds" == verdict(browser)[0]


def test_a_checkpoint_proves_no_record(browser: Browser, given_out: Path) -> None:
    """Its digits on the wall say that it is the same book, and that nothing printed beside its code was checked."""
    held = texts_of(given_out)[CHECKPOINT]
    head = head_of(held)
    open_with(browser, held, size=str(head.size), digits=head.short)
    assert ("same-book", "与公示栏是同一本账") == verdict(browser)
    assert "look" == browser.run("parts.verdict.className")
    assert "没有核验任何一笔记录或结存" in browser.run("parts.more.textContent")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [360, 1200])
def test_it_fits_a_phone(browser: Browser, given_out: Path, lang: str, width: int) -> None:
    """Nothing sticks out of the screen, in either language, whatever is shown."""
    browser.size(width, 740)
    for held in (*texts_of(given_out).values(), "a picture", ""):
        open_with(browser, held, lang=lang, size="1", digits="a" * 64)
        assert width >= browser.run("document.documentElement.scrollWidth")
    assert {"zh": "核验告知单", "en": "Check a slip"}[lang] == browser.run("document.title")


def test_signatures_are_checked_with_a_key(browser: Browser, given_out: Path) -> None:
    """With the village's key its signature holds, with a witness's the cosignature, with another's none does."""
    held, key = texts_of(given_out)[SIGNED_CHECKPOINT], (given_out / KEY).read_text(encoding="utf-8")
    open_with(browser, held)
    assert "nanyu：未核验" == facts(browser)["签名"]
    open_with(browser, held, key=key)
    assert "nanyu：签名有效" == facts(browser)["签名"]
    open_with(browser, texts_of(given_out)[SIGNED_RECEIPT], key=key)
    assert "nanyu：签名有效" == facts(browser)["签名"]
    open_with(browser, held, key=SigningKey.generate("nanyu").verifier.text())
    assert "nanyu：没有有效签名，或此后被改动" == facts(browser)["签名"]
    open_with(browser, held, key=key[:-1])
    assert "公钥无法识别" == facts(browser)["签名"]
    township, note = SigningKey.generate("township", witness=True), SignedNote.read(held)
    cosigned = SignedNote(note.text, (*note.signatures, township.sign(note.text, at=1_776_000_000))).note()
    open_with(browser, cosigned, key=township.verifier.text())
    assert "township：签名有效" == facts(browser)["签名"]
    size = head_of(held).size
    open_with(browser, cosigned.replace(f"\n{size}\n", f"\n{size + 1}\n"), key=township.verifier.text())
    assert "township：没有有效签名，或此后被改动" == facts(browser)["签名"]


@pytest.fixture
def blank(browser: Browser) -> Browser:
    """Return the browser with the page open and nothing in it."""
    browser.open(ADDRESS)
    return browser


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from([VILLAGE, 1, 1.0, "<b>x</b>"]),
    lambda held: st.lists(held, max_size=3) | st.dictionaries(st.text(max_size=3), held, max_size=3),
    max_leaves=5,
)
NAMES = ("kind", "on", "entries", "said", "decided", "recorded_at")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, values)) | values)
def test_no_body_is_too_strange(blank: Browser, data: Any) -> None:  # noqa: ANN401 - any JSON
    """Whatever JSON a sound proof is of, the page has a verdict, and makes no element of it."""
    if isinstance(data, dict):
        data = {"seq": 1, "village": VILLAGE, "kind": "award", "on": "2026-03-02", "entries": []} | data
    held = proof_of(json.dumps(data).encode())
    blank.run(f"parts.text.value = {json.dumps(held)}; check()")
    assert verdict(blank)[0] in {"alone", "does-not-hold"}
    assert blank.run("[...parts.facts.querySelectorAll('*')].every(one => ['DT', 'DD'].includes(one.tagName))")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(leaf=LEAVES)
@example(leaf=leaf_of({}))
@example(leaf=leaf_of({}, spaced=True))
def test_no_leaf_is_too_strange(blank: Browser, tmp_path: Path, leaf: bytes) -> None:
    """Whatever the leaf of a closing balance is, the page's verdict is the library's."""
    path = tmp_path / "strange"
    path.write_bytes(slip_of(leaf).encode())
    blank.run(f"parts.text.value = {json.dumps(slip_of(leaf))}; check()")
    event(verify(path).code)
    assert verdict(blank)[0] == {"holds": "alone"}.get(verify(path).code, verify(path).code)


@pytest.mark.parametrize("text", UNPRINTABLE_TEXTS)
def test_what_a_slip_brings_along_is_no_line_of_the_page(browser: Browser, text: str) -> None:
    """A slip with a line feed or the like in what is shown does not hold; what else it holds stays one line."""
    for name, held in lying(text).items():
        open_with(browser, held, lang="en")
        assert "does-not-hold" == verdict(browser)[0], name
        assert "cannot be printed" in browser.run("parts.more.textContent"), name
    for account in (text, [text, text]):
        open_with(browser, proof_of(replace(record_by("award"), said={"account": account}).body()))
        assert ("alone", 1) == (verdict(browser)[0], len(facts(browser)["账户编号"].splitlines()))


@pytest.mark.parametrize(("moved", "en", "zh"), [(9, [], []), (40, ["and 31 more"], ["另有 31 项"])])
def test_movements_that_are_not_shown_are_counted(browser: Browser, moved: int, en: list[str], zh: list[str]) -> None:
    """Nine are listed, and a line below them says how many more there are."""
    held = proof_of(record_by("award", moved=moved).body())
    open_with(browser, held)
    assert ["+5（最小单位）"] * 9 + zh == facts(browser)["变动"].split("\n")
    open_with(browser, held, lang="en")
    assert ["+5 (smallest unit)"] * 9 + en == facts(browser)["Moved"].split("\n")


def test_what_a_slip_says_is_text_and_nothing_else(browser: Browser) -> None:
    """A record that holds markup is shown with it, and no part of it becomes an element or runs."""
    markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    told = {"seq": 1, "village": VILLAGE, "kind": markup, "on": markup, "entries": [], "said": {"account": markup}}
    open_with(browser, proof_of(json.dumps(told).encode()))
    shown = facts(browser)
    assert [markup] * 3 == [shown[name] for name in ("事由", "日期", "账户编号")]
    assert (0, "核验告知单") == (browser.run("document.images.length"), browser.run("document.title"))


@pytest.mark.parametrize("held", ["hello", "SQLite format 3\0", "<html>", "{}", '{"by":', "older 3\n"])
def test_what_is_none_of_ours_is_told(browser: Browser, held: str) -> None:
    """A text of another kind is none of ours, and nothing is said of any book."""
    open_with(browser, held)
    assert ("not-ours", "不是本系统的告知单") == verdict(browser)
    assert browser.run("parts.result.hidden")


@pytest.mark.parametrize("held", ["old 3\n", '{"after":0,"format":"x"}\n'])
def test_what_a_computer_has_to_check_is_told(browser: Browser, held: str) -> None:
    """A proof of growth and a hand-in are ours, and no slip: the page says what reads them."""
    open_with(browser, held)
    assert ("elsewhere", "请在电脑上核验") == verdict(browser)


def test_nothing_given_is_no_verdict(browser: Browser) -> None:
    """An empty page says that there is nothing to check, and shows no verdict."""
    browser.open(ADDRESS)
    browser.run("check()")
    assert (("", ""), "还没有可核验的内容。") == (verdict(browser), browser.run("parts.note.textContent"))


def choose(browser: Browser, path: Path) -> None:
    """Choose a file, as somebody does with the button."""
    found = browser.tell("Runtime.evaluate", expression="parts.file")["result"]["objectId"]
    browser.tell("DOM.setFileInputFiles", files=[str(path)], objectId=found)
    browser.run("opened(parts.file.files[0])")


def test_a_file_is_opened(browser: Browser, given_out: Path, tmp_path: Path) -> None:
    """A receipt's file, its slip as a page, and one of Windows' line ends are checked; a binary one is not ours."""
    held = texts_of(given_out)[RECEIPT]
    page, windows, binary = tmp_path / "slip.html", tmp_path / "windows.tlog-proof", tmp_path / "book.db"
    page.write_text(receipt_slip(Proof.read(held)), encoding="utf-8")
    windows.write_bytes(held.replace("\n", "\r\n").encode())
    binary.write_bytes(bytes(range(256)) * 100)
    for path, expected in ((given_out / RECEIPT, "alone"), (page, "alone"), (windows, "alone"), (binary, "not-ours")):
        browser.open(ADDRESS)
        choose(browser, path)
        assert expected == verdict(browser)[0], path.name


def test_a_code_is_scanned_where_the_browser_can(browser: Browser, given_out: Path, tmp_path: Path) -> None:
    """Where codes cannot be read that is said; where they can, a photo and the camera bring the slip onto the page."""
    photo = tmp_path / "photo.png"
    photo.write_bytes(browser.picture())
    browser.open(ADDRESS)
    browser.run("delete globalThis.BarcodeDetector")
    browser.run("scan()")
    assert "此浏览器不能识别二维码" in browser.run("parts.note.textContent")
    reads = "globalThis.BarcodeDetector = class {{ async detect() {{ return {found}; }} }}"
    browser.run(reads.format(found="[]"))
    choose(browser, photo)
    assert "图片中没有找到二维码。" == browser.run("parts.note.textContent")
    held = texts_of(given_out)[RECEIPT]
    browser.run(reads.format(found=f"[{{rawValue: {json.dumps(held)}}}]"))
    choose(browser, photo)
    assert "alone" == verdict(browser)[0]
    browser.open(ADDRESS)
    browser.run(reads.format(found=f"[{{rawValue: {json.dumps(held)}}}]"))
    browser.run("navigator.mediaDevices.getUserMedia = async () => { throw new Error('refused') }")
    browser.run("scan()")
    assert "无法打开摄像头。" == browser.run("parts.note.textContent")
    drawn = "async () => Object.assign(document.createElement('canvas'), {width: 9, height: 9}).captureStream(9)"
    browser.run(f"navigator.mediaDevices.getUserMedia = {drawn}")
    browser.run("HTMLMediaElement.prototype.play = async () => {}")
    browser.run("scan()")
    assert ("alone", True) == (verdict(browser)[0], browser.run("parts.camera.hidden && stream === null"))


def test_a_verdict_is_not_left_standing(browser: Browser, given_out: Path, tmp_path: Path) -> None:
    """When the next slip cannot be read, nothing of the last one is shown beside the word of that."""
    held, photo, long = texts_of(given_out)[RECEIPT], tmp_path / "photo.png", tmp_path / "long.jsonl"
    photo.write_bytes(b"no picture")
    long.write_bytes(b" " * ((8 << 20) + 1))
    for begin, said in (
        (lambda: choose(browser, photo), "文件无法读取。"),
        (lambda: choose(browser, long), "文件过大"),
        (lambda: browser.run("scan()"), "此浏览器不能识别二维码"),
    ):
        browser.run("delete globalThis.BarcodeDetector")
        open_with(browser, held)
        assert "alone" == verdict(browser)[0]
        begin()
        assert said in browser.run("parts.note.textContent")
        assert browser.run("parts.verdict.hidden && parts.result.hidden && parts.text.value === ''")


def test_a_browser_that_cannot_hash_says_so(browser: Browser, given_out: Path) -> None:
    """Where the browser has no SHA-256 for the page, it says that nothing was checked, and shows no verdict."""
    gone = "Object.defineProperty(Crypto.prototype, 'subtle', {get: () => undefined})"
    added = browser.tell("Page.addScriptToEvaluateOnNewDocument", source=gone)["identifier"]
    try:
        open_with(browser, texts_of(given_out)[RECEIPT])
        assert ("", "") == verdict(browser)
        assert "未作任何核验" in browser.run("parts.note.textContent")
    finally:
        browser.tell("Page.removeScriptToEvaluateOnNewDocument", identifier=added)
