"""Settings: read once, each wrong value named with what to do."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from connectors.kafka.address import KafkaAddress
from gql.execution.limits import CostLimits, RateLimits
from service.settings import SETTINGS, SettingInvalid, Windows, is_loopback, read_settings

NEO4J = {"NEO4J_URI": "bolt://graph:7687", "NEO4J_PASSWORD": "secret"}
KAFKA = {
    "KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
    "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
    "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
    "KAFKA_SASL_USERNAME": "tastegraph",
    "KAFKA_SASL_PASSWORD": "secret",
}


def test_unset_and_empty_mean_the_default() -> None:
    unset = read_settings({})
    assert unset == read_settings({setting.name: "" for setting in SETTINGS})
    assert (unset.host, unset.port, unset.neo4j, unset.demo) == ("127.0.0.1", 8000, None, True)
    assert unset.home == Path.cwd() / ".data"
    assert unset.models == unset.home / "models"


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS if setting.secret])
def test_a_secret_may_lie_in_a_file_whose_last_line_break_does_not_count(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / "secret"
    file.write_text("from-a-file\n")
    chosen = read_settings({**NEO4J, **KAFKA, f"{name}_FILE": str(file)})
    assert chosen.neo4j and chosen.kafka
    own = (chosen.neo4j.user, chosen.neo4j.password, chosen.master_key)
    secrets = (*own, *_secrets_of(chosen.kafka))
    assert secrets.count("from-a-file") == 1


def _secrets_of(address: KafkaAddress) -> tuple[str, str]:
    return address.sasl_username, address.sasl_password


def test_an_empty_file_setting_means_unset(tmp_path: Path) -> None:
    address = read_settings({**NEO4J, "NEO4J_PASSWORD_FILE": ""}).neo4j
    assert address and address.password == "secret"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "secret"
    if content:
        file.write_bytes(content)
    with pytest.raises(SettingInvalid, match=f"NEO4J_PASSWORD_FILE is '{file}'"):
        read_settings({**NEO4J, "NEO4J_PASSWORD_FILE": str(file)})


def test_other_settings_have_no_file_variant(tmp_path: Path) -> None:
    file = tmp_path / "port"
    file.write_text("9000")
    assert read_settings({"PORT_FILE": str(file)}).port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("PORT", value) for value in ("http", "-1", "65536", "80.5", "1e3", "٣", " ")),
        *(
            ("TASTEGRAPH_DECLARATION_SHELF_LIFE", value)
            for value in ("0", "-1", "1.5", "1e3", "٣", "a year", "36501")
        ),
        *(("TASTEGRAPH_DEADLINE", value) for value in ("soon", "0", "nan", "inf", "601")),
        *(("TASTEGRAPH_GRAPH_HEAP", value) for value in ("lots", "1", "0g", "1 g", "-1g")),
        *(("TASTEGRAPH_COST_LIMITS", value) for value in ("5000", "1,2,3,4", "0,1,1", "1,x,1")),
        *(("TASTEGRAPH_RATE_LIMITS", value) for value in ("50", "-1,50,50", "50,,50", "1,1,inf")),
        *(("TASTEGRAPH_CONNECTIONS", value) for value in ("100", "0,1", "9,x", "1,2,3", "-1,5")),
        *(("TASTEGRAPH_TRUSTED_PROXIES", value) for value in ("*", "proxy", "10.0.0.1/8", "1,2")),
        *(("TASTEGRAPH_CORS_ORIGINS", value) for value in ("*", "https://a.example/", "null")),
        *(("TASTEGRAPH_CORS_ORIGINS", value) for value in ("a.example", "https://*.example")),
        *(("TASTEGRAPH_CORS_ORIGINS", value) for value in ("https://A.example", "ws://a", "x://y")),
        *(("TASTEGRAPH_DEMO", value) for value in ("on", "AUTO")),
        *(("TASTEGRAPH_JWKS_URL", value) for value in ("file:///etc/keys", "example.com")),
    ],
)
def test_a_wrong_value_names_its_setting_and_the_value(name: str, value: str) -> None:
    with pytest.raises(SettingInvalid) as error:
        read_settings({name: value, "TASTEGRAPH_JWT_AUDIENCE": "us"})
    assert name in str(error.value) and value in str(error.value)
    assert error.value.advice


def test_limits_are_by_role_and_zero_requests_a_second_is_any() -> None:
    settings = read_settings(
        {"TASTEGRAPH_COST_LIMITS": "10, 20,30", "TASTEGRAPH_RATE_LIMITS": "0.5,2,0"}
    )
    assert settings.cost_limits == CostLimits(signed_out=10, person=20, developer=30)
    assert settings.rate_limits == RateLimits(signed_out=0.5, person=2, developer=0)
    assert (read_settings({}).cost_limits, read_settings({}).rate_limits) == (
        CostLimits(),
        RateLimits(),
    )


def test_a_server_without_a_password_is_refused() -> None:
    with pytest.raises(SettingInvalid, match="NEO4J_PASSWORD is not"):
        read_settings({"NEO4J_URI": "bolt://graph:7687"})


def test_a_key_set_without_an_audience_is_refused() -> None:
    with pytest.raises(SettingInvalid, match="TASTEGRAPH_JWT_AUDIENCE is not"):
        read_settings({"TASTEGRAPH_JWKS_URL": "https://id.example/keys"})


def test_the_demo_is_for_this_machine_alone_and_for_keys_of_our_own() -> None:
    assert not read_settings({"HOST": "0.0.0.0"}).demo
    assert not read_settings({"TASTEGRAPH_DEMO": "off"}).demo
    keys = {"TASTEGRAPH_JWKS_URL": "https://id.example/k", "TASTEGRAPH_JWT_AUDIENCE": "us"}
    assert not read_settings(keys).demo


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("127.example.com", False),
        ("192.168.1.2", False),
        ("localhost.example.com", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_proxies_are_addresses_and_networks_also_under_the_name_before() -> None:
    networks = (ip_network("10.0.0.7/32"), ip_network("fd00::/8"))
    said = "10.0.0.7, fd00::/8"
    assert read_settings({"TASTEGRAPH_TRUSTED_PROXIES": said}).trusted_proxies == networks
    assert read_settings({"FORWARDED_ALLOW_IPS": said}).trusted_proxies == networks
    assert read_settings({}).trusted_proxies == ()  # not even loopback


def test_origins_are_as_browsers_write_them() -> None:
    said = "https://shop.example,http://localhost:3000 , http://[::1]:8080"
    origins = read_settings({"TASTEGRAPH_CORS_ORIGINS": said}).cors_origins
    assert origins == ("https://shop.example", "http://localhost:3000", "http://[::1]:8080")


def test_a_shelf_life_is_a_number_of_days() -> None:
    assert read_settings({}).shelf_life is None
    assert read_settings({"TASTEGRAPH_DECLARATION_SHELF_LIFE": "365"}).shelf_life == 365


def test_a_broker_has_consumers_of_its_own_unless_the_server_is_to_be_one() -> None:
    assert read_settings({}).consume
    assert not read_settings(KAFKA).consume
    assert read_settings({**KAFKA, "TASTEGRAPH_CONSUME": "on"}).consume
    assert not read_settings({"TASTEGRAPH_CONSUME": "off"}).consume


def test_flink_computes_windows_only_where_kafka_is() -> None:
    assert read_settings({}).windows == Windows.ON
    assert read_settings({**KAFKA, "TASTEGRAPH_WINDOWS": "flink"}).windows == Windows.FLINK
    with pytest.raises(SettingInvalid, match="flink, but KAFKA_BOOTSTRAP_SERVERS is not set"):
        read_settings({"TASTEGRAPH_WINDOWS": "flink"})
    with pytest.raises(SettingInvalid, match="Use on, flink or off"):
        read_settings({"TASTEGRAPH_WINDOWS": "duckdb"})


def test_a_client_of_kafka_is_set_as_the_settings_say(tmp_path: Path) -> None:
    files = {name: str(tmp_path / name) for name in ("CA", "CERTIFICATE", "KEY")}
    for path in files.values():
        Path(path).touch()
    said = {**KAFKA, **{f"KAFKA_SSL_{name}": path for name, path in files.items()}}
    address = read_settings({**said, "KAFKA_BOOTSTRAP_SERVERS": "one:9092, [::1]:9093"}).kafka
    assert address and "secret" not in repr(address)
    assert (
        address.client(acks="all").items()
        >= {
            "bootstrap.servers": "one:9092,[::1]:9093",
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": "tastegraph",
            "sasl.password": "secret",
            "ssl.ca.location": files["CA"],
            "ssl.certificate.location": files["CERTIFICATE"],
            "ssl.key.location": files["KEY"],
            "acks": "all",
        }.items()
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"KAFKA_BOOTSTRAP_SERVERS": "kafka"}, "KAFKA_BOOTSTRAP_SERVERS is 'kafka'"),
        ({"KAFKA_BOOTSTRAP_SERVERS": "http://kafka:1"}, "KAFKA_BOOTSTRAP_SERVERS is 'http"),
        ({"KAFKA_TOPIC": "a b"}, "KAFKA_TOPIC is 'a b'"),
        ({"KAFKA_GROUP": ".."}, "KAFKA_GROUP is '..'"),
        ({"KAFKA_OUTGOING_TOPIC": "a b"}, "KAFKA_OUTGOING_TOPIC is 'a b'"),
        ({"KAFKA_OUTGOING_TOPIC": "tastegraph.events"}, "which is KAFKA_TOPIC"),
        ({"KAFKA_OUTGOING_PEOPLE": "yes"}, "KAFKA_OUTGOING_PEOPLE is 'yes'"),
        ({"KAFKA_PARTITIONS": "0"}, "KAFKA_PARTITIONS is 0"),
        ({"KAFKA_SECURITY_PROTOCOL": "TLS"}, "KAFKA_SECURITY_PROTOCOL is 'TLS'"),
        ({"KAFKA_SASL_MECHANISM": "GSSAPI"}, "KAFKA_SASL_MECHANISM is 'GSSAPI'"),
        ({"KAFKA_SASL_PASSWORD": ""}, "but KAFKA_SASL_PASSWORD is not set"),
        ({"KAFKA_SECURITY_PROTOCOL": "SSL"}, "KAFKA_SASL_MECHANISM is set, but"),
        ({"KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT", "KAFKA_SSL_CA": "x"}, "KAFKA_SSL_CA is set"),
        ({"KAFKA_SSL_CA": "nowhere.pem"}, "KAFKA_SSL_CA is 'nowhere.pem', which cannot be read"),
        ({"KAFKA_SSL_KEY": "pyproject.toml"}, "Of KAFKA_SSL_CERTIFICATE and KAFKA_SSL_KEY one"),
    ],
)
def test_settings_of_kafka_that_do_not_go_together_are_refused(
    said: dict[str, str], told: str
) -> None:
    with pytest.raises(SettingInvalid) as error:
        read_settings({**KAFKA, **said})
    assert told in error.value.message
    assert "secret" not in str(error.value)
