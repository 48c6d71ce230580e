"""How far what a provider published has moved from our contract: read alike, matched, compared by rules, told in words."""
