// Compose drinks: note which of them became another drink with a change, and when.
/*
A late step of every change, in its transaction. A drink is another one if its ingredients, what of
them is optional, whether its recipe is complete, its name or its producer differ from what was
noted last; amounts may. What was said before `composedIn` does not speak of it, and nothing dated
before `composedOn` does. A first recipe, of a drink that had none, leaves `composedOn`: what is
said together with it may be older. A new drink has not changed.

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
