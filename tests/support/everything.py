"""A small graph that has everything the headers of the query files speak of."""

from __future__ import annotations

from typing import Any

from neo4j import AsyncSession, AsyncTransaction

from graph.people.purposes import ALL, Ground
from tests.support.emptying import inline

_LAW = "{source: 'Annex II', observedAt: '2026-01-01'}"
_MAKER = "{source: 'Dairy Ltd', observedAt: '2026-01-31'}"
_MEASURED = (
    "{source: 'Dairy Ltd', observedAt: '2026-01-31', proteinMgPerServing: 0.4, "
    "doseSource: 'laboratory report 7'}"
)
_VOID = (
    "{source: 'Dairy Ltd', observedAt: '2025-12-01', voidedAt: '2026-01-31', "
    "because: 'RECIPE_CHANGED'}"
)
_RECOMPOSED = "composedIn: 3, composedOn: '2026-02-01'"
_KNOWN = (
    "source: 'EU 1169/2011', fingerprint: 'f', changedAt: 1, dietsReviewed: true, reviewed: true, "
    "reviewedOn: '2026-01-31', dietsReviewedOn: '2026-01-31', synonyms"
)
_EMBEDDED = "embedding: [0.8, 0.6], embeddingVersion: 'v1'"
_LISTING = "{name: 'Milk', entry: '7', text: 'milk', source: 'Annex II (7)'}"
_EXEMPTION = "{allergen: 'milk', text: 'lactitol', source: 'Annex II (7)(b)'}"
_IMPORT = "{source: 'import'}"
_ASSUMED = str(list(map(str, ALL)))
_GROUNDS = str([str(Ground.BEFORE)] * len(ALL))

# Enough people alike for the questions that leave out small groups.
_CROWD = "".join(
    f"""(alike{n}:User {{id: 'alike-{n}', version: 1, simulated: false, unresolved: []}}),
  (alike{n})-[:ALLERGIC_TO {{severity: 'MILD', acceptsTraces: true}}]->(milk),
  (alike{n})-[:FOLLOWS]->(vegan), (alike{n})-[:LIKES]->(citrus), (alike{n})-[:LIKES]->(creamy),
  (alike{n})-[:PURCHASED {{eventId: 'alike-{n}-1', type: 'purchase', value: 1.0,
    at: 1767225600000, context_daypart: 'evening', context_season: 'winter'}}]->(white),
  (alike{n})-[:PURCHASED {{eventId: 'alike-{n}-2', type: 'purchase', value: 1.0,
    at: 1767225600001}}]->(negroni),
  (alike{n})-[:RATED {{eventId: 'alike-{n}-3', type: 'rating', value: 3.0,
    at: 1767225600002}}]->(white),
  (alike{n})-[:RECOMMENDED {{at: 1793526000000}}]->(white),
  """
    for n in range(1, 6)
)

_MEMBERS = "".join(
    f"(alike{n})-[:IN_SEGMENT {{since: 1793526000000, at: 1793526000000}}]->(regulars), "
    for n in range(1, 6)
)

WRITE_EVERYTHING = inline(
    f"""
MERGE (catalogue:Catalogue {{id: 'catalogue'}})
SET catalogue.version = 3, catalogue.structureVersion = 1, catalogue.bundled = 'none',
  catalogue.marks = ['3 1f0c9a7e', '2 77d0b3c4'],
  catalogue.expiredBefore = '2026-02-01', catalogue.knowledge = 'old',
  catalogue.knowledgeAt = '2026-01-01T00:00:00Z'
MERGE (schema:SchemaVersion {{id: 'schema'}}) SET schema.version = 1
MERGE (rules:ConsentRules {{id: 'rules'}})
SET rules.since = '2026-01-01T00:00:00Z', rules.grounds = {_GROUNDS}, rules.assumed = {_ASSUMED}
CREATE (law:Regulation {{id: 'eu-14', name: 'EU', source: 'Annex II', fingerprint: 'f'}}),
  (seeds:Allergen {{id: 'seeds', name: 'Seeds', source: 'Annex II', fingerprint: 'f'}}),
  (nuts:Allergen {{id: 'tree-nuts', name: 'Tree nuts', source: 'Annex II', fingerprint: 'f'}}),
  (almond:Allergen {{id: 'almond', name: 'Almond', source: 'Annex II', fingerprint: 'f'}}),
  (milk:Allergen {{id: 'milk', name: 'Milk', source: 'Annex II', fingerprint: 'f'}}),
  (almond)-[:PART_OF]->(seeds), (law)-[:LISTS {_LISTING}]->(nuts),
  (law)-[:LISTS {_LISTING}]->(milk), (law)-[:EXEMPTS {_EXEMPTION}]->(milk),
  (fruity:Flavor {{id: 'fruity', name: 'Fruity', fingerprint: 'f'}}),
  (citrus:Flavor {{id: 'citrus', name: 'Citrus', {_EMBEDDED}, fingerprint: 'f'}}),
  (creamy:Flavor {{id: 'creamy', name: 'Creamy', {_EMBEDDED}, fingerprint: 'f'}}),
  (lemony:Flavor {{id: 'lemony', name: 'Lemony', fingerprint: 'f'}}),
  (lemony)-[:PART_OF]->(fruity),
  (beer:Style {{id: 'beer', name: 'Beer', fingerprint: 'f'}}),
  (ale:Style {{id: 'ale', name: 'Ale', fingerprint: 'f'}}),
  (ipa:Style {{id: 'ipa', name: 'Ipa', fingerprint: 'f'}}), (ipa)-[:PART_OF]->(beer),
  (sour:Style {{id: 'sour', name: 'Sour', fingerprint: 'f'}}),
  (espresso:Style {{id: 'espresso-drinks', name: 'Espresso drinks', fingerprint: 'f'}}),
  (bar:Producer {{id: 'house-bar', name: 'House bar'}}),
  (oats:Producer {{id: 'oat-ltd', name: 'Oat Ltd'}}),
  (evening:Occasion {{id: 'evening', name: 'Evening'}}),
  (cream:Ingredient {{id: 'cream', name: 'Cream', {_KNOWN}: ['rich cream']}}),
  (butter:Ingredient {{id: 'butter', name: 'Butter', {_RECOMPOSED}, {_KNOWN}: []}}),
  (gin:Ingredient {{id: 'gin', name: 'Gin', {_EMBEDDED}, {_KNOWN}: []}}),
  (oat:Ingredient {{id: 'oat-drink', name: 'Oat drink', {_KNOWN}: []}}),
  (lime:Ingredient {{id: 'lime-juice', name: 'Lime juice', {_KNOWN}: []}}),
  (ginger:Ingredient {{id: 'ginger', name: 'Ginger', {_EMBEDDED}, {_KNOWN}: []}}),
  (alcohol:Ingredient {{id: 'alcohol', name: 'Alcohol', {_KNOWN}: []}}),
  (beverage:Ingredient {{id: 'alcoholic-beverage', name: 'Alcoholic beverage', {_KNOWN}: []}}),
  (dairy:Ingredient {{id: 'dairy', name: 'Dairy', synonyms: [], reviewed: false,
    reviewExpiredOn: '2026-01-31', source: 'operator', fingerprint: 'f', changedAt: 2}}),
  (butter)-[:MADE_OF {{source: 'operator'}}]->(dairy),
  (cream)-[:IS_A {{source: 'operator'}}]->(dairy),
  (cream)-[:HAS_ALLERGEN {_LAW}]->(milk), (cream)-[:MAY_CONTAIN {_MEASURED}]->(milk),
  (butter)-[:HAS_ALLERGEN {_MAKER}]->(milk),
  (butter)-[:MAY_CONTAIN {_MEASURED}]->(almond), (butter)-[:FREE_FROM {_LAW}]->(nuts),
  (cream)-[:HAS_FLAVOR {{source: 'operator', intensity: 2}}]->(lemony),
  (law)-[:EXEMPTS {_EXEMPTION}]->(cream),
  (cream)-[:REPLACED_BY {{note: 'thinner', source: 'bar practice'}}]->(oat),
  (gin)-[:IS_A {{source: 'operator'}}]->(beverage),
  (ginger)-[:IS_A {{source: 'operator'}}]->(beverage),
  (gin)-[:HAS_FLAVOR {{source: 'operator'}}]->(citrus),
  (ginger)-[:HAS_FLAVOR {{source: 'operator'}}]->(citrus),
  (white:Drink {{id: 'flat-white', name: 'Flat white', kind: 'coffee', description: 'Small.',
    abv: 0.0, caffeineMgPer100ml: 60.0, sugarG: 4.0, servedHot: true, price: 3.9,
    recipeComplete: true, availableFrom: '2026-01-01', availableUntil: '2027-01-01',
    changedAt: 2, fingerprint: 'f', recipeFingerprint: 'f', embedding: [0.1, 0.2],
    embeddingVersion: 'v1', facts: ['FREE_FROM tree-nuts | Annex II | 2026-01-01']}}),
  (oatwhite:Drink {{id: 'oat-flat-white', name: 'Oat', kind: 'coffee', recipeComplete: true,
    {_RECOMPOSED}, composedBecause: 'RECIPE_CHANGED',
    changedAt: 2, fingerprint: 'f', recipeFingerprint: 'f', embedding: [0.4, 0.1],
    embeddingVersion: 'v0'}}),
  (negroni:Drink {{id: 'negroni', name: 'Negroni', kind: 'cocktail', recipeComplete: true,
    changedAt: 3, fingerprint: 'f', abv: 24.0, embedding: [0.2, 0.1], embeddingVersion: 'v1'}}),
  (tea:Drink {{id: 'house-tea', name: 'House tea', kind: 'tea', recipeComplete: false,
    changedAt: 3, fingerprint: 'f', composition: ['named House tea']}}),
  (tea)-[:MERGED_INTO {{id: 'merge-1', undo: '{{}}'}}]->(white),
  (white)-[:CONTAINS {{amount: 30.0, unit: 'ml', optional: true,
    mergedFrom: ['house-tea']}}]->(lime),
  (white)-[:WAS_FREE_FROM {{source: 'Oat Ltd', observedAt: '2026-01-01', writtenIn: 1,
    voidedAt: '2026-01-31', because: 'RECIPE_CHANGED',
    mergedFrom: ['house-tea']}}]->(seeds),
  (tea)-[:CONTAINS {{amount: null, unit: null, optional: false}}]->(ginger),
  (white)-[:CONTAINS {{amount: 30.0, unit: 'ml', optional: false}}]->(butter),
  (white)-[:CONTAINS {{amount: 30.0, unit: 'ml', optional: true}}]->(cream),
  (oatwhite)-[:CONTAINS {{amount: 30.0, unit: 'ml', optional: true}}]->(oat),
  (negroni)-[:CONTAINS {{amount: 30.0, unit: 'ml', optional: false}}]->(gin),
  (white)-[:WAS_FREE_FROM {_VOID}]->(milk), (white)-[:FREE_FROM {_LAW}]->(nuts),
  (white)-[:MAY_CONTAIN {_LAW}]->(almond), (white)-[:HAS_ALLERGEN {_LAW}]->(milk),
  (oatwhite)-[:FREE_FROM {_LAW}]->(milk), (oatwhite)-[:MAY_CONTAIN {_MEASURED}]->(milk),
  (negroni)-[:FREE_FROM {_LAW}]->(milk),
  (white)-[:HAS_FLAVOR]->(citrus), (oatwhite)-[:HAS_FLAVOR]->(citrus),
  (negroni)-[:HAS_FLAVOR]->(citrus), (white)-[:OF_STYLE]->(sour), (negroni)-[:OF_STYLE]->(sour),
  (white)-[:MADE_BY]->(bar), (oatwhite)-[:MADE_BY]->(oats),
  (negroni)-[:FOR_OCCASION]->(evening),
  (user:User {{id: 'user-1', version: 2, allergiesDeclaredAt: '2026-01-01T00:00:00Z',
    regulation: 'eu-14', unresolved: ['allergies: ?'], maxAbv: 5.0, maxCaffeineMgPer100ml: 80.0,
    simulated: false, personalisation: true, remembering: true,
    consentsSetAt: '2026-01-01T00:00:00Z', fingerprint: 'f'}}),
  (sealed:User {{id: 'sealed-1', version: 1, sealed: ['b25l', 'dHdv'], unresolved: ['sealed'],
    fingerprint: 'sealed:b25l'}}),
  (sealed)-[:PURCHASED {{eventId: 'sealed-1-1', type: 'purchase', value: 1.0,
    at: 1767225600000}}]->(white),
  (noTrace:User {{id: 'no-trace', version: 1, remembering: false}}),
  (noTrace)-[:RECOMMENDED {{at: 1793526000000}}]->(white),
  (erased:Erasure {{id: 'a hash of somebody', at: 1793520000000}}),
  (kept:SourceRow {{id: 'shop/public.drinks/[1]', table: 'shop/public.drinks', position: '2',
    deleted: false, values: '{{}}', open: 'shop 731', problem: 'name is missing',
    fingerprint: 'f'}}),
  (:SourceRow {{id: 'shop/public.drinks/[2]', table: 'shop/public.drinks', position: '4',
    deleted: false, values: '{{}}'}}),
  (kept)-[:DESCRIBES]->(:SourceSubject {{id: 'shop drink flat-white', lostAt: '2'}}),
  (read:EventOffset {{id: 'a log/0', next: 20}}), (queue:EventOffset {{id: 'outgoing', next: 9}}),
  (sink:EventSink {{id: 'wh-1', kind: 'webhook', url: 'https://partner.example/in', position: 5,
    types: ['interaction.recorded', 'drink.unsafe'], withPeople: true, addedAt: 1793526000000,
    failingSince: 1793526000000, failure: 'answered 500', disabledAt: 1793526000000}}),
  (:ApiKey {{id: 'k-0', name: 'till 2', hash: 'a hash', scopes: ['tastegraph:events'],
    addedAt: 1793526000000, by: 'anna', until: 1825062000000}}),
  (:ApiKey {{id: 'k-1', name: 'till 3', hash: 'a hash of a secret', scopes: ['tastegraph:events'],
    addedAt: 1793526000000, by: 'anna', until: 1825062000000, usedAt: 1793526000000,
    revokedAt: 1793526000000}}),
  (untold:OutboxEvent {{id: 'outgoing-1', type: 'interaction.recorded', at: 1793526000000,
    subject: 'person/user-1', person: 'user-1', sequence: 2, number: 0, data: '{{}}'}}),
  (queued:OutgoingEvent {{position: 5, eventId: 'outgoing-0', type: 'interaction.recorded',
    at: 1793526000000, subject: 'person/user-1', person: 'user-1', data: '{{}}'}}),
  (person:User {{id: 'simulated-0001', version: 1, allergiesDeclaredAt: '2026-01-01T00:00:00Z',
    regulation: 'eu-14', unresolved: ['avoids: ?'], maxAbv: 5.0, maxCaffeineMgPer100ml: 80.0,
    simulated: true}}),
  (guest:User {{id: 'guest-1', version: 1, simulated: false, fingerprint: 'f', unresolved: []}}),
  (user)-[:ALLERGIC_TO {{severity: 'MILD', acceptsTraces: true}}]->(milk),
  (person)-[:ALLERGIC_TO {{severity: 'SEVERE', acceptsTraces: false}}]->(milk),
  (guest)-[:ALLERGIC_TO {{severity: 'MILD', acceptsTraces: true, source: 'import'}}]->(almond),
  (user)-[:AVOIDS]->(dairy), (person)-[:AVOIDS]->(gin), (guest)-[:AVOIDS {_IMPORT}]->(cream),
  (vegan:Diet {{id: 'vegan', name: 'Vegan', description: 'Nothing from animals.', by: 'bundled',
    source: 'a society', maxAbv: 5.0, maxCaffeineMgPer100ml: 50.0, fingerprint: 'f'}}),
  (halal:Diet {{id: 'halal', name: 'Halal', source: 'a guideline', maxAbv: 0.0, by: 'operator',
    fingerprint: 'f'}}),
  (vegan)-[:AVOIDS]->(dairy), (user)-[:FOLLOWS]->(halal), (guest)-[:FOLLOWS {_IMPORT}]->(vegan),
  (user)-[:LIKES]->(lemony), (user)-[:LIKES]->(cream), (user)-[:LIKES]->(ipa),
  (user)-[:DISLIKES]->(creamy), (user)-[:DISLIKES]->(butter), (user)-[:DISLIKES]->(ale),
  (person)-[:LIKES]->(lemony), (person)-[:DISLIKES]->(ale),
  (guest)-[:LIKES {_IMPORT}]->(ipa), (guest)-[:DISLIKES {_IMPORT}]->(lemony),
  (user)-[:PURCHASED {{eventId: 'event-1', type: 'purchase', value: 1.0, at: 1767225600000,
    price: 3.9, currency: 'EUR', recommendationId: 'drinks:popularity:1',
    context_daypart: 'evening', context_season: 'winter'}}]->(white),
  (user)-[:RATED {{eventId: 'event-2', type: 'rating', value: 4.0, at: 1767225600001}}]->(negroni),
  (guest)-[:RATED {{eventId: 'event-3', type: 'like', value: 1.0, at: 1767225600001}}]->(white),
  (user)-[:SAVED {{eventId: 'event-4', type: 'save', at: 1767225600002}}]->(white),
  (user)-[:VIEWED {{eventId: 'event-5', type: 'view', at: 1767225600003}}]->(white),
  (user)-[:RECOMMENDED {{at: 1793526000000}}]->(white),
  (person)-[:PURCHASED {{eventId: 'event-6', type: 'purchase', value: 2.0, at: 1767225600000,
    price: 3.9, currency: 'EUR',
    context_daypart: 'morning', context_season: 'summer', context_weather: 'hot',
    context_place: 'bar', context_occasion: 'brunch'}}]->(white),
  {_CROWD}
  (parent:User {{id: 'parent-1', version: 1, simulated: false}}),
  (child:User {{id: 'child-1', version: 1, simulated: false, child: true, ground: 'contract',
    safety: true, personalisation: false, remembering: true, training: true,
    experiments: false, analytics: false, warehouse: false, marketing: false}}),
  (parent)-[:GUARDIAN_OF]->(child),
  (child)-[:DECIDED {{id: 'c-1', receiptId: 'r-1', given: true, ground: 'consent',
    decidedAt: '2026-01-01T00:00:00Z', textVersion: '1', textHash: 'a hash of a text',
    language: 'en', surface: 'command', by: 'guardian', guardian: 'a hash of somebody'}}]->
    (:Purpose {{id: 'training'}}),
  (:ConsentText {{id: 'a hash of a text', kind: 'training', language: 'en', textVersion: '1',
    text: 'May we?'}}),
  (card:User {{id: 'card-1', simulated: false}}), (older:User {{id: 'card-2', version: 1}}),
  (tried:Experiment {{id: 'diverse-home', state: 'running', definition: '{{}}', first: 0,
    size: 5000, ramp: 0.5, createdAt: 1767139200000, startedAt: 1767139200000,
    history: ['{{"to": "draft"}}', '{{"to": "running"}}'], stoppedArms: '{{}}'}}),
  (:Experiment {{id: 'bolder-home', state: 'decided', definition: '{{}}', first: 0, size: 5000,
    ramp: 1.0, createdAt: 1767139200001, startedAt: 1767139200001, stoppedAt: 1767225600000,
    decision: '{{}}', history: ['{{"to": "draft"}}']}}),
  (:ArmDay {{arm: 'as-is', at: 1767139200000, lists: 9, disagreed: 1}})-[:OF_EXPERIMENT]->(tried),
  (user)-[:EXPOSED_TO {{arm: 'diverse', bucket: 7, at: 1767225500000}}]->(tried),
  (card)-[:EXPOSED_TO {{arm: 'as-is', bucket: 9, at: 1767225600005}}]->(tried),
  (person)-[:EXPOSED_TO {{arm: 'as-is', bucket: 8, at: 1767225600000}}]->(tried),
  (regulars:Segment {{id: 'regulars', name: 'Regulars', kind: 'rule', people: 1,
    computedAt: 1793526000000}}),
  (regulars)-[:MARKED_BY {{lift: 2.0, share: 0.5}}]->(citrus),
  (user)-[:IN_SEGMENT {{since: 1767225500000, at: 1793526000000}}]->(regulars),
  {_MEMBERS}
  (user)-[:TRIGGERED {{id: 'event-1 second-visit', at: 1793526000000, until: 1793612400000,
    drinkId: 'flat-white'}}]->(:Trigger {{id: 'second-visit'}}),
  (sweetness:Poll {{id: 'too-sweet'}}),
  (user)-[:ASKED {{id: 'ask-1', at: 1793526000000, drinkIds: ['flat-white']}}]->(sweetness),
  (user)-[:ASKED {{id: 'ask-0', at: 1793525000000, drinkIds: ['negroni'], answer: 'yes',
    answeredAt: 1793525100000}}]->(sweetness),
  (older)-[:MERGED_INTO {{id: 'people-2', undo: '{{}}', by: 'anna', at: '2026-01-30T10:00:00Z'}}]
    ->(card),
  (older)-[:PURCHASED {{eventId: 'old-2', type: 'purchase', value: 3.0, at: 1740992400000,
    price: 3.5, currency: 'EUR', eventIds: ['old-1', 'old-2'], times: 2, firstAt: 1740819600000,
    paid: 105000}}]->(tea),
  (card)-[:VIEWED {{eventId: 'event-5', type: 'view', at: 1767225600003}}]->(tea),
  (card)-[:MERGED_INTO {{id: 'people-1', undo: '{{}}', by: 'anna', note: 'two cards',
    at: '2026-01-31T10:00:00Z'}}]->(user),
  (user)-[:VIEWED {{eventId: 'event-8', type: 'view', at: 1767225600003,
    joinedFrom: ['card-1']}}]->(white),
  (noTrace)-[:RATED {{eventId: 'event-7', type: 'rating', value: 2.0,
    at: 1767225600005}}]->(tea),
  (alike1)-[:RATED {{eventId: 'alike-1-4', type: 'rating', value: 2.0,
    at: 1767225600005}}]->(tea),
  (made:Change {{id: 'drink flat-white 1', version: 1, at: '2026-01-30T10:00:00Z', by: 'anna',
    kind: 'IMPORT', source: 'operator', note: 'new', before: [], after: ['recipe complete']}}),
  (recalled:Change {{id: 'ingredient butter 2', version: 2, at: '2026-01-31T10:00:00Z', by: 'ben',
    kind: 'RECALL', source: 'Dairy Ltd', note: 'notice 7', before: ['reviewed'],
    after: ['HAS_ALLERGEN milk | Dairy Ltd | 2026-01-31', 'reviewed']}}),
  (rejected:Change {{id: 'ingredient dairy 3', version: 3, at: '2026-02-01T10:00:00Z', by: 'anna',
    kind: 'REJECTION', source: 'a look', note: 'too vague', before: ['not reviewed'],
    after: ['not reviewed']}}),
  (joined:Change {{id: 'merge-1', version: 1, at: '2026-01-31T10:00:00Z', by: 'carla',
    kind: 'MERGE', note: 'the same', before: ['recipe not complete'],
    after: ['merged into flat-white', 'recipe not complete']}}),
  (joined)-[:ABOUT]->(tea),
  (made)-[:ABOUT]->(white), (recalled)-[:ABOUT]->(butter), (rejected)-[:ABOUT]->(dairy),
  (active:Model {{version: 'v1', status: 'active', metrics: '{{}}', trainedAt: '2026-01-01T00:00Z',
    dataFingerprint: 'sha256:0', promotedAt: '2026-01-02T00:00Z', note: 'first', checks: '[]',
    promotedBy: 'anna', despite: 'a holiday', code: '0.1.0+0', seed: 0, seconds: 9.5,
    trainedBy: 'anna', drinks: 4, people: 3, events: 6, settings: '{{}}',
    staleSince: '2026-02-03T00:00Z', staleWhy: 'much is new'}}),
  (before:Model {{version: 'v0', status: 'retired', metrics: '{{}}', trainedAt: '2025-12-01T00:00Z',
    dataFingerprint: 'sha256:0', promotedAt: '2025-12-02T00:00Z', note: 'older',
    shadowShare: 0.1, shadowedAt: '2026-02-01T00:00Z', shadowCountedAt: '2026-02-01T00:01Z',
    shadowCompared: 4, shadowSkipped: 1, shadowOverlap: 3.5, shadowCorrelation: 3.9,
    shadowSeconds: 0.02}}),
  (candidate:Model {{version: '20261121T080000Z-0123abcd', status: 'candidate', metrics: '{{}}',
    trainedAt: '2026-11-21T08:00Z', dataFingerprint: 'sha256:1', note: 'new'}}),
  (candidate)-[:TRAINED_AFTER]->(active)
"""
)


async def picture(asked: AsyncSession | AsyncTransaction) -> list[dict[str, Any]]:
    """Everything in the graph, as rows that can be compared."""
    nodes = await asked.run(
        "MATCH (n) RETURN labels(n) AS labels, properties(n) AS properties, "
        "coalesce(n.id, n.version) AS id ORDER BY labels, id"
    )
    rows = [record.data() async for record in nodes]
    edges = await asked.run(
        "MATCH (a)-[r]->(b) RETURN coalesce(a.id, '') AS a, type(r) AS type, "
        "coalesce(b.id, '') AS b, coalesce(r.source, '') AS source, properties(r) AS properties "
        "ORDER BY a, type, b, source"
    )
    return [*rows, *[record.data() async for record in edges]]
