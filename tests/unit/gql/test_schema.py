"""The schema as clients see it: committed, described, and with every failure named."""

import re

from graphql import GraphQLObjectType, GraphQLUnionType, build_schema, parse, validate

from gql.schema import make_schema
from tests.support.pages import DOCS, ROOT, blocks

COMMITTED = ROOT / "gql" / "schema.graphql"


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    assert COMMITTED.read_text(encoding="utf-8").strip() == make_schema().as_str().strip()


def test_every_field_that_can_fail_answers_with_a_union_that_names_the_graph_being_away() -> None:
    schema = build_schema(COMMITTED.read_text(encoding="utf-8"))
    assert schema.query_type and schema.mutation_type
    fields = {**schema.query_type.fields, **schema.mutation_type.fields}
    # answered from memory, whatever the graph does
    plain = {"allergens", "consentTexts", "diets", "flavors", "regulations", "roles"}
    for name, field in fields.items():
        assert field.description, name
        if name in plain:
            continue
        union = getattr(field.type, "of_type", field.type)
        assert isinstance(union, GraphQLUnionType), name
        assert "GraphAway" in {type_.name for type_ in union.types}, name


def test_every_event_of_a_subscription_is_a_union_that_names_the_graph_being_away() -> None:
    schema = build_schema(COMMITTED.read_text(encoding="utf-8"))
    assert schema.subscription_type
    for name, field in schema.subscription_type.fields.items():
        assert field.description, name
        union = getattr(field.type, "of_type", field.type)
        assert isinstance(union, GraphQLUnionType), name
        assert "GraphAway" in {type_.name for type_ in union.types}, name


def test_the_subscription_on_the_page_is_one_of_the_schema() -> None:
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    [shown] = [block for block in blocks(page) if block.heading == "recommendationsChanged"]
    schema = build_schema(COMMITTED.read_text(encoding="utf-8"))
    assert validate(schema, parse(shown.text)) == []


def test_every_failure_says_what_happened_and_what_to_do() -> None:
    schema = build_schema(COMMITTED.read_text(encoding="utf-8"))
    for name in re.findall(r"type (\w+) implements Failure", COMMITTED.read_text()):
        type_ = schema.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        assert {"message", "advice"} <= set(type_.fields)
