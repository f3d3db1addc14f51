"""Long histories, and how the work of each query file may grow with them."""

from __future__ import annotations

from typing import Any

from graph.connection import Graph
from graph.query import Query
from tests.support.emptying import ask

PERSON = "user-1"  # the customer of every till
DRINK = "flat-white"  # what everybody had
LEAST_EVENTS = 50

# The work of these does not depend on how much one person did, nor on how many had one drink.
_BOUNDED = {
    "access": "api_keys note_api_keys_used put_api_key revoke_api_key",
    "capture": """
        captured_tables describe_subjects live_rows note_losses open_rows put_source_rows
        retire_drinks rows_in_trouble rows_of_subjects source_rows
    """,
    "catalogue": """
        drink_names hold_changes known_drinks_of merged_drinks merged_drinks_of namesakes
        newest_version
        add_drink_absences add_drink_allergens add_drink_traces add_ingredient_absences
        add_ingredient_allergens add_ingredient_traces add_recipe_lines
        add_unreviewed_ingredients advance_version allergens bundled_state catalogue_version
        diets doubt_diets doubt_drinks doubt_ingredients drinks exempt_ingredients
        exempt_products existing_drinks flavors ingredients inventory known_allergen_groups
        known_allergens known_diets known_drink_evidence known_drinks known_flavor_groups
        known_flavors known_hierarchy known_ingredient_evidence known_ingredients
        known_regulations known_style_groups known_styles known_substitutes link_allergen_groups
        link_diets link_drink_flavors link_drink_producers link_drink_styles link_flavor_groups
        link_groups link_ingredient_flavors link_parts link_style_groups link_substitutes
        list_allergens newest_ingredient_change recipes_of_drinks record_bundled_state
        record_knowledge regulations remove_drink_evidence remove_ingredient_evidence
        remove_recipes styles unlink_allergens unlink_diets unlink_drinks unlink_flavors
        unlink_ingredients unlink_styles unlink_substitutes unlist_allergens upsert_allergens
        upsert_diets upsert_drinks upsert_flavors upsert_ingredients upsert_regulations
        upsert_styles withdraw_ingredient_exemptions withdraw_product_exemptions
    """,
    "changes": """
        add_merged_parts merge_drink merge_named merge_state remove_merged_parts
        restore_merged_statements unmerge_drink void_merged_statements late_events
        changes_of_drink changes_of_ingredients compose_drinks compose_ingredients drink_state
        named_ingredients note_drinks note_ingredients recall_state recall_verdicts
        record_drink_changes record_held_changes record_ingredient_changes record_rejection
        retire_drink review_ingredient void_drink_statements void_held_statements
        void_ingredient_statements review_queue
        expire_reviews expired_drinks expired_ingredients set_expired_before
    """,
    "engine": """
        event_offsets move_event_offset record_schema_version schema_version
    """,
    "export": "changes",
    "outbox": """
        add_events advance_sink backlog drop_delivered note_failure outgoing_events publish_events
        put_sink remove_sink resume_sink sinks waiting_events
    """,
    "people": """
        add_allergies add_avoids add_diets add_dislikes_of_flavors add_dislikes_of_ingredients
        add_dislikes_of_styles add_likes_of_flavors add_likes_of_ingredients add_likes_of_styles
        add_purchases add_ratings add_saves add_users add_views advance_profile clear_allergies
        clear_avoids clear_diets clear_preferences declare_allergies known_users link_allergies
        link_avoids link_diets link_disliked_flavors link_disliked_ingredients link_disliked_styles
        put_sealed existing_targets seal_merges
        link_liked_flavors link_liked_ingredients link_liked_styles profile remember_recommended
        declared_states doubt_merged_people forget_opinions_of_flavors merge_of_people merge_person
        lock_person merged_people put_declared_state unmerge_person
        set_limits unlink_allergies unlink_avoids unlink_diets unlink_preferences upsert_users
    """,
    "privacy": """
        people_of_person
        changes_by_person erase_outgoing_events erase_waiting_events erasures_of erasures_since
        forget_erasures forget_recommended_of not_remembered person
        record_erasure set_consents consent_rules put_consent_rules consents_of_person decisions
        record_decisions keep_consent_texts consent_texts forget_declarations mark_child
        name_guardians may_keep
    """,
    "experiments": """
        count_lists expose_people experiments lock_experiments put_experiment running_experiments
    """,
    "audience": """
        answer_poll ask_person asked fire_trigger triggered mark_segment put_segment remove_segments
    """,
    "recommend": """
        allergen_verdicts alike_substitutes changes_since declarations kindred_substitutes
        people_alike reason_paths recently_shown safety_exemptions safety_gate safety_recipes
        safety_statements safety_unreviewed stated_substitutes swap_recipe
        watched_versions why_not_avoided why_not_diet_limits why_not_diets why_not_evidence
        why_not_limits why_not_unknown why_not_void
    """,
    "training": """
        activate_model active_model clear_embeddings count_shadow link_parent lock_models mark_stale
        models models_in_use prune_models register_model shadow_model stop_shadow
        write_drink_embeddings write_flavor_embeddings write_ingredient_embeddings
        write_producer_embeddings write_style_embeddings
    """,
}

# The work of these is in proportion to what there is, and why it must be.
_MEASURED = "counts what everybody in an experiment did, when it is looked at"
LINEAR = {
    "catalogue/popularity": "counts all people of all drinks, once a minute",
    "changes/count_events": "counts what people did with two drinks, when an operator merges them",
    "changes/move_impressions": "moves all of a drink, when an operator merges it",
    "changes/move_purchases": "moves all of a drink, when an operator merges it",
    "changes/move_ratings": "moves all of a drink, when an operator merges it",
    "changes/move_saves": "moves all of a drink, when an operator merges it",
    "changes/move_views": "moves all of a drink, when an operator merges it",
    "audience/customers": "reads all purchases, when segments are computed",
    "audience/join_segment": "writes the members of a segment, when segments are computed",
    "audience/leave_segment": "looks at all members of a segment, when segments are computed",
    "audience/trigger_alerts": "counts whom alerts fired for, when an operator looks",
    "audience/segments": "counts the members of all segments, when they are looked at",
    "changes/unsafe_contacts": "looks for everybody who had what changes, if a sink wants to know",
    "changes/recall_sealed": "reads everybody who is sealed, when an operator asks",
    "people/open_merges": "looks at all merges of people, when an operator asks",
    "people/open_profiles": "looks for people to seal, when an operator asks",
    "changes/recall_people": "counts everybody whom a recall concerns, when an operator asks",
    "training/drink_kinds": "reads the kind of each drink, when a program asks whether to train",
    "training/events_since": "counts what is new, when a program asks whether to train",
    "experiments/click_through": _MEASURED,
    "experiments/conversion": _MEASURED,
    "experiments/exposed_people": "counts everybody in an experiment, when it is looked at",
    "experiments/forget_exposures": "forgets everybody in an experiment, when it is decided",
    "experiments/diversity": _MEASURED,
    "experiments/refusals": _MEASURED,
    "experiments/repeat_purchase": _MEASURED,
    "experiments/retention": _MEASURED,
    "experiments/revenue": _MEASURED,
    "experiments/safety_disagreements": _MEASURED,
    "experiments/time_to_first_drink": _MEASURED,
    "experiments/earned": "adds up all that followed from lists, when an operator asks",
    "experiments/earned_by_arm": "adds up all that people in arms did, when an operator asks",
    "experiments/earned_by_segment": "adds up what people in segments did, when an operator asks",
    "export/arms_of_people": "reads everybody in experiments, when the warehouse is synced",
    "export/behaviour": "writes all that people did out, when the warehouse is synced",
    "export/people": "reads everybody, when the warehouse is synced",
    "export/exposed_by_day": "counts everybody in experiments, when the warehouse is synced",
    "export/recommended_by_day": "counts all offers, when the warehouse is synced",
    "export/nodes": "writes the whole graph out",
    "export/relationships": "writes the whole graph out",
    "people/forget_recommended": "looks for the oldest of all recommendations, in the background",
    "people/known_events": "an event counts once: its id is sought among all of the person's, "
    "once a batch, for the embedded engine looks up no relationship by an index",
    "people/people_with_allergies": "reads everybody with allergies, in the background",
    "people/same_moments": "compares all deeds of all people, when an operator asks",
    "people/somebody": "looks at all people for one to show, when a demo starts",
    "people/common_events": "compares all of two people, when they are merged",
    "people/repeated_people": "looks for what can be counted together, in the background",
    "people/old_events": "reads what is to be counted together, in the background",
    "people/remove_counted": "replaces events by their counts, in the background",
    "people/uncount_purchases": "looks through all of a drink, when a shop takes an order back",
    "people/move_purchases_of": "moves all of a person, when they are merged",
    "people/move_ratings_of": "moves all of a person, when they are merged",
    "people/move_saves_of": "moves all of a person, when they are merged",
    "people/move_views_of": "moves all of a person, when they are merged",
    "people/withdraw_purchases": "looks through all of a drink, when a shop takes an order back",
    "privacy/erase_joined": "deletes all that came of a merged person, once",
    "privacy/erase_people": "deletes all of a person, once",
    "privacy/links_of_person": "hands out all of a person",
    "privacy/people": "compares all people with a backup's erasures, when it is restored",
    "recommend/contacts": "an alert that is missing would harm: every drink ever bought is checked",
    "recommend/purchases_in_context": "reads all purchases, every ten minutes",
    "training/histories": "a model is trained on all",
    "training/people_by_origin": "counts all people, before a model is trained",
    "training/preferences": "a model is trained on all",
}
# Those of analytics/ too: an analyst asks of the whole graph.

_EVENT = {"userId": PERSON, "drinkId": DRINK, "eventId": "new", "value": 1.0, "at": 1767225600000}
# Values that make the headers' people and limits those of long histories.
_PEOPLE = {"guest-1", "guest-2", "guest-3", "simulated-0001"}
_VALUES: dict[str, dict[str, Any]] = {
    "people/add_purchases": {"rows": [{**_EVENT, "type": "purchase", "context": {}}]},
    "people/add_ratings": {"rows": [{**_EVENT, "type": "rating", "context": {}}]},
    "people/add_saves": {"rows": [{**_EVENT, "type": "save", "context": {}}]},
    "people/add_views": {"rows": [{**_EVENT, "type": "view", "context": {}}]},
    "people/profile": {"events": LEAST_EVENTS, "most": LEAST_EVENTS},
    "recommend/people_alike": {"people": LEAST_EVENTS, "most": LEAST_EVENTS},
    "recommend/reason_paths": {"most": LEAST_EVENTS},
}


def growth_of(name: str) -> str:
    """Return 'bounded' or 'linear'; raise KeyError for a query file of which nothing is said."""
    folder, file = name.split("/")
    if folder == "analytics" or name in LINEAR:
        return "linear"
    if file in _BOUNDED.get(folder, "").split():
        return "bounded"
    raise KeyError(
        f"{name}: say in tests/support/histories.py whether it is bounded, or linear and why."
    )


def spoken_of() -> set[str]:
    """Return the names of all query files of which something is said."""
    bounded = {f"{folder}/{file}" for folder, files in _BOUNDED.items() for file in files.split()}
    assert not bounded & LINEAR.keys()
    return bounded | LINEAR.keys()


def values_for(query: Query, header: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a query about the person and the drink of long histories."""
    return {**_about_person(header), **_VALUES.get(query.name, {})}


def _about_person(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _about_person(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_about_person(member) for member in value]
    return PERSON if isinstance(value, str) and value in _PEOPLE else value


async def begin(graph: Graph) -> None:
    """Add the drinks over which the events of the person are spread."""
    await ask(
        graph,
        "UNWIND range(0, 19) AS n CREATE (:Drink {id: 'tap-' + toString(n), name: 'Tap', "
        "kind: 'beer', recipeComplete: true, changedAt: 1, fingerprint: 'f'})",
    )


async def lengthen(graph: Graph, first: int, last: int) -> None:
    """Add events of each kind to the person, from a number to another, and as many other people.

    Each of these had the drink, and is allergic to, avoids, follows and likes what everybody does.
    """
    numbers = {"first": first, "last": last}
    for name, type_ in (
        ("PURCHASED", "purchase"),
        ("RATED", "rating"),
        ("SAVED", "save"),
        ("VIEWED", "view"),
    ):
        await ask(
            graph,
            "UNWIND range($first, $last) AS n MATCH (user:User {id: $person}) "
            "MATCH (drink:Drink {id: CASE n % 2 WHEN 0 THEN $drink "
            "ELSE 'tap-' + toString(n % 20) END}) "
            f"CREATE (user)-[:{name} {{eventId: $type + toString(n), type: $type, value: 4.0, "
            "at: 1600000000000 + n}]->(drink)",
            **numbers,
            person=PERSON,
            drink=DRINK,
            type=type_,
        )
    await ask(graph, _CROWD, **numbers, drink=DRINK)


_CROWD = """
UNWIND range($first, $last) AS n
MATCH (drink:Drink {id: $drink})
MATCH (milk:Allergen {id: 'milk'})
MATCH (dairy:Ingredient {id: 'dairy'})
MATCH (lemony:Flavor {id: 'lemony'})
MATCH (vegan:Diet {id: 'vegan'})
CREATE (user:User {id: 'crowd-' + toString(n), version: 1, simulated: false, unresolved: []})
CREATE (user)-[:PURCHASED {eventId: 'one', type: 'purchase', value: 1.0, at: 1600000000000 + n}]
       ->(drink)
CREATE (user)-[:SAVED {eventId: 'two', type: 'save', at: 1600000000000 + n}]->(drink)
CREATE (user)-[:RECOMMENDED {at: 1600000000000 + n}]->(drink)
CREATE (user)-[:ALLERGIC_TO {severity: 'MILD', acceptsTraces: true}]->(milk)
CREATE (user)-[:AVOIDS]->(dairy)
CREATE (user)-[:LIKES]->(lemony)
CREATE (user)-[:FOLLOWS]->(vegan)
"""
