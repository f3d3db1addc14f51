// Consent texts: every text that somebody was shown when they decided, by its hash.
/*
mode:    read
returns: textHash STRING, purpose STRING, language STRING, version STRING, text STRING
*/
MATCH (text:ConsentText)
RETURN text.id AS textHash, text.kind AS purpose, text.language AS language,
       text.textVersion AS version, text.text AS text
ORDER BY purpose, language, version, textHash
