// Drinks: everything that ranking and the masks need, of drinks changed after a version.
/*
Version -1 returns all. Evidence on the drink itself comes as allergen ids by status; a producer's
declaration of absence counts only with a source and a date. They are sorted before anything is gathered of
them: to sort a million of the rows takes the engine more memory than it has.

mode:    read
returns: id STRING, name STRING, kind STRING, description STRING, abv FLOAT, caffeine FLOAT,
         sugar FLOAT, servedHot BOOLEAN, price FLOAT, recipeComplete BOOLEAN,
         availableFrom STRING, availableUntil STRING, changedAt INTEGER,
         ingredients LIST<STRING>, flavors LIST<STRING>, styles LIST<STRING>,
         producers LIST<STRING>, contains LIST<STRING>, mayContain LIST<STRING>,
         declaredAbsent LIST<STRING>
:param since => -1
*/
MATCH (drink:Drink)
WHERE drink.changedAt > $since
WITH drink
ORDER BY drink.changedAt, drink.id
RETURN drink.id AS id, drink.name AS name, drink.kind AS kind, drink.description AS description,
       drink.abv AS abv, drink.caffeineMgPer100ml AS caffeine, drink.sugarG AS sugar,
       drink.servedHot AS servedHot, drink.price AS price, drink.recipeComplete AS recipeComplete,
       drink.availableFrom AS availableFrom, drink.availableUntil AS availableUntil,
       drink.changedAt AS changedAt,
       [(drink)-[:CONTAINS]->(ingredient:Ingredient) | ingredient.id] AS ingredients,
       [(drink)-[:HAS_FLAVOR]->(flavor:Flavor) | flavor.id] AS flavors,
       [(drink)-[:OF_STYLE]->(style:Style) | style.id] AS styles,
       [(drink)-[:MADE_BY]->(producer:Producer) | producer.id] AS producers,
       [(drink)-[:HAS_ALLERGEN]->(allergen:Allergen) | allergen.id] AS contains,
       [(drink)-[:MAY_CONTAIN]->(allergen:Allergen) | allergen.id] AS mayContain,
       [(drink)-[declaration:FREE_FROM]->(allergen:Allergen)
        WHERE declaration.source <> '' AND declaration.observedAt <> ''
        | allergen.id] AS declaredAbsent
