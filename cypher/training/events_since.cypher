// Events since: how much people have done since a moment, for whoever asks whether to train again.
/*
$since is in milliseconds since 1970, and compared with when things happened: what is imported of an
earlier time does not count.

mode:    read
returns: events INTEGER
:param since => 1790000000000
*/
MATCH (:User)-[event:PURCHASED|RATED|VIEWED|SAVED]->(:Drink)
WHERE event.at >= $since
RETURN count(event) AS events
