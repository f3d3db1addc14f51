"""Tokens: only what was signed for us, by whom we trust, and for now."""

import asyncio
import base64
import contextlib
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

import service.http.published_keys as published
from gql.request.policy import Role
from graph.secret_files import kept_secret
from service.http.auth import KeySet, KeyUnusable, LocalKey, TokenRefused
from service.http.published_keys import KeysAway

ISSUER, AUDIENCE = "https://id.example", "tastegraph"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())


class Provider:
    """An identity provider's key set, on loopback."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = []
        self.body: bytes | None = None
        self.status = 200
        self.asked = 0
        self.drips = False
        self.called = threading.Event()
        self.ended = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                outer.called.set()
                self.send_response(outer.status)
                self.end_headers()
                body = outer.body or json.dumps({"keys": outer.keys}).encode()
                with contextlib.suppress(OSError):  # the client has had enough
                    while outer.drips and not outer.ended.wait(0.02):
                        self.wfile.write(b" ")
                        self.wfile.flush()
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/keys"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def publish(self, *keys: tuple[str, Any]) -> None:
        self.keys = []
        for name, private in keys:
            algorithm = jwt.algorithms.get_default_algorithms()[
                "RS256" if isinstance(private, rsa.RSAPrivateKey) else "ES256"
            ]
            public: dict[str, Any] = json.loads(algorithm.to_jwk(private.public_key()))
            said = {"alg": "RS256"} if isinstance(private, rsa.RSAPrivateKey) else {}
            self.keys.append({**public, **said, "kid": name, "use": "sig"})

    def close(self) -> None:
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    provider.publish(("rsa", RSA), ("ec", EC))
    yield provider
    provider.close()


@pytest.fixture
async def keys(provider: Provider) -> AsyncIterator[KeySet]:
    keys = KeySet(provider.url, ISSUER, AUDIENCE)
    yield keys
    await keys.close()


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    said = {"sub": "ann", "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 600, **changed}
    return {name: value for name, value in said.items() if value is not None}


def signed(key: Any = RSA, kid: str | None = "rsa", alg: str = "RS256", **changed: Any) -> str:
    headers = {"kid": kid} if kid else {}
    return jwt.encode(claims(**changed), key, algorithm=alg, headers=headers)


def bare(head: str, body: str) -> str:
    """A token of any text at all, that nobody signed."""
    parts = [
        base64.urlsafe_b64encode(segment.encode()).rstrip(b"=").decode() for segment in (head, body)
    ]
    return ".".join((*parts, "AAAA"))


def unsigned(**changed: Any) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'typ': 'JWT', 'kid': 'rsa'})}.{part(claims(**changed))}."


async def test_tokens_of_each_published_key_are_taken(keys: KeySet) -> None:
    assert (await keys.verify(signed())).user_id == "ann"
    assert (await keys.verify(signed(EC, "ec", "ES256", sub="ben"))).user_id == "ben"


def _public_pem() -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _confused() -> str:
    """Signed by HMAC with the public key as the secret, which anybody knows."""
    import hashlib
    import hmac

    head, body, _ = signed().split(".")
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"rsa"}').rstrip(b"=").decode()
    mark = hmac.new(_public_pem(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(signed(exp=int(time.time()) - 60), id="expired"),
        pytest.param(signed(exp=None), id="no exp"),
        pytest.param(signed(exp="soon"), id="exp is text"),
        pytest.param(signed(exp=str(int(time.time()) + 600)), id="exp is a number as text"),
        pytest.param(signed(exp=True), id="exp is true"),
        pytest.param(signed(exp=float("inf")), id="exp has no end"),
        pytest.param(signed(exp=float("nan")), id="exp is not a number"),
        pytest.param(signed(sub="\ud800"), id="half a surrogate pair"),
        pytest.param(signed(sub="a\0b"), id="NUL in sub"),
        pytest.param(signed(sub=7), id="sub is a number"),
        pytest.param(signed(alg="PS256"), id="another algorithm of the key's type"),
        pytest.param(signed(alg="RS512"), id="another digest than the key's"),
        pytest.param(bare('{"alg":"\\ud800","kid":"rsa"}', "{}"), id="alg is not text"),
        pytest.param(bare('{"alg":["RS256"],"kid":"rsa"}', "{}"), id="alg is a list"),
        pytest.param(bare('{"alg":"RS256","kid":{}}', "{}"), id="kid is an object"),
        pytest.param(bare('{"alg":"RS256","crit":["\\ud800"]}', "{}"), id="crit is not text"),
        pytest.param(bare("[" * 10_000, "{}"), id="a header of brackets"),
        pytest.param(signed(deep="x" * 20_000), id="long"),
        pytest.param(signed(sub=None), id="no sub"),
        pytest.param(signed(sub=""), id="empty sub"),
        pytest.param(signed(sub="x" * 201), id="long sub"),
        pytest.param(signed(aud="another"), id="other audience"),
        pytest.param(signed(aud=None), id="no audience"),
        pytest.param(signed(iss="https://evil.example"), id="other issuer"),
        pytest.param(signed(iss=None), id="no issuer"),
        pytest.param(signed(nbf=int(time.time()) + 600), id="not yet"),
        pytest.param(signed(OTHER_RSA), id="another's key under a known name"),
        pytest.param(signed(OTHER_RSA, "other"), id="a key that is not published"),
        pytest.param(signed(EC, "rsa", "ES256"), id="the algorithm of another key"),
        pytest.param(signed(RSA, None), id="no key named among several"),
        pytest.param(signed()[:-6] + "AAAAAA", id="changed signature"),
        pytest.param(unsigned(), id="alg none"),
        pytest.param(_confused(), id="HS256 with the public key"),
        pytest.param("", id="empty"),
        pytest.param("a.b.c", id="not base64"),
        pytest.param("é" * 30, id="not ascii"),
        pytest.param(signed() + ".x", id="too many parts"),
    ],
)
async def test_every_other_token_is_refused(keys: KeySet, token: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        await keys.verify(token)
    str(refused.value).encode()  # it can be answered


async def test_an_end_beyond_all_clocks_is_one_that_can_be_waited_for(keys: KeySet) -> None:
    viewer = await keys.verify(signed(exp=10**300))
    assert time.time() < viewer.until <= 253_402_300_799 + 10


async def test_a_key_that_states_no_algorithm_takes_those_of_its_type(
    provider: Provider, keys: KeySet
) -> None:
    for key in provider.keys:
        key.pop("alg", None)
    for alg in ("RS256", "PS256"):
        assert (await keys.verify(signed(alg=alg))).user_id == "ann"
    with pytest.raises(TokenRefused):
        await keys.verify(signed(EC, "rsa", "ES256"))


async def test_old_keys_answer_while_the_provider_drips(
    provider: Provider, keys: KeySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keys.verify(signed())
    provider.drips = True
    monkeypatch.setattr(published, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(published, "RETRY_PAUSE", 0.0)
    monkeypatch.setattr(published, "FETCH_SECONDS", 0.3)
    for _ in range(20):
        assert (await keys.verify(signed())).user_id == "ann"
    assert provider.asked <= 2  # no verification waited for a fetch
    with pytest.raises(TokenRefused):
        async with asyncio.timeout(20):  # a key that is not there is waited for, but not long
            await keys.verify(signed(OTHER_RSA, "unknown"))


async def test_a_fetch_is_given_up_at_the_end(provider: Provider) -> None:
    keys = KeySet(provider.url, ISSUER, AUDIENCE)
    provider.drips = True
    waiting = asyncio.create_task(keys.verify(signed()))
    assert await asyncio.to_thread(provider.called.wait, 20)
    async with asyncio.timeout(10):
        await keys.close()
        with pytest.raises(KeysAway):
            await waiting


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 200_000, id="brackets"),
        pytest.param(b'{"keys": ' + b"[" * 200_000, id="brackets in a set"),
        pytest.param(b'{"keys": [], "x": "' + b"x" * 600_000 + b'"}', id="too long"),
        pytest.param(b'{"keys": {"kty": "RSA"}}', id="no list"),
        pytest.param(b'{"keys": [{"kty": "RSA", "n": 5, "e": [], "kid": "rsa"}]}', id="numbers"),
        pytest.param(b'{"keys": [{"kty": "oct", "k": "AAAA", "kid": "rsa"}]}', id="a secret"),
        pytest.param(b'{"keys": ["rsa", null, {"kty": {}, "kid": ["rsa"]}]}', id="no keys"),
        pytest.param(b"\xff\xfe", id="not text"),
    ],
)
async def test_a_damaged_key_set_leaves_the_old_keys(
    provider: Provider, keys: KeySet, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keys.verify(signed())
    provider.body = body
    monkeypatch.setattr(published, "RETRY_PAUSE", 0.0)
    with pytest.raises(TokenRefused):
        await keys.verify(signed(OTHER_RSA, "unknown"))
    assert provider.asked == 2
    assert (await keys.verify(signed())).user_id == "ann"


async def test_one_damaged_key_does_not_take_the_others_away(
    provider: Provider, keys: KeySet
) -> None:
    provider.keys.insert(0, {"kty": "RSA", "n": None, "e": "!", "kid": ["x"]})
    assert (await keys.verify(signed())).user_id == "ann"


async def test_a_token_without_a_key_name_is_taken_where_there_is_one_key(
    provider: Provider, keys: KeySet
) -> None:
    provider.publish(("only", RSA))
    assert (await keys.verify(signed(kid=None))).user_id == "ann"


async def test_a_new_key_is_found_and_one_withdrawn_is_no_longer_taken(
    provider: Provider, keys: KeySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keys.verify(signed())
    monkeypatch.setattr(published, "RETRY_PAUSE", 0.0)
    provider.publish(("new", OTHER_RSA))
    assert (await keys.verify(signed(OTHER_RSA, "new"))).user_id == "ann"
    with pytest.raises(TokenRefused, match="does not publish"):
        await keys.verify(signed())


async def test_strangers_cannot_make_us_ask_the_provider_again_and_again(
    provider: Provider, keys: KeySet
) -> None:
    await keys.verify(signed())
    for number in range(20):
        with pytest.raises(TokenRefused):
            await keys.verify(signed(OTHER_RSA, f"made-up-{number}"))
    for token in (unsigned(), _confused(), "a.b.c"):
        with pytest.raises(TokenRefused):
            await keys.verify(token)
    assert provider.asked <= 2


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"keys": []}', b'{"keys": [{"kty": "x"}]}'])
async def test_a_provider_that_answers_nonsense_is_away_not_a_token_refused(
    provider: Provider, keys: KeySet, body: bytes
) -> None:
    provider.body, provider.status = body or b" ", 200 if body else 500
    with pytest.raises(KeysAway):
        await keys.verify(signed())


async def test_while_the_provider_is_away_its_last_keys_stay_good_for_an_hour(
    provider: Provider, keys: KeySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keys.verify(signed())
    provider.status, provider.body = 503, b"away"
    monkeypatch.setattr(published, "FRESH_SECONDS", 0.0)
    assert (await keys.verify(signed())).user_id == "ann"
    monkeypatch.setattr(published, "USABLE_SECONDS", 0.0)
    with pytest.raises(KeysAway):
        await keys.verify(signed())


async def test_our_own_key_takes_its_own_tokens_and_no_other(tmp_path: Path) -> None:
    key = LocalKey(tmp_path / "token.key")
    assert (await key.verify(key.issue("ann"))).user_id == "ann"
    assert (await LocalKey(tmp_path / "token.key").verify(key.issue("ben"))).user_id == "ben"
    other = LocalKey(tmp_path / "other.key")
    now = int(time.time())
    secret = (tmp_path / "token.key").read_text()
    foreign = jwt.encode({"sub": "ann", "exp": now + 60}, secret, algorithm="HS256")
    for token in (other.issue("ann"), key.issue("ann", -60), unsigned(), signed(), foreign):
        with pytest.raises(TokenRefused):
            await key.verify(token)


def test_our_own_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    LocalKey(tmp_path / "keys" / "token.key")
    assert (tmp_path / "keys" / "token.key").stat().st_mode & 0o077 == 0
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["token.key"]


def test_a_key_that_was_never_written_is_made_and_a_short_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "token.key"
    path.touch()
    LocalKey(path)
    assert len(path.read_text()) == 64
    path.write_text("short")
    with pytest.raises(KeyUnusable, match=r"token\.key is too short"):
        LocalKey(path)


def test_many_that_make_a_secret_at_once_get_the_same(tmp_path: Path) -> None:
    keys: list[str] = []
    barrier = threading.Barrier(8)

    def make() -> None:
        barrier.wait()
        keys.append(kept_secret(tmp_path / "secret"))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 1 and len(keys[0]) >= 32
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


@pytest.mark.parametrize(
    ("scope", "operator"),
    [
        ("tastegraph:operator", True),
        ("openid tastegraph:operator profile", True),
        (None, False),
        ("openid", False),
        ("tastegraph:operators", False),
        (["tastegraph:operator"], False),
        ({"tastegraph:operator": True}, False),
    ],
)
async def test_an_operator_is_who_the_scope_says(
    keys: KeySet, scope: object, operator: bool
) -> None:
    assert (await keys.verify(signed(scope=scope))).operator is operator


@pytest.mark.parametrize(
    ("scope", "roles"),
    [
        ("tastegraph:analyst", {Role.PERSON, Role.ANALYST}),
        (
            "tastegraph:food-safety tastegraph:analyst",
            {Role.PERSON, Role.ANALYST, Role.FOOD_SAFETY},
        ),
        ("tastegraph:auditor", {Role.AUDITOR}),
        ("tastegraph:support tastegraph:analyst", {Role.SUPPORT, Role.ANALYST}),
        ("tastegraph:guest", {Role.PERSON}),
        ("tastegraph:food", {Role.PERSON}),
    ],
)
async def test_scopes_say_the_roles(keys: KeySet, scope: str, roles: set[Role]) -> None:
    assert (await keys.verify(signed(scope=scope))).roles == roles


async def test_our_own_key_makes_operators_only_if_asked_to(tmp_path: Path) -> None:
    key = LocalKey(tmp_path / "token.key")
    assert (await key.verify(key.issue("anna", operator=True))).operator
    assert not (await key.verify(key.issue("anna"))).operator
