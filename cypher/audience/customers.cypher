// Customers: which drinks each person bought, how often, when last, for how much.
/*
People for whom no consent and no other ground of analytics, personal lists and remembering holds are
left out, and nothing that anybody declared is read. `spent` is what was paid, where an event says so, else today's price.

mode:    read
returns: userId STRING, drinkId STRING, times INTEGER, firstAt INTEGER, lastAt INTEGER, spent FLOAT,
         dayparts LIST<MAP>
:param since => 0
*/
MATCH (rules:ConsentRules {id: 'rules'})
MATCH (user:User)-[bought:PURCHASED]->(drink:Drink)
WHERE bought.at >= $since
  AND coalesce(user.analytics, user.ground IS NOT NULL OR 'analytics' IN rules.assumed, false)
  AND coalesce(user.personalisation, user.ground IS NOT NULL OR 'personalisation' IN rules.assumed, false)
  AND coalesce(user.remembering, user.ground IS NOT NULL OR 'remembering' IN rules.assumed, false)
WITH user.id AS userId, drink.id AS drinkId, sum(coalesce(bought.times, 1)) AS times,
     min(coalesce(bought.firstAt, bought.at)) AS firstAt,
     max(bought.at) AS lastAt,
     sum(coalesce(bought.value, 1.0) * coalesce(bought.price, drink.price, 0.0)) AS spent,
     collect({daypart: bought.context_daypart, times: coalesce(bought.times, 1)}) AS dayparts
RETURN userId, drinkId, times, firstAt, lastAt, toFloat(spent) AS spent, dayparts
ORDER BY userId, drinkId
