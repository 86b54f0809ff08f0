"""From a pure scalar rule to a compiled loop, with draws that depend on who, when and what for."""
