"""Who changes the catalogue: a name that is given, or else the login name."""

from __future__ import annotations

import getpass

import pytest

from service.settings import SettingInvalid, read_settings


def test_a_given_name_counts() -> None:
    assert read_settings({"TASTEGRAPH_OPERATOR": " Anna B. "}).operator == "Anna B."


def test_else_it_is_the_login_name() -> None:
    assert read_settings({}).operator == getpass.getuser()


def test_a_user_without_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert read_settings({}).operator == "unknown"


@pytest.mark.parametrize("name", ["x" * 201, "two\nlines"])
def test_a_name_that_cannot_be_kept_is_refused(name: str) -> None:
    with pytest.raises(SettingInvalid, match="TASTEGRAPH_OPERATOR"):
        read_settings({"TASTEGRAPH_OPERATOR": name})
