// Compose drinks: note which of them a change has turned into another drink, and when.
/*
A late step of every change, in its transaction. A drink is another one if its ingredients, which of
them are optional, whether its recipe is complete, its name or its producer differ from what was
last noted; amounts may differ. What was said before `composedIn`, or is dated before `composedOn`,
is not about it. A first recipe, for a drink that had none, leaves `composedOn`: what is said along
with it may be older. A new drink has not changed.

mode:    write
returns:
:param ids => ['oat-flat-white']
:param day => '2026-01-31'
*/
UNWIND $ids AS id
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (drink:Drink {id: id})
WITH catalogue.version AS version, drink, drink.composition AS noted,
     [(drink)-[line:CONTAINS]->(part:Ingredient)
      | 'contains ' + part.id + CASE WHEN line.optional THEN ' | optional' ELSE '' END]
     + [(drink)-[:MADE_BY]->(producer:Producer) | 'made by ' + producer.id]
     + [CASE WHEN coalesce(drink.recipeComplete, false) THEN 'recipe complete'
             ELSE 'recipe not complete' END,
        'named ' + coalesce(drink.name, '')] AS now
WHERE noted IS NULL OR any(one IN now WHERE NOT one IN noted)
   OR any(one IN noted WHERE NOT one IN now)
WITH version, drink, noted, now, noted IS NOT NULL AS another,
     any(one IN coalesce(noted, [])
         WHERE one STARTS WITH 'contains '
            OR NOT (one IN now OR one STARTS WITH 'recipe ')) AS wasKnown
SET drink.composition = now,
    drink.composedIn = CASE WHEN another THEN version ELSE drink.composedIn END,
    drink.composedOn = CASE WHEN another AND wasKnown THEN $day ELSE drink.composedOn END,
    drink.composedBecause = CASE WHEN NOT another THEN drink.composedBecause
                                 WHEN 'retired' IN noted THEN 'RETIRED'
                                 ELSE 'RECIPE_CHANGED' END
