"""The statements that start a job: what they name and leave out, and what stays in its quotes."""

from __future__ import annotations

from dataclasses import replace

from streams.features import feature, features
from streams.flink.jobs import Topics, job_name, jobs_of, statements

HOUR = 3_600_000
TOPICS = Topics("events", 100 * HOUR, {"bootstrap.servers": "a:1", "sasl.jaas.config": "it's"})


def test_what_joins_has_a_job_of_its_own_and_every_feature_has_one() -> None:
    jobs = [[chosen.name for chosen in job] for job in jobs_of(features())]
    assert jobs == [["trending", "conversion", "dayparts", "sessions"], ["co_purchases"]]


def test_windows_that_began_before_the_job_are_left_out() -> None:
    [insert] = [text for text in statements([feature("co_purchases")], TOPICS) if "INSERT" in text]
    # six hours long, and purchases up to three hours earlier play a part
    assert f"WHERE window_end > {109 * HOUR};" in insert
    assert feature("co_purchases").sql in insert


def test_every_table_is_told_of_the_connection_in_quotes_that_hold() -> None:
    tables = [text for text in statements(features(), TOPICS) if "CREATE TEMPORARY TABLE" in text]
    assert len(tables) == 6
    for table in tables:
        assert "'properties.bootstrap.servers' = 'a:1'" in table
        assert "'properties.sasl.jaas.config' = 'it''s'" in table
    assert "it's" not in repr(TOPICS)


def test_a_job_has_another_name_on_another_topic_and_when_it_computes_something_else() -> None:
    trending = feature("trending")
    changed = replace(trending, sql=trending.sql.replace(">= 5", ">= 6"))
    names = [job_name("events", [trending]), job_name("events", [changed])]
    assert len({*names, job_name("others", [trending])}) == 3
    assert names[0] == job_name("events", [trending])
    assert all(name.startswith("windows of events: trending (") for name in names)
