"""One noun of the domain each, pure: what a rule book or price list may say."""
