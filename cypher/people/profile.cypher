// Profile: what one person declared and did, as ranking and the masks need it.
/*
History comes newest first and ends after `events` events, except for opinions, which all come: a
drink that was disliked long ago is still disliked. What is `sealed` was declared, and is opened by the
service alone. Up to `most` events of each kind are read, in no
order, so that an account that rings up every sale of a till stays fast.

mode:    read
returns: userId STRING, version INTEGER, sealed LIST<STRING>, allergiesDeclaredAt STRING, regulation STRING,
         unresolved LIST<STRING>, maxAbv FLOAT, maxCaffeine FLOAT, simulated BOOLEAN,
         personalisation BOOLEAN, remembering BOOLEAN, experiments BOOLEAN, marketing BOOLEAN,
         allergies LIST<MAP>, avoids LIST<STRING>, diets LIST<STRING>, likes LIST<MAP>, dislikes LIST<MAP>,
         segments LIST<STRING>, history LIST<MAP>
:param userId => 'simulated-0001'
:param events => 1000
:param most => 10000
*/
OPTIONAL MATCH (somebody:User {id: $userId})
WITH COLLECT {
       MATCH (somebody)-[event:PURCHASED]->(drink:Drink)
       WITH event, drink LIMIT $most
       WITH event, drink ORDER BY coalesce(event.at, 0) DESC, event.eventId LIMIT $events
       RETURN {drinkId: drink.id, type: event.type, value: event.value, at: event.at,
               eventId: event.eventId, times: coalesce(event.times, 1)}
     } + COLLECT {
       MATCH (somebody)-[event:RATED]->(drink:Drink)
       RETURN {drinkId: drink.id, type: event.type, value: event.value, at: event.at,
               eventId: event.eventId, times: coalesce(event.times, 1)} LIMIT $most
     } + COLLECT {
       MATCH (somebody)-[event:VIEWED]->(drink:Drink)
       WITH event, drink LIMIT $most
       WITH event, drink ORDER BY coalesce(event.at, 0) DESC, event.eventId LIMIT $events
       RETURN {drinkId: drink.id, type: event.type, value: event.value, at: event.at,
               eventId: event.eventId, times: coalesce(event.times, 1)}
     } + COLLECT {
       MATCH (somebody)-[event:SAVED]->(drink:Drink)
       WITH event, drink LIMIT $most
       WITH event, drink ORDER BY coalesce(event.at, 0) DESC, event.eventId LIMIT $events
       RETURN {drinkId: drink.id, type: event.type, value: event.value, at: event.at,
               eventId: event.eventId, times: coalesce(event.times, 1)}
     } AS found
UNWIND CASE WHEN size(found) = 0 THEN [null] ELSE found END AS event
WITH event AS event
WITH event
ORDER BY coalesce(event.at, 0) DESC, event.eventId
WITH collect(CASE WHEN event IS NULL THEN null ELSE
       {drinkId: event.drinkId, type: event.type, value: event.value, at: event.at,
        times: event.times} END) AS events
MATCH (user:User {id: $userId})
OPTIONAL MATCH (rules:ConsentRules {id: 'rules'})
RETURN user.id AS userId, coalesce(user.version, 0) AS version,
       coalesce(user.sealed, []) AS sealed,
       user.allergiesDeclaredAt AS allergiesDeclaredAt, user.regulation AS regulation,
       coalesce(user.unresolved, []) AS unresolved, user.maxAbv AS maxAbv,
       user.maxCaffeineMgPer100ml AS maxCaffeine, coalesce(user.simulated, false) AS simulated,
       coalesce(user.personalisation, user.ground IS NOT NULL OR 'personalisation' IN rules.assumed, false)
         AS personalisation,
       coalesce(user.remembering, user.ground IS NOT NULL OR 'remembering' IN rules.assumed, false)
         AS remembering,
       coalesce(user.experiments, user.ground IS NOT NULL OR 'experiments' IN rules.assumed, false)
         AS experiments,
       coalesce(user.marketing, coalesce(user.simulated, false) OR 'marketing' IN rules.assumed, false)
         AS marketing,
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
       [(user)-[:IN_SEGMENT]->(segment:Segment) | segment.id] AS segments,
       events[0..$events] + [event IN events[$events..]
                             WHERE event.type IN ['dislike', 'like', 'rating']] AS history
