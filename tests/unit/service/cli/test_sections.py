"""The command line as a whole: its story, JSON from every command, quick starts, completion."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from service.cli.commands.completion import PROGRAM, SHELLS
from service.cli.main import tastegraph
from service.cli.sections import ENTRIES
from tests.support.pages import ROOT
from tests.unit.docs.test_reference import COMMANDS, page

TALKS = {
    "tastegraph serve": "it ends when it is told to",
    "tastegraph stream run": "it goes on until it is told to end",
    "tastegraph review walk": "it asks a person",
    "tastegraph completion": "it prints a script",
    "tastegraph privacy export": "it is JSON always",
    "tastegraph privacy master-key": "it is JSON always",
}
HEAVY = ("deltalake", "neo4j", "numpy", "networkx", "pyarrow", "strawberry", "torch")
LIGHT = "import sys, service.cli.main; print([m for m in {heavy} if m in sys.modules])"


@pytest.mark.parametrize("name", ENTRIES)
def test_the_story_tells_what_a_command_says_of_itself(name: str) -> None:
    command = tastegraph.get_command(click.Context(tastegraph), name)
    assert command and command.get_short_help_str(200).rstrip(".") == ENTRIES[name].summary.rstrip(
        "."
    )


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - set(TALKS)))
def test_every_command_prints_json_if_asked(name: str) -> None:
    options = {param.opts[0] for param in COMMANDS[name].params}
    assert "--json" in options


def test_those_that_do_not_are_named() -> None:
    said = page("commands.md").split("## Exit statuses")[0]
    for name in TALKS:
        assert f"`{name.removeprefix('tastegraph ')}`" in said
        assert "--json" not in {param.opts[0] for param in COMMANDS[name].params}


def test_the_help_tells_all_and_loads_nothing_heavy() -> None:
    said = CliRunner().invoke(tastegraph, ["--help"])
    assert said.exit_code == 0
    assert all(f"  {name} " in said.stdout for name in ENTRIES)
    done = subprocess.run(
        [sys.executable, "-c", LIGHT.format(heavy=HEAVY)], capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize(
    ("words", "begun", "expected"),
    [
        ([], "re", {"resolve", "review", "recall", "retrain", "report"}),
        ([], "--h", {"--help"}),
        (["models"], "pr", {"promote", "prune"}),
        (["query"], "sales_by_m", {"sales_by_month"}),
        (["recall", "--status"], "", {"contains", "may_contain"}),
        (["completion"], "", set(SHELLS)),
    ],
)
def test_words_are_completed(words: list[str], begun: str, expected: set[str]) -> None:
    complete = BashComplete(tastegraph, {}, PROGRAM, "_TASTEGRAPH_COMPLETE")
    assert {completion.value for completion in complete.get_completions(words, begun)} == expected


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_a_script_is_printed_for_each_shell(shell: str) -> None:
    said = CliRunner().invoke(tastegraph, ["completion", shell])
    assert said.exit_code == 0 and f"_TASTEGRAPH_COMPLETE={shell}_complete" in said.stdout


def test_a_real_bash_completes(tmp_path: Path) -> None:
    program = tmp_path / "tastegraph"
    program.write_text(
        f"#!{sys.executable}\nfrom service.cli.main import main\nmain()\n", encoding="utf-8"
    )
    program.chmod(0o700)
    script = (
        'eval "$(tastegraph completion bash)"; complete -p tastegraph; '
        "COMP_WORDS=(tastegraph recal) COMP_CWORD=1; _tastegraph_completion tastegraph; "
        'echo "found: ${COMPREPLY[*]}"'
    )
    root = ROOT
    done = subprocess.run(
        ["/bin/bash", "--norc", "-c", script],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert "found: recall" in done.stdout.splitlines(), done.stderr
    assert done.stdout.startswith("complete ") and done.stderr == ""
