"""The layers: a module imports its own layer and those below, never one above.

Worked example: ``rules/lots.py`` is a rule and ``decisions/state.py`` a decision, so ``state`` may import ``lots``; an
import the other way fails here and names both modules, their layers and the line. Imports are read from the source with
``ast``, so one inside a function, behind ``if TYPE_CHECKING:`` or by ``importlib.import_module`` counts too.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# From the lowest layer to the highest. A sub-package is one name. EDIT HERE when a module comes or goes.
LAYERS: dict[str, frozenset[str]] = {
    "values": frozenset({"errors", "release", "values"}),
    "rules": frozenset({"rules"}),
    "decisions": frozenset({"decisions"}),
    "storage": frozenset({"storage"}),
    "ledger": frozenset(
        {
            "acts",
            "evidence",
            "evidence_audit",
            "exchanges",
            "exported_heads",
            "audit",
            "auditing",
            "balance_secrets",
            "base_runs",
            "batches",
            "book",
            "bound",
            "checkpoints",
            "call_backs",
            "copies",
            "corrections",
            "deeds",
            "differences",
            "exports",
            "finding_list",
            "findings",
            "funds",
            "hand_ins",
            "integrity",
            "inspection",
            "irregular",
            "ground_audit",
            "ledger",
            "lot_audit",
            "meanings",
            "open_batch",
            "opening_audit",
            "period_audit",
            "remark_audit",
            "persons",
            "profile_audit",
            "purging",
            "page",
            "audit_page",
            "posting",
            "questions",
            "receipts",
            "repeats",
            "recoveries",
            "reports",
            "runs",
            "sheets",
            "shops",
            "signatures",
            "signing",
            "slips",
            "verifying",
            "stores",
            "township_copies",
            "undoings",
            "witness",
        }
    ),
    "faces": frozenset({"cli", "sample", "testing"}),
}

# Packages that only these modules may import: a sub-package with all in it, or one of its modules.
RESERVED: dict[str, frozenset[str]] = {
    "cryptography": frozenset({"signing"}),
    "segno": frozenset({"slips"}),
    "dateutil": frozenset({"values.calendar"}),
    "hypothesis": frozenset({"testing"}),
    "pytest": frozenset({"testing"}),
    "rich": frozenset({"cli"}),
    "sqlalchemy": frozenset({"storage"}),
    "sqlite3": frozenset({"storage"}),
    "sqlmodel": frozenset({"storage"}),
    "typer": frozenset({"cli"}),
    "zoneinfo": frozenset({"values.calendar"}),
}

ORDER = list(LAYERS)
LAYER_OF = {module: layer for layer, modules in LAYERS.items() for module in modules}

# `pointsledger/__init__.py` hands out names of every layer, so nothing but a face may import from it.
PACKAGE = ""
LAYER_OF[PACKAGE] = ORDER[-1]


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name, and where it stands."""

    path: str
    line: int
    target: str


def module_of(path: str) -> str:
    """Return the module or sub-package that a file belongs to: ``storage`` for ``pointsledger/storage/tables.py``."""
    name = path.split("/")[1].removesuffix(".py")
    return PACKAGE if name == "__init__" else name


def rooms_of(path: str) -> set[str]:
    """Return what a file may be called as a room: ``storage`` and ``storage.tables`` for one of that sub-package."""
    dotted = path.removeprefix("pointsledger/").removesuffix(".py").replace("/", ".")
    return {module_of(path), dotted}


def imports_of(path: str, text: str) -> Iterator[Import]:
    """Yield every import in a file, as the dotted name of what is imported."""
    package = path.split("/")[:-1]
    for node in ast.walk(ast.parse(text, path)):
        for target in targets_of(node, package):
            yield Import(path, getattr(node, "lineno", 0), target)


def targets_of(node: ast.AST, package: list[str]) -> list[str]:
    """Return the dotted names that one statement or call imports; relative ones are made absolute."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=module, names=names, level=level):
            start = package[: len(package) - level + 1] if level else []
            source = ".".join([*start, *([module] if module else [])])
            return [f"{source}.{alias.name}" for alias in names]
        case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]):
            called = ast.unparse(func).rsplit(".", 1)[-1]
            absolute = f"pointsledger{name}" if name.startswith(".") else name
            return [absolute] if called in {"import_module", "__import__"} else []
        case _:
            return []


def own_module(target: str, modules: set[str]) -> str | None:
    """Return which module of ours an imported name lies in, or None where it is somebody else's."""
    parts = target.split(".")
    if parts[0] != "pointsledger":
        return None
    return parts[1] if len(parts) > 1 and parts[1] in modules else PACKAGE


def package_imports(python_files: dict[str, str]) -> list[Import]:
    """Return every import of every module in the package."""
    ours = {path: text for path, text in python_files.items() if path.startswith("pointsledger/")}
    return [found for path, text in ours.items() for found in imports_of(path, text)]


def modules_in(python_files: dict[str, str]) -> set[str]:
    """Return the names of the modules and sub-packages that exist."""
    return {module_of(path) for path in python_files if path.startswith("pointsledger/")}


def test_every_module_has_its_layer(python_files: dict[str, str]) -> None:
    """Each module of the package stands in the table of layers."""
    missing = sorted(modules_in(python_files) - set(LAYER_OF))
    assert [] == missing, f"add {missing} to its layer in LAYERS, at the top of tests/house/test_layers.py"


def test_the_table_names_only_what_exists(python_files: dict[str, str]) -> None:
    """The table of layers and that of rooms name no module that is gone or not yet written."""
    rooms = {room for rooms in RESERVED.values() for room in rooms}
    there = {room for path in python_files if path.startswith("pointsledger/") for room in rooms_of(path)}
    gone = sorted((set(LAYER_OF) | rooms) - there - {PACKAGE})
    assert [] == gone, f"take {gone} out of LAYERS and RESERVED, at the top of tests/house/test_layers.py"


def test_every_room_is_used(python_files: dict[str, str]) -> None:
    """A package has a room of its own only in modules that import it."""
    imports = package_imports(python_files)
    used = {(found.target.split(".")[0], room) for found in imports for room in rooms_of(found.path)}
    assert [] == sorted({(package, room) for package, rooms in RESERVED.items() for room in rooms} - used)


def test_each_module_stands_in_one_layer() -> None:
    """No module is named in two layers."""
    named = sorted(module for modules in LAYERS.values() for module in modules)
    assert sorted(set(named)) == named


def test_imports_point_down(python_files: dict[str, str]) -> None:
    """A module imports only from its own layer and the layers below."""
    modules = modules_in(python_files)
    faults = []
    for found in package_imports(python_files):
        module = module_of(found.path)
        target = own_module(found.target, modules)
        if module == PACKAGE or module not in LAYER_OF or target not in LAYER_OF:
            continue
        layer, above = LAYER_OF[module], LAYER_OF[target]
        if ORDER.index(above) > ORDER.index(layer):
            what = target or "the package itself"
            faults.append(f"{found.path}:{found.line}: {module} ({layer}) imports {what} ({above}), a layer above")
    assert [] == faults


def test_outside_packages_stay_in_their_rooms(python_files: dict[str, str]) -> None:
    """Each package from outside that has a room of its own is imported nowhere else."""
    faults = []
    for found in package_imports(python_files):
        rooms = RESERVED.get(found.target.split(".")[0])
        if rooms is not None and rooms.isdisjoint(rooms_of(found.path)):
            faults.append(f"{found.path}:{found.line}: imports {found.target}, which is for {sorted(rooms)} alone")
    assert [] == faults
