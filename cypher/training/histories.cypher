// Histories: what each person did with drinks, for training a model.
/*
One row per person; the lists correspond by position. Of what is kept as a count, `times` has when it
was last and `firsts` when first; of an event alone -1. Allergies are not read, nor are people for
whom neither a consent nor another ground of training and of personal lists holds.

mode:    read
returns: userId STRING, drinkIds LIST<STRING>, types LIST<STRING>, values LIST<FLOAT>,
         times LIST<INTEGER>, firsts LIST<INTEGER>
*/
MATCH (rules:ConsentRules {id: 'rules'})
MATCH (user:User)-[event:PURCHASED|RATED|VIEWED|SAVED]->(drink:Drink)
WHERE coalesce(user.training, user.ground IS NOT NULL OR 'training' IN rules.assumed, false)
  AND coalesce(user.personalisation, user.ground IS NOT NULL OR 'personalisation' IN rules.assumed, false)
RETURN user.id AS userId, collect(drink.id) AS drinkIds, collect(event.type) AS types,
       collect(coalesce(event.value, -1000.0)) AS values, collect(coalesce(event.at, -1)) AS times,
       collect(coalesce(event.firstAt, -1)) AS firsts
ORDER BY userId
