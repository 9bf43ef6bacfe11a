"""Files that people write: strict YAML with marks, quantities, instants, a declarative schema. The very source."""
