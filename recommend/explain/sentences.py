"""Reasons in plain sentences, for a page to show as they are."""

from __future__ import annotations

from recommend.explain.reason_paths import Reason, ReasonKind

_MOMENTS = {
    "daypart": {"night": "at night"},
    "season": {},
    "weather": {"rain": "when it rains"},
    "place": {"home": "at home"},
    "occasion": {},
}
_USUALLY = {
    "daypart": "in the {value}",
    "season": "in {value}",
    "weather": "when it is {value}",
    "place": "in a place such as {value}",
    "occasion": "for {value}",
}


def sentence(reason: Reason) -> str:
    """Return a reason as a sentence."""
    had = f"the {reason.path[0][1]} you {reason.verb}"
    named = " and ".join(_lower(name) for name in reason.names)
    match reason.kind:
        case ReasonKind.SHARED_INGREDIENT:
            return f"Shares {named} with {had}."
        case ReasonKind.SHARED_FLAVOR:
            flavors = "flavors" if len(reason.names) > 1 else "flavor"
            return f"Shares the {flavors} {named} with {had}."
        case ReasonKind.SHARED_STYLE:
            return f"Is of the style {named}, like {had}."
        case ReasonKind.PEOPLE_ALIKE:
            return f"Other people who had {reason.path[0][1]} had it too."
        case ReasonKind.LIKED_INGREDIENT:
            return f"Has {_liked(reason)}."
        case ReasonKind.LIKED_FLAVOR:
            return f"Has the flavor {_liked(reason)}."
        case ReasonKind.LIKED_STYLE:
            return f"Is of the style {_liked(reason)}."
        case ReasonKind.CONTEXT:
            return f"{_upper(named)} is wanted more {_moment(reason.verb)}."
        case ReasonKind.TRENDING:
            return "More people than usual want it now."
        case ReasonKind.POPULAR:
            return "Is one of the drinks that many people like."


def _liked(reason: Reason) -> str:
    if len(reason.names) == 1:
        return f"{_lower(reason.names[0])}, which you like"
    return f"{_lower(reason.names[0])}, and you like {_lower(reason.names[1])}"


def _moment(said: str) -> str:
    field, _, value = said.partition(":")
    return _MOMENTS[field].get(value) or _USUALLY[field].format(value=value)


def _lower(name: str) -> str:
    """Return a name as written within a sentence."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _upper(name: str) -> str:
    return name[:1].upper() + name[1:]
