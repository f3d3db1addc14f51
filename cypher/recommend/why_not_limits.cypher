// Why not, by limits: what in a drink exceeds a person's limits or is unknown.
/*
A declaration that was not understood rules out every drink, and comes as a row of its own.

mode:    read
returns: kind STRING, declared STRING, found STRING
:param userId => 'simulated-0001'
:param drinkId => 'negroni'
*/
MATCH (user:User {id: $userId})
OPTIONAL MATCH (drink:Drink {id: $drinkId})
WITH user, drink
WHERE drink IS NOT NULL
UNWIND [
  ['LIMIT', 'maxAbv ' + toString(user.maxAbv),
   CASE WHEN coalesce(drink.abv <= user.maxAbv, false) THEN null
          ELSE 'abv ' + coalesce(toString(drink.abv), 'unknown') END],
  ['LIMIT', 'maxCaffeineMgPer100ml ' + toString(user.maxCaffeineMgPer100ml),
   CASE WHEN coalesce(drink.caffeineMgPer100ml <= user.maxCaffeineMgPer100ml, false)
          THEN null
          ELSE 'caffeineMgPer100ml ' + coalesce(toString(drink.caffeineMgPer100ml), 'unknown') END],
  ['UNRESOLVED', 'unresolved',
   CASE WHEN size(coalesce(user.unresolved, [])) = 0 THEN null
          ELSE reduce(text = '', one IN user.unresolved | text + one + '; ') END]
] AS limit
WITH limit[0] AS kind, limit[1] AS declared, limit[2] AS found
WHERE declared IS NOT NULL AND found IS NOT NULL
RETURN kind AS kind, declared AS declared, found AS found
ORDER BY kind, declared
