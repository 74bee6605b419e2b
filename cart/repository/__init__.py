"""The shop's tables, one for each service. A repository speaks entities; its storage format stands
right under it."""
