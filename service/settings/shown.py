"""The settings as an admin sees them: what is set, and no secret."""

from __future__ import annotations

from collections.abc import Mapping

from gql.request.shown_setting import ShownSetting
from service.settings.names import SETTINGS


def shown_settings(environment: Mapping[str, str]) -> tuple[ShownSetting, ...]:
    """Return every setting; the value of a secret, and of one that holds keys, is left out."""
    return tuple(
        ShownSetting(
            setting.name,
            None if setting.secret or setting.hidden else environment.get(setting.name) or None,
            setting.default,
            setting.meaning,
            bool(environment.get(setting.name) or environment.get(f"{setting.name}_FILE")),
            setting.secret or setting.hidden,
        )
        for setting in SETTINGS
    )
