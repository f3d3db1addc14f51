"""What a token says is kept while it is valid, and no longer."""

from pathlib import Path

import pytest

from service.http import auth
from service.http.auth import Claims, LocalKey, TokenRefused
from service.http.kept_tokens import KeptTokens


def test_a_token_is_kept_until_it_ends() -> None:
    now = 100.0
    kept: KeptTokens[Claims] = KeptTokens(lambda: now)
    claims = Claims("ann", until=160.0)
    assert kept.put("token", claims, "key", "k1") is claims
    found = kept.get("token")
    assert found is not None
    assert (found.said, found.key, found.key_id) == (claims, "key", "k1")
    assert kept.get("token ") is None
    now = 160.0
    assert kept.get("token") is None


async def test_a_signature_is_checked_once_for_each_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    decode = auth.jwt.decode

    def counting(token: str, *args: object, **more: object) -> object:
        checked.append(token)
        return decode(token, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(auth.jwt, "decode", counting)
    key = LocalKey(tmp_path / "key")
    token = key.issue("ann", operator=True)
    first, second = await key.verify(token), await key.verify(token)
    assert first == second
    assert first.operator
    assert checked == [token]
    for forged in (token[:-4] + "AAAA", token.replace(".", "..", 1), token + "\ud800"):
        with pytest.raises(TokenRefused):
            await key.verify(forged)
