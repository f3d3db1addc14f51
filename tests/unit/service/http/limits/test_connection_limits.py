"""How many connections are held: of all, of one address, of a proxy's clients."""

from ipaddress import ip_network

from service.http.limits.connection_limits import ConnectionLimits, OwnCounts, within_descriptors


def entered(connection_limits: ConnectionLimits, address: str, times: int = 100) -> int:
    return sum(connection_limits.enter(address) for _ in range(times))


def test_one_address_has_its_share_and_all_have_the_whole() -> None:
    connection_limits = ConnectionLimits(most=10, most_each=4)
    assert entered(connection_limits, "10.0.0.1") == 4
    assert entered(connection_limits, "10.0.0.2") == 4
    assert entered(connection_limits, "10.0.0.3") == 2
    assert connection_limits.open == 10


def test_who_leaves_makes_room_and_nothing_is_kept_of_them() -> None:
    counts = OwnCounts()
    connection_limits = ConnectionLimits(most=10, most_each=1, counts=counts)
    for _ in range(3):
        assert connection_limits.enter("10.0.0.1") and not connection_limits.enter("10.0.0.1")
        connection_limits.leave("10.0.0.1")
    assert connection_limits.open == 0 and not counts._inside


def test_a_network_of_ipv6_is_one_address() -> None:
    connection_limits = ConnectionLimits(most=10, most_each=4)
    assert sum(connection_limits.enter(f"2001:db8::{number}") for number in range(9)) == 4
    assert connection_limits.enter("2001:db8:1::1")


def test_a_trusted_proxy_brings_many() -> None:
    connection_limits = ConnectionLimits(most=10, most_each=2, proxies=[ip_network("10.0.0.0/8")])
    assert entered(connection_limits, "192.0.2.1") == 2
    assert entered(connection_limits, "10.1.2.3") == 8


def test_some_descriptors_are_left_for_the_graph() -> None:
    assert within_descriptors(1) == 1
    assert 1 < within_descriptors(10**9) < 10**9
