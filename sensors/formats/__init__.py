"""How devices write readings: JSON, JSON lines, InfluxDB's line protocol."""
