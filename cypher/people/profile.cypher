// Profile: what one person declared and did, as ranking and the masks need it.
/*
History comes newest first and ends after `events` events, but for opinions, which all come: a drink
that was disliked long ago is still disliked.

mode:    read
returns: userId STRING, version INTEGER, allergiesDeclaredAt STRING, regulation STRING,
         unresolved LIST<STRING>, maxAbv FLOAT, maxCaffeine FLOAT, simulated BOOLEAN,
         personalisation BOOLEAN, remembering BOOLEAN,
         allergies LIST<MAP>, avoids LIST<STRING>, diets LIST<STRING>, likes LIST<MAP>, dislikes LIST<MAP>,
         history LIST<MAP>
:param userId => 'simulated-0001'
:param events => 1000
*/
MATCH (user:User {id: $userId})
OPTIONAL MATCH (user)-[event:PURCHASED|RATED|VIEWED|SAVED]->(drink:Drink)
WITH user, event, drink
ORDER BY coalesce(event.at, 0) DESC, event.eventId
WITH user, collect(CASE WHEN drink IS NULL THEN null ELSE
       {drinkId: drink.id, type: event.type, value: event.value, at: event.at} END) AS events
RETURN user.id AS userId, coalesce(user.version, 0) AS version,
       user.allergiesDeclaredAt AS allergiesDeclaredAt, user.regulation AS regulation,
       coalesce(user.unresolved, []) AS unresolved, user.maxAbv AS maxAbv,
       user.maxCaffeineMgPer100ml AS maxCaffeine, coalesce(user.simulated, false) AS simulated,
       coalesce(user.personalisation, true) AS personalisation,
       coalesce(user.remembering, true) AS remembering,
       [(user)-[allergy:ALLERGIC_TO]->(allergen:Allergen) |
         {allergen: allergen.id, severity: allergy.severity,
          acceptsTraces: allergy.acceptsTraces}] AS allergies,
       [(user)-[:AVOIDS]->(ingredient:Ingredient) | ingredient.id] AS avoids,
       [(user)-[:FOLLOWS]->(diet:Diet) | diet.id] AS diets,
       [(user)-[:LIKES]->(flavor:Flavor) | {kind: 'flavor', id: flavor.id}]
         + [(user)-[:LIKES]->(ingredient:Ingredient) | {kind: 'ingredient', id: ingredient.id}]
         + [(user)-[:LIKES]->(style:Style) | {kind: 'style', id: style.id}] AS likes,
       [(user)-[:DISLIKES]->(flavor:Flavor) | {kind: 'flavor', id: flavor.id}]
         + [(user)-[:DISLIKES]->(ingredient:Ingredient) | {kind: 'ingredient', id: ingredient.id}]
         + [(user)-[:DISLIKES]->(style:Style) | {kind: 'style', id: style.id}] AS dislikes,
       events[0..$events] + [event IN events[$events..]
                             WHERE event.type IN ['dislike', 'like', 'rating']] AS history
