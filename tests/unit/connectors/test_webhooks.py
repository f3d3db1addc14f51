"""Webhooks: signed as the specification says, to addresses that may be reached, in order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from standardwebhooks import WebhookVerificationError

from connectors.webhooks import addresses
from connectors.webhooks.addresses import WebhookRefused, check_url, may_reach
from connectors.webhooks.request import WebhookClient
from connectors.webhooks.secrets import WebhookSecrets
from connectors.webhooks.sink import KIND, WebhookSink
from events.outgoing.sink import SinkAway
from graph.clock import utc_now
from graph.outbox.queue import OutgoingEvent
from graph.outbox.sinks import SinkRecord
from tests.support.receiver import Received, receiving

LOOPBACK = [ip_network("127.0.0.0/8")]
AT = 1_796_000_000_000


@pytest.fixture
def receiver() -> Iterator[Received]:
    with receiving() as received:
        yield received


@pytest.fixture
async def client() -> AsyncIterator[WebhookClient]:
    made = WebhookClient(LOOPBACK)
    yield made
    await made.close()


@pytest.fixture
def kept(tmp_path: Path) -> WebhookSecrets:
    secrets = WebhookSecrets(tmp_path)
    secrets.make("wh_1")
    return secrets


def event(position: int, subject: str = "person/ann") -> OutgoingEvent:
    data = {"drinkId": "chai", "kind": "view", "eventId": f"e{position}"}
    type_ = "interaction.recorded"
    return OutgoingEvent(position, f"id-{position}", type_, AT, subject, "ann", data)


def record(receiver: Received, *, with_people: bool = False) -> SinkRecord:
    types = frozenset({"interaction.recorded"})
    return SinkRecord("wh_1", KIND, types, with_people, -1, receiver.url, AT, None, None, None)


# What nothing on the internet has, and what stands for it.
PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_webhook_reaches_an_address_that_is_not_public(address: str) -> None:
    assert not may_reach(address, [])


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "::ffff:8.8.8.8"])
def test_a_public_address_is_reached_with_tls_alone(address: str) -> None:
    assert may_reach(address, [])
    assert not may_reach(address, [], plain=True)


def test_a_network_of_ones_own_is_reached_if_it_is_named() -> None:
    assert may_reach("10.1.2.3", [ip_network("10.1.0.0/16")], plain=True)
    assert not may_reach("10.2.2.3", [ip_network("10.1.0.0/16")])
    assert not may_reach("127.0.0.1", [ip_network("10.1.0.0/16")])


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/in",
        "ftp://partner.example/in",
        "file:///etc/passwd",
        "https://",
        "https:///in",
        "partner.example/in",
        "https://user:password@partner.example/in",
        "https://partner.example/in#part",
        "https://partner.example:99999/in",
        "https://partner.example/\nin",
        "https://[::1/in",
        "https://partner.example/" + "a" * 2_000,
    ],
)
def test_what_is_no_url_of_a_webhook_is_refused(url: str) -> None:
    with pytest.raises(WebhookRefused):
        check_url(url, [])


def test_a_url_may_have_a_port_a_path_and_a_query() -> None:
    check_url("https://partner.example:8443/in?key=1", [])
    check_url("http://10.0.0.7/in", [ip_network("10.0.0.0/8")])


async def test_a_request_is_signed_so_that_the_verifier_of_the_library_takes_it(
    receiver: Received, client: WebhookClient, kept: WebhookSecrets, tmp_path: Path
) -> None:
    await WebhookSink(client, kept).deliver(record(receiver), [event(1)])
    [secret] = kept.signing("wh_1")
    document = receiver.verified(secret)
    assert document["id"] == "id-1"
    assert document["data"] == {"drinkId": "chai", "kind": "view"}
    headers, body = receiver.requests[0]
    assert headers["webhook-id"] == "id-1"
    with pytest.raises(WebhookVerificationError):
        receiver.verified(WebhookSecrets(tmp_path / "other").make("wh_2"))
    receiver.requests.append((headers, body.replace(b"chai", b"chay")))
    with pytest.raises(WebhookVerificationError):
        receiver.verified(secret)


async def test_whom_it_is_about_is_said_where_that_was_asked_for(
    receiver: Received, client: WebhookClient, kept: WebhookSecrets
) -> None:
    await WebhookSink(client, kept).deliver(record(receiver, with_people=True), [event(1)])
    assert receiver.documents()[0]["data"]["userId"] == "ann"


async def test_a_secret_that_was_replaced_signs_for_another_day(
    receiver: Received, client: WebhookClient, tmp_path: Path
) -> None:
    now = [utc_now()]
    secrets = WebhookSecrets(tmp_path, lambda: now[0])
    old = secrets.make("wh_1")
    new = secrets.rotate("wh_1")
    sink = WebhookSink(client, secrets)
    await sink.deliver(record(receiver), [event(1)])
    assert receiver.verified(old) == receiver.verified(new)
    now[0] += timedelta(hours=25)
    await sink.deliver(record(receiver), [event(2)])
    receiver.verified(new)
    with pytest.raises(WebhookVerificationError):
        receiver.verified(old)


def test_only_the_owner_can_read_a_secret(tmp_path: Path) -> None:
    WebhookSecrets(tmp_path / "webhooks").make("wh_1")
    assert (tmp_path / "webhooks" / "wh_1.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "webhooks").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("status", "gone"), [(500, False), (404, False), (400, False), (410, True), (302, False)]
)
async def test_any_other_answer_is_tried_again_unless_it_is_gone(
    receiver: Received, client: WebhookClient, kept: WebhookSecrets, status: int, gone: bool
) -> None:
    receiver.answers = [status]
    receiver.headers = {"location": receiver.url}
    with pytest.raises(SinkAway, match=str(status)) as away:
        await WebhookSink(client, kept).deliver(record(receiver), [event(1)])
    assert away.value.gone is gone
    assert len(receiver.requests) == 1


async def test_a_receiver_says_when_to_try_again(
    receiver: Received, client: WebhookClient, kept: WebhookSecrets
) -> None:
    receiver.answers, receiver.headers = [429], {"retry-after": "90"}
    with pytest.raises(SinkAway) as away:
        await WebhookSink(client, kept).deliver(record(receiver), [event(1)])
    assert away.value.retry_after == 90.0


async def test_nobody_listening_is_a_failure(client: WebhookClient, kept: WebhookSecrets) -> None:
    with receiving() as gone:
        target = record(gone)
    with pytest.raises(SinkAway, match="cannot be reached"):
        await WebhookSink(client, kept).deliver(target, [event(1)])


async def test_events_of_a_subject_stay_in_order_and_are_sent_once_each(
    receiver: Received, client: WebhookClient, kept: WebhookSecrets
) -> None:
    sink = WebhookSink(client, kept)
    events = [event(n, f"person/{n % 5}") for n in range(50)]
    receiver.answers = [204] * 20 + [500]
    with pytest.raises(SinkAway):
        await sink.deliver(record(receiver), events)
    failed = receiver.documents()[20]["id"]
    await sink.deliver(record(receiver), events)
    ids = [document["id"] for document in receiver.documents()]
    assert sorted(ids) == sorted([*(f"id-{n}" for n in range(50)), failed])
    for subject in range(5):
        mine = [int(id_[3:]) for id_ in ids if int(id_[3:]) % 5 == subject]
        assert mine == sorted(mine)


async def test_without_the_network_named_loopback_is_not_reached(
    receiver: Received, kept: WebhookSecrets
) -> None:
    for networks in ([], [ip_network("10.0.0.0/8")]):
        client = WebhookClient(networks)
        with pytest.raises(SinkAway, match="no webhook may reach"):
            await WebhookSink(client, kept).deliver(record(receiver), [event(1)])
        await client.close()
    assert receiver.requests == []


async def test_the_address_that_was_judged_is_the_one_connected_to(
    receiver: Received, kept: WebhookSecrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that would lead elsewhere when asked again is not asked again."""
    asked: list[str] = []

    async def once(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    monkeypatch.setattr(addresses, "resolved", once)
    client = WebhookClient(LOOPBACK)
    url = f"http://rebinding.invalid:{receiver.port}/in"
    assert await client.post(url, kept.signing("wh_1"), {"id": "1"}) == 204
    await client.close()
    assert asked == ["rebinding.invalid"]
    assert receiver.requests[0][0]["Host"] == f"rebinding.invalid:{receiver.port}"


async def test_one_bad_address_of_a_name_is_one_too_many(
    receiver: Received, kept: WebhookSecrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def both(host: str, port: int) -> list[str]:
        return ["127.0.0.1", "169.254.169.254"]

    monkeypatch.setattr(addresses, "resolved", both)
    client = WebhookClient(LOOPBACK)
    with pytest.raises(SinkAway, match="no webhook may reach"):
        await client.post(f"http://x.invalid:{receiver.port}/", kept.signing("wh_1"), {"id": "1"})
    await client.close()
    assert receiver.requests == []
