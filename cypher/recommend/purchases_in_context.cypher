// Purchases in context: who bought what, and what was said about the moment, newest first.
/*
Purchases without a context are left out, and so are people who may not be learned from. What is
kept as a count is one row, of so many `times`. The list ends after `most`.

mode:    read
returns: userId STRING, drinkId STRING, at INTEGER, daypart STRING, season STRING, weather STRING,
         place STRING, occasion STRING, eventId STRING, times INTEGER
:param most => 50000
*/
OPTIONAL MATCH (rules:ConsentRules {id: 'rules'})
WITH coalesce(head(collect(rules.assumed)), []) AS assumed
MATCH (user:User)-[event:PURCHASED]->(drink:Drink)
WHERE coalesce(user.training, user.ground IS NOT NULL OR 'training' IN assumed, false)
  AND coalesce(user.personalisation, user.ground IS NOT NULL OR 'personalisation' IN assumed, false)
  AND (event.context_daypart IS NOT NULL OR event.context_season IS NOT NULL
   OR event.context_weather IS NOT NULL OR event.context_place IS NOT NULL
   OR event.context_occasion IS NOT NULL)
RETURN user.id AS userId, drink.id AS drinkId, event.at AS at, event.context_daypart AS daypart,
       event.context_season AS season, event.context_weather AS weather,
       event.context_place AS place, event.context_occasion AS occasion,
       event.eventId AS eventId, coalesce(event.times, 1) AS times
ORDER BY coalesce(event.at, 0) DESC, eventId
LIMIT $most
