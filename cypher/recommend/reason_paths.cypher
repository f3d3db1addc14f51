// Reason paths: how drinks are connected to what this person did and likes.
/*
A pair is an offered drink and one from the person's history; if it is not in their history, the
pair has no row. A pair without `hadId` has the likes that lead to the drink, each `via` what the
drink itself has. The history is read once, up to `most` of each kind of event, as the profile reads
it: beyond that there are fewer reasons, never false ones. Nothing here says that a drink is safe.

mode:    read
returns: drinkId STRING, hadId STRING, ingredients LIST<STRING>, flavors LIST<STRING>,
         styles LIST<STRING>, likes LIST<MAP>, wanted BOOLEAN
:param userId => 'user-1'
:param hadIds => ['flat-white']
:param pairs => [{drinkId: 'negroni', hadId: 'flat-white'}, {drinkId: 'flat-white', hadId: null}]
:param most => 10000
*/
OPTIONAL MATCH (user:User {id: $userId})
WITH COLLECT { MATCH (user)-[:PURCHASED]->(done:Drink) RETURN done.id LIMIT $most }
     + COLLECT { MATCH (user)-[:RATED]->(done:Drink) RETURN done.id LIMIT $most }
     + COLLECT { MATCH (user)-[:SAVED]->(done:Drink) RETURN done.id LIMIT $most }
     + COLLECT { MATCH (user)-[:VIEWED]->(done:Drink) RETURN done.id LIMIT $most } AS done
WITH [had IN $hadIds WHERE had IN done] AS history
UNWIND $pairs AS pair
MATCH (drink:Drink {id: pair.drinkId})
OPTIONAL MATCH (had:Drink {id: coalesce(pair.hadId, '')})
WHERE had.id IN history
WITH pair, drink, had
WHERE pair.hadId IS NULL OR had IS NOT NULL
RETURN drink.id AS drinkId, had.id AS hadId,
       CASE WHEN had IS NULL THEN [] ELSE
         [(drink)-[:CONTAINS]->(shared:Ingredient)<-[:CONTAINS]-(had) | shared.id]
       END AS ingredients,
       CASE WHEN had IS NULL THEN [] ELSE
         [(drink)-[:HAS_FLAVOR]->(taste:Flavor)<-[:HAS_FLAVOR]-(had) | taste.id]
       END AS flavors,
       CASE WHEN had IS NULL THEN [] ELSE
         [(drink)-[:OF_STYLE]->(style:Style)<-[:OF_STYLE]-(had) | style.id]
       END AS styles,
       CASE WHEN had IS NOT NULL THEN [] ELSE
         [(drink)-[:CONTAINS]->(part:Ingredient)-[:IS_A*0..]->(liked:Ingredient)
          <-[:LIKES]-(:User {id: $userId}) | {kind: 'ingredient', id: liked.id, via: part.id}]
         + [(drink)-[:HAS_FLAVOR]->(taste:Flavor)-[:PART_OF*0..]->(liked:Flavor)
            <-[:LIKES]-(:User {id: $userId}) | {kind: 'flavor', id: liked.id, via: taste.id}]
         + [(drink)-[:OF_STYLE]->(style:Style)-[:PART_OF*0..]->(liked:Style)
            <-[:LIKES]-(:User {id: $userId}) | {kind: 'style', id: liked.id, via: style.id}]
       END AS likes,
       EXISTS { (drink)<-[:PURCHASED|SAVED|RATED]-(:User) } AS wanted
ORDER BY drinkId, hadId
