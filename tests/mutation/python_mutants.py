"""Mutants of a Python module: each changes one operator, constant or condition."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}
NAMES = {
    "all": "any",
    "any": "all",
    "max": "min",
    "ones": "zeros",
    "zeros": "ones",
    "zeros_like": "ones_like",
    "maximum": "minimum",
    "isdisjoint": "issubset",
}


@dataclass(frozen=True)
class Mutant:
    """A changed text, and how it differs: the line as it was, and the change."""

    line: str
    change: str
    text: str

    def __str__(self) -> str:
        """Return what a person reads in a report."""
        return f"{self.line}: {self.change}"


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module's source."""
    lines = source.splitlines()
    seen = {ast.unparse(ast.parse(source))}
    for place, original in enumerate(ast.walk(ast.parse(source))):
        for change in _CHANGES:
            if not change(copy.deepcopy(original)):
                continue
            tree = ast.parse(source)
            node = list(ast.walk(tree))[place]
            said, text = change(node), ast.unparse(tree)
            if text not in seen:
                seen.add(text)
                yield Mutant(lines[getattr(node, "lineno", 1) - 1].strip(), said, text)


def loaded(mutant: Mutant, like: ModuleType) -> ModuleType:
    """Return the mutant as a module of its own."""
    module = ModuleType(like.__name__)
    module.__file__ = like.__file__
    exec(compile(mutant.text, f"mutant of {like.__name__}", "exec"), module.__dict__)
    return module


def _change_comparison(node: ast.AST) -> str:
    if not isinstance(node, ast.Compare) or type(node.ops[0]) not in OPERATORS:
        return ""
    before = type(node.ops[0])
    after = OPERATORS[before]
    node.ops[0] = after()  # type: ignore[call-overload]
    return f"{before.__name__} -> {after.__name__}"


def _change_operator(node: ast.AST) -> str:
    if not isinstance(node, (ast.BoolOp, ast.BinOp, ast.AugAssign)):
        return ""
    before = type(node.op)
    if before not in OPERATORS or _is_annotation(node):
        return ""
    after = OPERATORS[before]
    node.op = after()  # type: ignore[assignment]
    return f"{before.__name__} -> {after.__name__}"


def _is_annotation(node: ast.AST) -> bool:
    # `int | None` in an annotation is no operator of the rule
    if isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant):
        return node.right.value is None
    names = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
    return bool(names) and names <= {"float", "str", "int", "Diet", "Ingredient", "Drink"}


def _drop_negation(node: ast.AST) -> str:
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.UnaryOp) and isinstance(value.op, (ast.Not, ast.Invert)):
            setattr(node, field, value.operand)
            return f"no {type(value.op).__name__}"
    return ""


def _change_constant(node: ast.AST) -> str:
    if not isinstance(node, ast.Constant):
        return ""
    before = node.value
    if isinstance(before, bool):
        node.value = not before
    elif isinstance(before, int):
        node.value = before + 1
    else:
        return ""
    return f"{before!r} -> {node.value!r}"


def _change_name(node: ast.AST) -> str:
    if isinstance(node, ast.Name) and node.id in NAMES:
        before, node.id = node.id, NAMES[node.id]
    elif isinstance(node, ast.Attribute) and node.attr in NAMES:
        before, node.attr = node.attr, NAMES[node.attr]
    else:
        return ""
    return f"{before} -> {NAMES[before]}"


def _drop_condition(node: ast.AST) -> str:
    if isinstance(node, ast.comprehension) and node.ifs:
        node.ifs = []
        return "no condition in a comprehension"
    return ""


def _negate_condition(node: ast.AST) -> str:
    if isinstance(node, (ast.If, ast.IfExp, ast.While)):
        node.test = ast.UnaryOp(ast.Not(), node.test)
        return "condition negated"
    return ""


def _never(node: ast.AST) -> str:
    if isinstance(node, ast.If):
        node.test = ast.Constant(False)
        return "condition never holds"
    return ""


_CHANGES: tuple[Callable[[ast.AST], str], ...] = (
    _change_comparison,
    _change_operator,
    _drop_negation,
    _change_constant,
    _change_name,
    _drop_condition,
    _negate_condition,
    _never,
)
