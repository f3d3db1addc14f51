"""What a setting is, and the error of a wrong one."""

from __future__ import annotations

from dataclasses import dataclass

from graph.errors import TastegraphError


class SettingInvalid(TastegraphError):
    """A setting has an invalid value."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; a secret may also be given as NAME_FILE, the path of a file that contains it.

    Neither a secret nor what is `hidden` is ever shown.
    """

    name: str
    default: str
    meaning: str
    secret: bool = False
    hidden: bool = False
