"""furusato (ふるさと納税): gifts as the city's donation management tells of them, and 申告特例 for them. Knows no case."""
