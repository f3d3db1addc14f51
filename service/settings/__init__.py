"""Settings: a table of name, default and meaning, read from the environment once."""

from service.settings.names import SETTINGS
from service.settings.reading import Settings, read_settings
from service.settings.setting import Setting, SettingInvalid
from service.settings.values import Windows, is_loopback

__all__ = [
    "SETTINGS",
    "Setting",
    "SettingInvalid",
    "Settings",
    "Windows",
    "is_loopback",
    "read_settings",
]
