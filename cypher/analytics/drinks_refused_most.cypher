// Drinks refused most: those that are unsafe or unknown for most people and allergens.
/*
The verdicts of the safety rule for the allergens that a regulation lists. `refusals` adds up how
many people declared each allergen that is not absent; an allergen that fewer than `minPeople`
people declared counts as none. A review can settle `unknown`, but not `contains`.

mode:    read
returns: drink STRING, name STRING, contains INTEGER, mayContain INTEGER, unknown INTEGER,
         refusals INTEGER
:param regulation => 'eu-14'
:param minPeople => 5
:param rows => 50
*/
MATCH (:Regulation {id: $regulation})-[:LISTS]->(allergen:Allergen)
WITH DISTINCT allergen
OPTIONAL MATCH (user:User)-[:ALLERGIC_TO]->(allergen)
WITH allergen, count(DISTINCT user) AS people
WITH collect({
       people: CASE WHEN people >= $minPeople THEN people ELSE 0 END,
       above: [(allergen)-[:PART_OF*0..]->(group:Allergen) | group.id],
       related: [(allergen)<-[:PART_OF*0..]-(:Allergen)-[:PART_OF*0..]->(other:Allergen)
                 | other.id]
     }) AS allergens
MATCH (drink:Drink)
OPTIONAL MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
OPTIONAL MATCH (part)-[evidence:HAS_ALLERGEN|MAY_CONTAIN]->(found:Allergen)
WITH allergens, drink, collect(DISTINCT part) AS parts,
     collect(DISTINCT CASE WHEN type(evidence) = 'HAS_ALLERGEN' THEN found.id END) AS inParts,
     collect(DISTINCT CASE WHEN type(evidence) = 'MAY_CONTAIN' THEN found.id END) AS traces
WITH allergens, drink,
     coalesce(drink.recipeComplete, false) AND size(parts) > 0
       AND all(part IN parts WHERE coalesce(part.reviewed, false)) AS known,
     inParts + [(drink)-[:HAS_ALLERGEN]->(found:Allergen) | found.id] AS present,
     traces + [(drink)-[:MAY_CONTAIN]->(found:Allergen) | found.id] AS possible,
     [(drink)-[declaration:FREE_FROM]->(found:Allergen)
      WHERE declaration.source <> '' AND declaration.observedAt <> ''
      | found.id] AS declared
UNWIND allergens AS allergen
WITH drink, allergen.people AS people,
     CASE
       WHEN any(id IN present WHERE id IN allergen.related) THEN 'CONTAINS'
       WHEN any(id IN possible WHERE id IN allergen.related) THEN 'MAY_CONTAIN'
       WHEN known OR any(id IN declared WHERE id IN allergen.above) THEN 'ABSENT'
       ELSE 'UNKNOWN'
     END AS verdict
WITH drink,
     sum(CASE WHEN verdict = 'CONTAINS' THEN 1 ELSE 0 END) AS contains,
     sum(CASE WHEN verdict = 'MAY_CONTAIN' THEN 1 ELSE 0 END) AS mayContain,
     sum(CASE WHEN verdict = 'UNKNOWN' THEN 1 ELSE 0 END) AS unknown,
     sum(CASE WHEN verdict <> 'ABSENT' THEN people ELSE 0 END) AS refusals
WHERE contains + mayContain + unknown > 0
RETURN drink.id AS drink, drink.name AS name, contains, mayContain, unknown, refusals
ORDER BY refusals DESC, unknown DESC, contains DESC, mayContain DESC, drink
LIMIT $rows
